import type { Text } from '../../platform/values/text.ts';
import type { DayPlanner, MinuteRange } from './day-plan.ts';
import { DAY_MS, firstDayOf } from './holidays.ts';
import { type Ladder, ladderOf } from './search.ts';
import { type OffsetSpan, offsetSpans } from './zone.ts';

/** A stretch that a holiday closes, half-open, epoch ms. */
export interface Closure {
  readonly start: number;
  readonly end: number;
  readonly name: Text;
}

/**
 * The open hours of some years as sorted arrays, epoch ms, half-open and not overlapping. `before[i]` is the open time
 * in milliseconds that lies before `starts[i]`; `before` has one entry more, the open time of all.
 * Outside `from` to `to` the table knows nothing.
 */
export interface OpenTable {
  readonly from: number;
  readonly to: number;
  readonly firstYear: number;
  readonly lastYear: number;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly before: Float64Array;
  /** Ways into `starts` and `before`. */
  readonly byStart: Ladder;
  readonly bySum: Ladder;
  /** 1 where the interval is of a make-up day. */
  readonly makeUp: Uint8Array;
  readonly closures: readonly Closure[];
}

interface Interval {
  readonly start: number;
  readonly end: number;
  readonly makeUp: 0 | 1;
}

/**
 * Lays out the days of `firstYear` to `lastYear`, both included.
 *
 * @throws {RangeError} no such zone
 */
export function buildTable(plan: DayPlanner, timeZone: string, firstYear: number, lastYear: number): OpenTable {
  const firstDay = firstDayOf(firstYear);
  const endDay = firstDayOf(lastYear + 1);
  // A day on either side: no zone is further than that from UTC, and a night shift of the eve is still running.
  const spans = offsetSpans(timeZone, (firstDay - 2) * DAY_MS, (endDay + 2) * DAY_MS);
  const from = instantOf(spans, firstDay * DAY_MS);
  const to = instantOf(spans, endDay * DAY_MS);
  const toInstants = instantsOf(spans, from, to);

  const open: Interval[] = [];
  const closures: Closure[] = [];
  for (let day = firstDay - 1; day < endDay; day++) {
    const { open: hours, holiday, isMakeUpDay, name } = plan(day);
    for (const range of hours)
      toInstants(day, range, (start, end) => open.push({ start, end, makeUp: isMakeUpDay ? 1 : 0 }));
    if (name !== undefined)
      for (const range of holiday) toInstants(day, range, (start, end) => closures.push({ start, end, name }));
  }
  return { from, to, firstYear, lastYear, ...arraysOf(united(open), from), closures: joined(closures) };
}

/** The first instant at which the local clocks show `local` or later. */
function instantOf(spans: readonly OffsetSpan[], local: number): number {
  for (const { from, to, offset } of spans) if (to + offset > local) return Math.max(from, local - offset);
  throw new RangeError(`no local time ${local} within the years asked for`);
}

/** Gives the instants at which a local range shows on the wall, cut to `from` and `to`. Days must come in order. */
function instantsOf(spans: readonly OffsetSpan[], from: number, to: number) {
  let first = 0;
  return (day: number, { start, end }: MinuteRange, emit: (start: number, end: number) => void): void => {
    const localStart = day * DAY_MS + start * 60_000;
    const localEnd = day * DAY_MS + end * 60_000;
    // A span that ended two days ago is over whatever its offset was.
    while (first < spans.length - 1 && (spans[first]?.to ?? 0) < (day - 2) * DAY_MS) first++;
    for (let i = first; i < spans.length; i++) {
      const span = spans[i] as OffsetSpan;
      if (span.from > localEnd + 2 * DAY_MS) return;
      const begin = Math.max(localStart - span.offset, span.from, from);
      const stop = Math.min(localEnd - span.offset, span.to, to);
      if (begin < stop) emit(begin, stop);
    }
  };
}

/** Sorted, without overlaps, touching intervals of one kind made one. Where two overlap, the earlier keeps its kind. */
function united(intervals: Interval[]): Interval[] {
  intervals.sort((a, b) => a.start - b.start || a.end - b.end);
  const result: Interval[] = [];
  for (const { start, end, makeUp } of intervals) {
    const last = result.at(-1);
    if (last === undefined || start > last.end) result.push({ start, end, makeUp });
    else if (end > last.end) {
      if (makeUp === last.makeUp) result[result.length - 1] = { start: last.start, end, makeUp };
      else result.push({ start: last.end, end, makeUp });
    }
  }
  return result;
}

/** Holidays that follow each other under one name, made one. */
function joined(closures: Closure[]): Closure[] {
  closures.sort((a, b) => a.start - b.start || a.end - b.end);
  const result: Closure[] = [];
  for (const closure of closures) {
    const last = result.at(-1);
    if (last === undefined || closure.start > last.end) result.push(closure);
    else if (closure.end > last.end) {
      if (closure.name.en === last.name.en && closure.name.zh === last.name.zh) {
        result[result.length - 1] = { ...last, end: closure.end };
      } else result.push({ ...closure, start: last.end });
    }
  }
  return result;
}

type Arrays = Pick<OpenTable, 'starts' | 'ends' | 'before' | 'byStart' | 'bySum' | 'makeUp'>;

function arraysOf(intervals: readonly Interval[], from: number): Arrays {
  const before = new Float64Array(intervals.length + 1);
  let sum = 0;
  intervals.forEach(({ start, end }, i) => {
    sum += end - start;
    before[i + 1] = sum;
  });
  const starts = Float64Array.from(intervals, ({ start }) => start);
  return {
    starts,
    byStart: ladderOf(starts, from),
    bySum: ladderOf(before, 0),
    ends: Float64Array.from(intervals, ({ end }) => end),
    before,
    makeUp: Uint8Array.from(intervals, ({ makeUp }) => makeUp),
  };
}
