import type { ClockMetric, PauseReason } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import type { ClockPromise } from '../policy/promise.ts';
import { addOpenTime, type CompiledCalendar, openTimeBetween } from './business-time.ts';

/**
 * `RUNNING` and `PAUSED` go to and fro; `BREACHED` once the due instant is past, and from then on, whatever is promised
 * later. `FULFILLED` and `CANCELLED` are ends, and so is `BREACHED` once it has a `fulfilledAt` or `cancelledAt`.
 */
export type ClockState = 'RUNNING' | 'PAUSED' | 'FULFILLED' | 'BREACHED' | 'CANCELLED';

/** A promise with the versions that it was made under. */
export type PinnedPromise = ClockPromise & {
  /** The calendar's version, e.g. `hall@2`. */
  readonly calendarKey: string;
  readonly policyVersion: string;
  /** Of promises that were made before decisions were kept, absent. */
  readonly decisionId?: string;
};

/** Finds a calendar by its key. */
export type Calendars = (key: string) => CompiledCalendar;

/** A stretch of a clock's life under one calendar, half-open, epoch ms. `pause` says why it was not counted. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly calendarKey: string;
  readonly pause?: PauseReason;
  readonly countedMs: number;
}

/** The stretch that goes on. */
export type OpenStretch = Omit<Stretch, 'to' | 'countedMs'>;

/** A moment of which someone is told: `percent` of the target is consumed, or it is late, which begins after the due instant. */
export type Fire =
  | { readonly kind: 'AT_RISK'; readonly percent: number; readonly at: number }
  | { readonly kind: 'BREACH'; readonly at: number };

/**
 * One clock as of its ticket's last event. JSON-safe: instants are epoch milliseconds, lengths milliseconds, and what
 * is not so is left out.
 */
export interface ClockReading {
  readonly metric: ClockMetric;
  readonly label: Text;
  /** 1, 2, ...: the how-manieth clock of this metric on the ticket. */
  readonly cycle: number;
  /** The promise in force. */
  readonly promise: PinnedPromise;
  readonly promisedAt: number;
  /** From when it counts; after `promisedAt` where it awaits an appointment. */
  readonly startedAt: number;
  /** Open time promised; for an end of day that from the start until then. */
  readonly targetMs: number;
  /** The end of the day that was promised: it is not due earlier, however little the calendar opens until then. */
  readonly dayEndsAt?: number;
  /** When the counted stretches reach the target. While it is paused: when they would, if it went on at once. */
  readonly dueAt: number;
  /** The due instant lies past the known holidays. */
  readonly beyondHorizon: boolean;
  readonly state: ClockState;
  readonly pausedAt?: number;
  readonly fulfilledAt?: number;
  /** The first due instant that passed. */
  readonly breachedAt?: number;
  readonly cancelledAt?: number;
  /** Due instants that had passed when another level or appointment moved them: they stay breached. */
  readonly earlierBreaches: readonly number[];
  /** What has been counted and what not, ascending. */
  readonly stretches: readonly Stretch[];
  readonly current?: OpenStretch;
  /** What fires from here on, ascending; nothing while it is paused or over. */
  readonly fires: readonly Fire[];
  /** What had fired before the last event, under the promises of its time. */
  readonly fired: readonly Fire[];
}

/** A clock at an instant. */
export interface ClockFigures {
  readonly state: ClockState;
  readonly dueAt: number;
  readonly breachedAt: number | undefined;
  readonly elapsedMs: number;
  /** Below 0 once more has been counted than was promised. */
  readonly remainingMs: number;
  readonly percent: number;
}

/** Fulfilled or cancelled: nothing moves it any more. */
export function isOver({ fulfilledAt, cancelledAt }: ClockReading): boolean {
  return fulfilledAt !== undefined || cancelledAt !== undefined;
}

/** The first instant at which it is late: after the due instant, or when the next day begins where a day's end was promised. */
export function lateFromOf({ dueAt, dayEndsAt }: Pick<ClockReading, 'dueAt' | 'dayEndsAt'>): number {
  const nextDay = dayEndsAt === undefined ? 0 : dayEndsAt + 1_000;
  return Math.max(dueAt + 1, dueAt < nextDay ? nextDay : 0);
}

/** Paused in time: it is not breached, however long the pause. */
export function isStanding(reading: ClockReading): boolean {
  return reading.pausedAt !== undefined && lateFromOf(reading) > reading.pausedAt;
}

/** Whether the due instant in force has passed by an instant. */
export function isPastDue(reading: ClockReading, at: number): boolean {
  return !isStanding(reading) && lateFromOf(reading) <= at;
}

/** The due instant that was the first to pass by an instant, of a clock that is not over. */
export function breachedBy(reading: ClockReading, at: number): number | undefined {
  return reading.earlierBreaches[0] ?? (isPastDue(reading, at) ? reading.dueAt : undefined);
}

/** The state of a clock that is not over. */
export function openStateAt(reading: ClockReading, at: number): ClockState {
  if (breachedBy(reading, at) !== undefined) return 'BREACHED';
  return reading.pausedAt === undefined ? 'RUNNING' : 'PAUSED';
}

/** The stretches up to an instant, the one that goes on cut there. */
export function stretchesUntil(reading: ClockReading, at: number, calendars: Calendars): Stretch[] {
  const { stretches, current } = reading;
  const known = stretches.filter(({ from }) => from < at).map((s) => (s.to <= at ? s : cut(s, at, calendars)));
  if (current !== undefined && current.from < at) known.push(cut(current, at, calendars));
  return known;
}

/** A stretch that ends at `to`, with what was counted of it. */
export function cut({ from, calendarKey, pause }: OpenStretch, to: number, calendars: Calendars): Stretch {
  if (pause !== undefined) return { from, to, calendarKey, pause, countedMs: 0 };
  return { from, to, calendarKey, countedMs: openTimeBetween(calendars(calendarKey), from, to) };
}

export function countedIn(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { countedMs }) => sum + countedMs, 0);
}

/**
 * The earliest instant at which so much has been counted, or would be if a clock that is paused went on at once.
 *
 * @param reading one that is not over
 * @param ms milliseconds of open time, >= 0; 0 gives the first open moment
 */
export function reachedAt(
  { stretches, current, startedAt, promise }: ClockReading,
  ms: number,
  calendars: Calendars,
): number {
  let left = ms;
  for (const { from, to, calendarKey, pause, countedMs } of stretches) {
    if (pause !== undefined) continue;
    if (left > 0 && countedMs >= left) return addOpenTime(calendars(calendarKey), from, left).at;
    if (left === 0) {
      const { at } = addOpenTime(calendars(calendarKey), from, 0);
      if (at < to) return at;
    }
    left -= countedMs;
  }
  return addOpenTime(calendars(promise.calendarKey), current?.from ?? startedAt, left).at;
}

/**
 * A clock at an instant at or after its ticket's last event. For an earlier one read the events up to it.
 *
 * @param at epoch milliseconds, UTC
 */
export function readClock(reading: ClockReading, at: number, calendars: Calendars): ClockFigures {
  const { dueAt, targetMs } = reading;
  const elapsedMs = countedIn(stretchesUntil(reading, at, calendars));
  return {
    state: isOver(reading) ? reading.state : openStateAt(reading, at),
    dueAt,
    breachedAt: isOver(reading) ? reading.breachedAt : breachedBy(reading, at),
    elapsedMs,
    remainingMs: targetMs - elapsedMs,
    percent: targetMs > 0 ? (elapsedMs / targetMs) * 100 : dueAt <= at ? 100 : 0,
  };
}

/** Whether someone was warned, and as much is consumed as the promise in force warns of. */
export function isAtRisk(reading: ClockReading, at: number, calendars: Calendars): boolean {
  const [lowest] = reading.promise.atRisk;
  if (lowest === undefined || !reading.fired.some(({ kind }) => kind === 'AT_RISK')) return false;
  const elapsedMs = countedIn(stretchesUntil(reading, at, calendars));
  return elapsedMs >= Math.ceil((reading.targetMs * lowest) / 100);
}

/**
 * When this clock next fires, for the column by which the sweep finds it.
 *
 * @param after leaves out what fired at or before this instant
 * @returns in the past where a new promise put the due instant there and nobody has been told
 */
export function nextFireAt({ fires }: ClockReading, after = Number.NEGATIVE_INFINITY): number | undefined {
  return fires.find(({ at }) => at > after)?.at;
}

/**
 * All that has fired of a clock by an instant, ascending. Told once by (clock, kind, percent, at), each of these is
 * told exactly once, however late or often anyone asks.
 */
export function firesUntil({ fired, fires }: ClockReading, until: number): Fire[] {
  return [...fired, ...fires.filter(({ at }) => at <= until)].toSorted((a, b) => a.at - b.at);
}
