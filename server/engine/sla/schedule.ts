import type { PauseReason } from '../../platform/values/enums.ts';
import { type CompiledCalendar, endOfDay, openTimeBetween } from './business-time.ts';
import {
  breachedBy,
  type Calendars,
  type ClockReading,
  countedIn,
  cut,
  type Fire,
  isOver,
  isPastDue,
  isStanding,
  lateFromOf,
  openStateAt,
  type PinnedPromise,
  reachedAt,
  stretchesUntil,
} from './reading.ts';

/**
 * The moves of one clock. Each gives the clock as it is after `at`, epoch ms, the instant of the event that moves it;
 * an event at the due instant itself still comes in time, and what is breached stays so.
 */

/** A clock that begins. */
export function startClock(
  begun: Pick<ClockReading, 'promise' | 'cycle' | 'promisedAt' | 'startedAt'>,
  pause: PauseReason | undefined,
  calendars: Calendars,
): ClockReading {
  const { promise, promisedAt, startedAt } = begun;
  const { metric, label } = promise;
  const blank: ClockReading = {
    ...begun,
    metric,
    label,
    targetMs: 0,
    dueAt: startedAt,
    beyondHorizon: false,
    state: 'RUNNING',
    earlierBreaches: [],
    stretches: [],
    current: stretchFrom(startedAt, promise, pause),
    fires: [],
    fired: [],
    ...(pause !== undefined && { pausedAt: promisedAt }),
  };
  return scheduled(aimed(blank, promisedAt, calendars), promisedAt, calendars);
}

/**
 * Another promise for the same clock: what was counted stays counted, the rest counts under the new one. A breach of the
 * old one stays, unless the promise is corrected by a change of policy, which is applied for that (`breachesAvoided`).
 */
export function repromise(
  clock: ClockReading,
  { promise, isCorrection }: { readonly promise: PinnedPromise; readonly isCorrection: boolean },
  pause: PauseReason | undefined,
  at: number,
  calendars: Calendars,
): ClockReading {
  const switched = switchTo({ ...clock, promise, label: promise.label }, pause, at, calendars);
  const after = scheduled(aimed(switched, at, calendars), at, calendars);
  return isCorrection ? after : keepingBreach(clock, after, at);
}

/** Another appointment: the clock starts there, and what it had counted or waited before falls away. */
export function restartAt(clock: ClockReading, startedAt: number, at: number, calendars: Calendars): ClockReading {
  const { promise, pausedAt } = clock;
  const pause = clock.current?.pause;
  // An appointment before the pause began had the clock running until then.
  const ranUntil = pausedAt === undefined ? startedAt : Math.max(startedAt, pausedAt);
  const ran = stretchFrom(startedAt, promise, undefined);
  const stretches = startedAt < ranUntil ? [cut(ran, ranUntil, calendars)] : [];
  const restarted = { ...clock, startedAt, stretches, current: stretchFrom(ranUntil, promise, pause) };
  return keepingBreach(clock, scheduled(aimed(restarted, at, calendars), at, calendars), at);
}

/** Stands still for `pause`, or goes on where there is none; as it was where nothing changes. */
export function settle(
  clock: ClockReading,
  pause: PauseReason | undefined,
  at: number,
  calendars: Calendars,
): ClockReading {
  if (clock.current?.pause === pause) return clock;
  return scheduled(switchTo(clock, pause, at, calendars), at, calendars);
}

/** Done: in time up to the due instant itself. */
export function fulfil(clock: ClockReading, at: number, calendars: Calendars): ClockReading {
  const { late, ...ended } = endedAt(clock, at, calendars);
  return { ...ended, state: late ? 'BREACHED' : 'FULFILLED', fulfilledAt: at };
}

/** No longer owed. What had been breached stays so. */
export function cancel(clock: ClockReading, at: number, calendars: Calendars): ClockReading {
  const { late, ...ended } = endedAt(clock, at, calendars);
  return { ...ended, state: late ? 'BREACHED' : 'CANCELLED', cancelledAt: at };
}

/** Marks what has fired by the event at `at`: an at-risk point that is reached, and a breach once it is late. */
export function passed(clock: ClockReading, at: number): ClockReading {
  const count = clock.fires.findIndex((fire) => fire.at > at);
  if (count === 0 || clock.fires.length === 0) return clock;
  const gone = count === -1 ? clock.fires : clock.fires.slice(0, count);
  return { ...clock, fired: [...clock.fired, ...gone], fires: clock.fires.slice(gone.length) };
}

/** The clock with its state as of `at`, once the event of that instant has been applied. */
export function judged(clock: ClockReading, at: number): ClockReading {
  if (isOver(clock)) return clock;
  const { breachedAt: _, ...rest } = clock;
  const breachedAt = breachedBy(clock, at);
  return { ...rest, state: openStateAt(clock, at), ...(breachedAt !== undefined && { breachedAt }) };
}

function stretchFrom(from: number, { calendarKey }: PinnedPromise, pause: PauseReason | undefined) {
  return pause === undefined ? { from, calendarKey } : { from, calendarKey, pause };
}

function switchTo(clock: ClockReading, pause: PauseReason | undefined, at: number, calendars: Calendars): ClockReading {
  const { current, pausedAt, ...rest } = clock;
  if (current === undefined) return clock;
  if (current.pause === pause && current.calendarKey === clock.promise.calendarKey) return clock;
  const from = Math.max(at, clock.startedAt);
  const stretches = current.from < from ? [...clock.stretches, cut(current, from, calendars)] : clock.stretches;
  const next: ClockReading = { ...rest, stretches, current: stretchFrom(from, clock.promise, pause) };
  if (pause !== undefined) return { ...next, pausedAt: pausedAt ?? at };
  // A pause in which the promised day ended, with nothing left to count, would be over and due at once.
  const dayIsOver = clock.dayEndsAt !== undefined && isStanding(clock) && at > clock.dayEndsAt;
  if (!dayIsOver || countedIn(stretches) < clock.targetMs) return next;
  return { ...next, dayEndsAt: endOfDay(calendars(clock.promise.calendarKey), at, 0, 'CALENDAR').at };
}

/** The clock with its target in open time. */
function aimed(clock: ClockReading, at: number, calendars: Calendars): ClockReading {
  const { target, calendarKey } = clock.promise;
  const { dayEndsAt: _, ...rest } = clock;
  if (target.kind === 'DURATION') {
    // 8.2 hours are no whole number of milliseconds in floating point.
    return { ...rest, targetMs: Math.round(target.minutes * 60_000) };
  }
  const calendar = calendars(calendarKey);
  const dayEndsAt = endOfDay(calendar, clock.startedAt, target.days, target.count).at;
  return { ...rest, dayEndsAt, targetMs: openTimeUntil(clock, dayEndsAt, at, calendar, calendars) };
}

/** The open time from the start until the promised day's end, pauses included: they push the due instant, not the target. */
function openTimeUntil(
  clock: ClockReading,
  end: number,
  at: number,
  calendar: CompiledCalendar,
  calendars: Calendars,
): number {
  const past = stretchesUntil(clock, Math.min(at, end), calendars);
  const until = past.reduce((sum, s) => sum + openTimeBetween(calendars(s.calendarKey), s.from, s.to), 0);
  return until + openTimeBetween(calendar, Math.max(at, clock.startedAt), end);
}

/** The clock with its due instant and all that fires from `at` on. */
function scheduled(clock: ClockReading, at: number, calendars: Calendars): ClockReading {
  const dueAt = dueInstantOf(clock, calendars);
  const timed = { ...clock, dueAt, beyondHorizon: dueAt >= calendars(clock.promise.calendarKey).horizon };
  if (isStanding(timed)) return { ...timed, fires: [] };
  const fires = [...atRiskPoints(timed, at, calendars), ...breachPoint(timed, at)];
  return { ...timed, fires: fires.toSorted((a, b) => a.at - b.at) };
}

function dueInstantOf(clock: ClockReading, calendars: Calendars): number {
  const { targetMs, dayEndsAt } = clock;
  if (dayEndsAt === undefined) return reachedAt(clock, targetMs, calendars);
  // An appointment in the day's last second is not due before it.
  if (targetMs === 0) return Math.max(dayEndsAt, clock.startedAt);
  // With no hours left that day the first open moment would be tomorrow's, but the day was promised.
  return Math.max(dayEndsAt, reachedAt(clock, targetMs, calendars));
}

/** What is to come, and the last point that a new promise put into the past, which is news unless someone was warned. */
function atRiskPoints(clock: ClockReading, at: number, calendars: Calendars): Fire[] {
  const { promise, targetMs, startedAt, dueAt } = clock;
  // Where there is no open time to use up, nobody is told that a part of it is used.
  if (targetMs === 0) return [];
  const warned = clock.fired.filter(({ kind }) => kind === 'AT_RISK');
  const points = promise.atRisk.flatMap((percent): Fire[] => {
    const counted = Math.ceil((targetMs * percent) / 100);
    const point = counted === 0 ? startedAt : reachedAt(clock, counted, calendars);
    return point < dueAt ? [{ kind: 'AT_RISK', percent, at: point }] : [];
  });
  const isNews = warned.length === 0 && dueAt > at;
  return [
    ...(isNews ? points.filter((point) => point.at < at).slice(-1) : []),
    ...points.filter((point) => point.at > at || (point.at === at && !warned.some((fire) => fire.at === at))),
  ];
}

/** A due instant already past is news unless the breach is. */
function breachPoint(clock: ClockReading, at: number): Fire[] {
  const late = lateFromOf(clock);
  if (late <= at && clock.fired.some(({ kind }) => kind === 'BREACH')) return [];
  return [{ kind: 'BREACH', at: late }];
}

function keepingBreach(before: ClockReading, after: ClockReading, at: number): ClockReading {
  if (!isPastDue(before, at) || before.dueAt === after.dueAt) return after;
  return { ...after, earlierBreaches: [...after.earlierBreaches, before.dueAt] };
}

function endedAt(clock: ClockReading, at: number, calendars: Calendars): ClockReading & { readonly late: boolean } {
  // One that stood still goes on for no time at all, so that it shows when it would have been due.
  const going = settle(clock, undefined, at, calendars);
  const { current, breachedAt: _, ...rest } = going;
  const stretches =
    current !== undefined && current.from < at ? [...going.stretches, cut(current, at, calendars)] : going.stretches;
  const breachedAt = breachedBy(going, at);
  const late = breachedAt !== undefined;
  return { ...rest, stretches, fires: [], late, ...(late && { breachedAt }) };
}
