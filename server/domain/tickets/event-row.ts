import type { TicketEvent } from '../../../prisma/generated/client/client.ts';
import type { PinnedPromise } from '../../engine/sla/reading.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import type { WaitReason } from '../../platform/values/enums.ts';
import { newId } from '../../platform/values/ids.ts';

/** An event that is about to be written; who, when and where it stands in the ticket's history is added. */
export interface TicketEventDraft {
  readonly kind: TicketEvent['kind'];
  readonly text?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly isPublic?: boolean;
  readonly pauseReason?: WaitReason;
  readonly appointmentAt?: Date | null;
  /** What is promised from this event on, where it changes that. */
  readonly promises?: readonly PinnedPromise[];
}

/** Where an event stands: `position` is the ticket's version after it. */
export type EventPlace = Pick<TicketEvent, 'ticketId' | 'position' | 'at' | 'byId'>;

/** An event as its row, and as the fold of the ticket's clocks reads it. */
export function eventRow({ promises, ...draft }: TicketEventDraft, place: EventPlace) {
  return {
    id: newId(),
    ...place,
    text: null,
    from: null,
    to: null,
    isPublic: false,
    pauseReason: null,
    appointmentAt: null,
    ...draft,
    ...(promises && { promises: jsonOf(promises) }),
  };
}

export type TicketEventRow = ReturnType<typeof eventRow>;
