import type { Prisma, SlaClock, TicketEvent } from '../../../prisma/generated/client/client.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { CompiledCalendar } from '../../engine/sla/business-time.ts';
import { applyEvent, noClocks, type TicketClocks } from '../../engine/sla/clock.ts';
import { type ClockOwner, clockEventOf, clockRow, summaryOf } from '../../engine/sla/clock-row.ts';
import { fireAlert, fulfilledLateAlert } from '../../engine/sla/fire.ts';
import type { ClockReading } from '../../engine/sla/reading.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';

type Calendars = (key: string) => CompiledCalendar;
type StoredEvent = Parameters<typeof clockEventOf>[0];
type KnownClock = Pick<SlaClock, 'id' | 'metric' | 'cycle' | 'fulfilledAt' | 'cancelledAt' | 'nextFireAt'>;

/** A ticket's clocks after its stored events. */
export function foldOf(events: readonly Pick<TicketEvent, keyof StoredEvent>[], calendars: Calendars): TicketClocks {
  return events.reduce((state, event) => applyEvent(state, clockEventOf(event), calendars), noClocks);
}

/** Who hears of the clocks' moments, and what they are called. */
export interface FoldSubject {
  readonly owner: ClockOwner;
  readonly customer: AlertCustomer;
  readonly serial: number | null;
  readonly assigneeId: string | null;
}

/**
 * Adds to `writes` what new events do to a ticket's clocks: the clocks' rows, and the alerts of moments that passed
 * before the sweep came, so that they are told all the same.
 *
 * @returns the ticket's summary after the events
 */
export function foldInto(
  writes: WriteSet,
  state: TicketClocks,
  events: readonly StoredEvent[],
  {
    subject,
    known,
    calendars,
    at,
  }: { subject: FoldSubject; known: readonly KnownClock[]; calendars: Calendars; at: Date },
): ReturnType<typeof summaryOf> {
  const after = events.reduce((folded, event) => applyEvent(folded, clockEventOf(event), calendars), state);
  const rows = after.clocks.map((reading) => {
    const before = known.find(({ metric, cycle }) => metric === reading.metric && cycle === reading.cycle);
    const row = clockRow(before?.id ?? newId(), reading, subject.owner, { calendars, at });
    const ended = before !== undefined && (before.fulfilledAt !== null || before.cancelledAt !== null);
    if (!ended) {
      writes.insert('sla_clock', row);
      writes.insert('alert', ...passedMoments(reading, row, before ?? null, subject, at));
    }
    return row;
  });
  return summaryOf(rows as (Prisma.SlaClockUncheckedCreateInput & Parameters<typeof summaryOf>[0][number])[]);
}

/** The moments of a clock that nobody was told of before the event came, and that it came late. */
function passedMoments(
  reading: ClockReading,
  row: Prisma.SlaClockUncheckedCreateInput,
  before: KnownClock | null,
  { customer, serial, assigneeId }: FoldSubject,
  at: Date,
): Prisma.AlertUncheckedCreateInput[] {
  const clock = {
    id: row.id,
    ticketId: row.ticketId,
    serial,
    label: reading.label,
    audience: reading.promise.audience,
    dueAt: new Date(reading.dueAt),
    assigneeId,
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
  if (reading.fulfilledAt !== undefined && reading.breachedAt !== undefined)
    alerts.push(fulfilledLateAlert(customer, clock, at));
  return alerts;
}
