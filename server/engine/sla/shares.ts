import { TIME_HOLDERS, type TimeHolder, type WaitReason } from '../../platform/values/enums.ts';
import { segmentsBetween } from './business-time.ts';
import { applyEvent, type ClockEvent, noClocks } from './clock.ts';
import { type Calendars, type ClockReading, type Stretch, stretchesUntil } from './reading.ts';

/** How much of a clock's time somebody had, milliseconds. */
export interface TimeShare {
  readonly holder: TimeHolder;
  readonly duration: number;
}

/** A time in which the ticket waited for somebody, half-open, epoch ms. */
interface Wait {
  readonly from: number;
  readonly to: number;
  readonly holder: TimeHolder;
}

const HOLDERS: Readonly<Record<WaitReason, TimeHolder>> = {
  WAITING_ON_CUSTOMER: 'CUSTOMER',
  APPROVAL: 'APPROVAL',
  ANOTHER_PARTY: 'ANOTHER_PARTY',
  ANOTHER_DEPARTMENT: 'ANOTHER_DEPARTMENT',
};

/**
 * Who had the time of a clock, from its promise or start until `at` or its end: all holders in their order, adding up to that time.
 * Hours in which its calendar is closed are nobody's, whoever is waited for; of the others a wait is whose it is for, whether the clock
 * stands still for it or not, and the rest is ours.
 *
 * @param events the ticket's, ascending, up to `at`
 * @param clock as those events leave it
 * @param at epoch milliseconds, UTC
 */
export function sharesOf(
  events: readonly ClockEvent[],
  clock: ClockReading,
  at: number,
  calendars: Calendars,
): readonly TimeShare[] {
  const sums = new Map<TimeHolder, number>(TIME_HOLDERS.map((holder) => [holder, 0]));
  const add = (holder: TimeHolder, duration: number) => sums.set(holder, (sums.get(holder) ?? 0) + duration);
  const { promisedAt, startedAt, fulfilledAt = at, cancelledAt = at } = clock;
  const begun = Math.min(startedAt, at, fulfilledAt, cancelledAt);
  if (promisedAt < begun) add('APPOINTMENT', begun - promisedAt);
  const waits = waitsOf(events, at, calendars);
  for (const stretch of stretchesUntil(clock, at, calendars)) {
    const parts = partsOf(stretch, waits, calendars);
    for (const [holder, duration] of parts) add(holder, duration);
  }
  return [...sums].map(([holder, duration]) => ({ holder, duration }));
}

/** What the ticket waited for, ascending; the last wait may go on. */
function waitsOf(events: readonly ClockEvent[], at: number, calendars: Calendars): Wait[] {
  const waits: Wait[] = [];
  let state = noClocks;
  for (const event of events) {
    const { waiting } = state;
    if (waiting !== undefined) waits.push({ from: state.asOf, to: event.at, holder: HOLDERS[waiting] });
    state = applyEvent(state, event, calendars);
  }
  if (state.waiting !== undefined) waits.push({ from: state.asOf, to: at, holder: HOLDERS[state.waiting] });
  return waits.filter(({ from, to }) => from < to);
}

function partsOf({ from, to, calendarKey }: Stretch, waits: readonly Wait[], calendars: Calendars) {
  const parts: [TimeHolder, number][] = [];
  for (const segment of segmentsBetween(calendars(calendarKey), from, to)) {
    if (!segment.isOpen) {
      parts.push(['CLOSED_HOURS', segment.to - segment.from]);
      continue;
    }
    let ours = segment.to - segment.from;
    for (const wait of waits) {
      const theirs = Math.min(wait.to, segment.to) - Math.max(wait.from, segment.from);
      if (theirs <= 0) continue;
      parts.push([wait.holder, theirs]);
      ours -= theirs;
    }
    parts.push(['US', ours]);
  }
  return parts;
}
