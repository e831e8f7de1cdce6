import type { Prisma, SlaClock, Ticket } from '../../../prisma/generated/client/client.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import { applyEvent, noClocks, type TicketClocks } from '../../engine/sla/clock.ts';
import {
  type ClockOwner,
  type ClockRow,
  clockEventOf,
  clockRow,
  type FoldedEvent,
  summaryOf,
} from '../../engine/sla/clock-row.ts';
import { fireAlert, fulfilledLateAlert } from '../../engine/sla/fire.ts';
import { type Calendars, type ClockReading, readClock } from '../../engine/sla/reading.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import type { TicketEventRow } from './event-row.ts';

type KnownClock = Pick<SlaClock, 'id' | 'metric' | 'cycle' | 'fulfilledAt' | 'cancelledAt' | 'nextFireAt'>;

/** A ticket with all that an event of it is decided from. */
export const LOADED_TICKET = {
  customer: { select: CUSTOMER_FACTS },
  events: { orderBy: { position: 'asc' } },
  clocks: true,
} satisfies Prisma.TicketInclude;

export type LoadedTicket = Prisma.TicketGetPayload<{ include: typeof LOADED_TICKET }>;

/** A ticket's clocks after its stored events. */
export function foldOf(events: readonly FoldedEvent[], calendars: Calendars): TicketClocks {
  return applyAll(noClocks, events, calendars);
}

function applyAll(state: TicketClocks, events: readonly FoldedEvent[], calendars: Calendars): TicketClocks {
  return events.reduce((folded, event) => applyEvent(folded, clockEventOf(event), calendars), state);
}

/** Whose the clocks of a ticket are. */
export function ownerOf({
  id,
  customerId,
  policyId,
  branchId,
  tierRank,
}: Pick<Ticket, 'id' | 'customerId' | 'policyId' | 'branchId' | 'tierRank'>): ClockOwner {
  return { ticketId: id, customerId, policyId, branchId, tierRank };
}

/** A ticket whose clocks go on: as they stand, and who hears of their moments. */
export interface TicketFold {
  readonly owner: ClockOwner;
  readonly customer: AlertCustomer;
  readonly serial: number | null;
  readonly assigneeId: string | null;
  /** The ticket before the new events: what passed unswept passed then. */
  readonly level: number;
  readonly status: string;
  /** The clocks before the new events, as folded and as stored. */
  readonly state: TicketClocks;
  readonly known: readonly KnownClock[];
}

/**
 * A stored ticket before its next event.
 *
 * @param assigneeId who works on it after the event
 */
export function foldOfTicket(
  ticket: LoadedTicket,
  calendars: Calendars,
  assigneeId: string | null = ticket.assigneeId ?? ticket.ownerId,
): TicketFold {
  return {
    owner: ownerOf(ticket),
    customer: { ...ticket.customer, tierRank: ticket.tierRank },
    serial: ticket.serial,
    assigneeId,
    level: ticket.level,
    status: ticket.status,
    state: foldOf(ticket.events, calendars),
    known: ticket.clocks,
  };
}

/** How events are written. */
interface Storing {
  readonly calendars: Calendars;
  /** The instant at which they are written. */
  readonly at: Date;
  /** What becomes of a clock some of whose moments passed before `at`: left out, their alerts are raised now. */
  readonly passSilently?: (row: ClockRow, at: Date) => ClockRow;
}

/**
 * Adds to `writes` new events of a ticket with what they do to its clocks: the clocks' rows, and the alerts of moments that
 * passed before the sweep came, so that they are told all the same. The one way in which an event is written.
 *
 * @returns the ticket's summary after the events
 */
export function storeFold(
  writes: WriteSet,
  fold: TicketFold,
  events: readonly TicketEventRow[],
  { calendars, at, passSilently }: Storing,
): ReturnType<typeof summaryOf> {
  const after = applyAll(fold.state, events, calendars);
  const rows = after.clocks.map((reading) => {
    const before = fold.known.find(({ metric, cycle }) => metric === reading.metric && cycle === reading.cycle);
    const row = clockRow(before?.id ?? newId(), reading, fold.owner, { calendars, at });
    const ended = before !== undefined && (before.fulfilledAt !== null || before.cancelledAt !== null);
    if (ended) return row;
    const stored = passSilently ? passSilently(row, at) : row;
    writes.insert('sla_clock', stored);
    if (!passSilently) writes.insert('alert', ...passedMoments(reading, row, before ?? null, fold, { at, calendars }));
    return stored;
  });
  writes.insert('ticket_event', ...events);
  return summaryOf(rows);
}

/** The moments of a clock that nobody was told of before the event came, and that it came late. */
function passedMoments(
  reading: ClockReading,
  row: ClockRow,
  before: KnownClock | null,
  { customer, serial, assigneeId, level, status, state }: TicketFold,
  { at, calendars }: Pick<Storing, 'at' | 'calendars'>,
): Prisma.AlertUncheckedCreateInput[] {
  const { metric, cycle } = reading;
  // What passed before the event passed under what was promised before it.
  const { dueAt, label, promise, beyondHorizon } =
    state.clocks.find((clock) => clock.metric === metric && clock.cycle === cycle) ?? reading;
  const about = { id: row.id, ticketId: row.ticketId, serial, assigneeId, level, status, metric };
  const clock = {
    ...about,
    label,
    audience: promise.audience,
    dueAt: new Date(dueAt),
    timeZone: row.timeZone,
    beyondHorizon,
  };
  const untold = before === null ? 0 : (before.nextFireAt?.getTime() ?? Number.POSITIVE_INFINITY);
  const alerts = reading.fired
    .filter((fire) => fire.at >= untold)
    .map((fire) =>
      fireAlert(customer, clock, {
        percent: fire.kind === 'BREACH' ? 100 : fire.percent,
        firedAt: new Date(fire.at),
        at,
      }),
    );
  if (reading.fulfilledAt !== undefined && reading.breachedAt !== undefined) {
    const { percent } = readClock(reading, at.getTime(), calendars);
    alerts.push(fulfilledLateAlert(customer, clock, { percent, at }));
  }
  return alerts;
}
