import type { ClockMetric, PauseReason } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import { type CalendarCause, type CalendarSegment, segmentsBetween } from './business-time.ts';
import { type ClockEvent, clocksOf } from './clock.ts';
import {
  type Calendars,
  type ClockReading,
  type ClockState,
  readClock,
  type Stretch,
  stretchesUntil,
} from './reading.ts';
import { sharesOf, type TimeShare } from './shares.ts';

/** Why a stretch was counted or not. */
export type SegmentCause = CalendarCause | PauseReason | 'APPOINTMENT';

/** A stretch of a clock's life with one cause, half-open, epoch ms. */
export interface ClockSegment {
  readonly from: number;
  readonly to: number;
  readonly counted: boolean;
  /** Milliseconds from `from` to `to`. */
  readonly duration: number;
  readonly cause: SegmentCause;
  readonly because: Text;
}

/** A clock's figures at an instant, lengths in milliseconds, with the stretches that they come from. */
export interface ClockExplanation {
  readonly state: ClockState;
  readonly dueAt: number;
  readonly breachedAt: number | undefined;
  readonly elapsed: number;
  readonly remaining: number;
  /** Ascending and without gaps, from the promise or the start until the instant or the clock's end. */
  readonly segments: readonly ClockSegment[];
  /** Who had that time; they add up to the length of all segments. */
  readonly shares: readonly TimeShare[];
  readonly beyondHorizon: boolean;
}

/**
 * The proof of a deadline: every stretch since the start, counted or not, and why. The counted ones add up to `elapsed`.
 *
 * @param events the ticket's, ascending; only those up to `at` are read, so that a past instant is told as it was then
 * @param at epoch milliseconds, UTC
 * @returns `undefined` where the clock had not begun by then
 */
export function explainClock(
  events: readonly ClockEvent[],
  { metric, cycle }: { readonly metric: ClockMetric; readonly cycle: number },
  at: number,
  calendars: Calendars,
): ClockExplanation | undefined {
  const past = events.filter((event) => event.at <= at);
  const clocks = clocksOf(past, calendars);
  const clock = clocks.find((candidate) => candidate.metric === metric && candidate.cycle === cycle);
  if (clock === undefined) return undefined;
  const { state, dueAt, breachedAt, elapsedMs, remainingMs } = readClock(clock, at, calendars);
  const beyondHorizon = clock.beyondHorizon || at >= calendars(clock.promise.calendarKey).horizon;
  return {
    state,
    dueAt,
    breachedAt,
    elapsed: elapsedMs,
    remaining: remainingMs,
    segments: segmentsOf(clock, at, calendars),
    shares: sharesOf(past, clock, at, calendars),
    beyondHorizon,
  };
}

function segmentsOf(clock: ClockReading, at: number, calendars: Calendars): ClockSegment[] {
  const awaited = awaitedAppointment(clock, at);
  return [...awaited, ...stretchesUntil(clock, at, calendars).flatMap((stretch) => segmentsIn(stretch, calendars))];
}

/** The time between the promise and the appointment from which it counts. */
function awaitedAppointment(
  { promisedAt, startedAt, fulfilledAt, cancelledAt }: ClockReading,
  at: number,
): ClockSegment[] {
  const to = Math.min(startedAt, at, fulfilledAt ?? at, cancelledAt ?? at);
  return promisedAt < to ? [segment(promisedAt, to, false, 'APPOINTMENT', TEXTS.APPOINTMENT)] : [];
}

function segmentsIn({ from, to, calendarKey, pause }: Stretch, calendars: Calendars): ClockSegment[] {
  if (pause !== undefined) return [segment(from, to, false, pause, TEXTS[pause])];
  const calendar = calendars(calendarKey);
  return segmentsBetween(calendar, from, to).map((open) =>
    segment(open.from, open.to, open.isOpen, open.cause, becauseOf(open, calendar.definition.label)),
  );
}

function segment(from: number, to: number, counted: boolean, cause: SegmentCause, because: Text): ClockSegment {
  return { from, to, counted, duration: to - from, cause, because };
}

const TEXTS = {
  APPOINTMENT: { en: 'Not counted: the clock starts at the appointment.', zh: '不计时：自预约时间起计。' },
  WAITING_ON_CUSTOMER: { en: 'Not counted: waiting on the customer.', zh: '不计时：等待客户答复。' },
  APPROVAL: { en: 'Not counted: waiting for approval.', zh: '不计时：等待审批。' },
  ANOTHER_PARTY: { en: 'Not counted: waiting for another party.', zh: '不计时：等待第三方。' },
} as const satisfies Record<PauseReason | 'APPOINTMENT', Text>;

function becauseOf({ cause, name }: CalendarSegment, label: Text): Text {
  switch (cause) {
    case 'ALWAYS':
      return { en: 'Counted: the clock runs at any hour.', zh: '计时：全天候计时。' };
    case 'BUSINESS_HOURS':
      return { en: `Counted: open hours of ${label.en}.`, zh: `计时：${label.zh}的营业时间。` };
    case 'MAKE_UP_DAY':
      return { en: `Counted: a make-up working day of ${label.en}.`, zh: `计时：${label.zh}的调休上班日。` };
    case 'OUTSIDE_HOURS':
      return { en: `Not counted: outside the hours of ${label.en}.`, zh: `不计时：${label.zh}的营业时间之外。` };
    case 'HOLIDAY':
      return { en: `Not counted: ${name?.en ?? 'holiday'}.`, zh: `不计时：${name?.zh ?? '假日'}。` };
  }
}
