import type { DayCount } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import { type CalendarDefinition, calendarKey, isAroundTheClock } from './calendar.ts';
import { type DayPlanner, holidayTableOf, planDays } from './day-plan.ts';
import { DAY_MS, firstDayOf } from './holidays.ts';
import { buildTable, type OpenTable } from './open-table.ts';
import { countBelow, countUpTo } from './search.ts';
import { lastSecondOf, localDayOf, offsetSpans } from './zone.ts';

/**
 * A calendar ready to be counted on. It is endless: years are laid out when someone first asks for them, which changes
 * no earlier answer. Intervals are half-open, as everywhere.
 */
export interface CompiledCalendar {
  /** `hall@2`. */
  readonly key: string;
  readonly definition: CalendarDefinition;
  readonly isAlways: boolean;
  /** The instant from which its holidays are not known; `Infinity` where it has none. Epoch ms. */
  readonly horizon: number;
  readonly plan: DayPlanner;
  /** The years laid out so far. Replaced by a wider table, never changed. */
  table: OpenTable;
}

/** An instant that was counted out. `beyondHorizon` says that holidays yet unknown may move it. */
export interface DueInstant {
  readonly at: number;
  readonly beyondHorizon: boolean;
}

export type CalendarCause = 'BUSINESS_HOURS' | 'MAKE_UP_DAY' | 'ALWAYS' | 'OUTSIDE_HOURS' | 'HOLIDAY';

/** A stretch that is open or closed throughout, half-open, epoch ms. `name` is the holiday's. */
export interface CalendarSegment {
  readonly from: number;
  readonly to: number;
  readonly isOpen: boolean;
  readonly cause: CalendarCause;
  readonly name?: Text;
}

/** Years that may be counted in. Beyond them a calendar that hardly ever opens would be laid out for ever. */
const YEARS = { first: 1970, last: 2500 } as const;
const BOUNDS = { from: firstDayOf(YEARS.first + 1) * DAY_MS, to: firstDayOf(YEARS.last) * DAY_MS } as const;

/**
 * Lays a calendar out for the years `fromYear` to `toYear`; later it widens itself as needed.
 *
 * @param definition one that `checkCalendar` finds nothing against
 * @throws {RangeError} no such zone or date
 */
export function compileCalendar(
  definition: CalendarDefinition,
  { fromYear, toYear }: { readonly fromYear: number; readonly toYear: number },
): CompiledCalendar {
  const holidays = holidayTableOf(definition);
  const plan = planDays(definition, holidays);
  const { timeZone } = definition;
  return {
    key: calendarKey(definition),
    definition,
    isAlways: isAroundTheClock(definition),
    horizon: holidays === undefined ? Number.POSITIVE_INFINITY : startOfYear(timeZone, holidays.lastYear + 1),
    plan,
    table: buildTable(plan, timeZone, fromYear, toYear),
  };
}

function startOfYear(timeZone: string, year: number): number {
  const midnight = firstDayOf(year) * DAY_MS;
  const [first] = offsetSpans(timeZone, midnight, midnight + 1);
  return midnight - (first?.offset ?? 0);
}

/**
 * The instant at which `ms` of open time have passed since `from`.
 *
 * @param from epoch milliseconds, UTC; a closed moment counts from the next opening
 * @param ms milliseconds of open time, >= 0; 0 gives the first open moment at or after `from`
 * @returns may fall exactly on a closing time, never on the opening after it
 * @throws {RangeError} `ms` negative, or the calendar does not open that long until the year 2500
 * @see docs/decisions/0004-business-time.md
 */
export function addOpenTime(calendar: CompiledCalendar, from: number, ms: number): DueInstant {
  if (!(ms >= 0)) throw new RangeError(`open time must not be negative: ${ms}`);
  const at = calendar.isAlways ? from + ms : instantAfter(calendar, from, ms);
  return { at, beyondHorizon: at >= calendar.horizon };
}

function instantAfter(calendar: CompiledCalendar, from: number, ms: number): number {
  let table = tableAround(calendar, from);
  const seen = countUpTo(table.starts, table.byStart, from);
  if (ms === 0) {
    if (seen > 0 && from < (table.ends[seen - 1] as number)) return from;
    while (seen >= table.starts.length) table = widen(calendar, table.lastYear + 1);
    return table.starts[seen] as number;
  }
  const wanted = openTimeBefore(table, seen, from) + ms;
  while (wanted > (table.before[table.starts.length] as number)) table = widen(calendar, table.lastYear + 1);
  const index = countBelow(table.before, table.bySum, wanted) - 1;
  return (table.starts[index] as number) + (wanted - (table.before[index] as number));
}

/** The open time from the table's beginning until `at`, of which `seen` intervals have begun. */
function openTimeBefore(table: OpenTable, seen: number, at: number): number {
  if (seen === 0) return 0;
  const before = (table.before[seen - 1] as number) + at - (table.starts[seen - 1] as number);
  return Math.min(before, table.before[seen] as number);
}

/** Milliseconds of open time from `a` until `b`; 0 where `b` is not after `a`. */
export function openTimeBetween(calendar: CompiledCalendar, a: number, b: number): number {
  if (!(b > a)) return 0;
  if (calendar.isAlways) return b - a;
  tableAround(calendar, a);
  // Asked second, for widening backwards shifts every sum.
  const table = tableAround(calendar, b);
  const until = openTimeBefore(table, countUpTo(table.starts, table.byStart, b), b);
  return until - openTimeBefore(table, countUpTo(table.starts, table.byStart, a), a);
}

/** Whether the calendar is open at an instant: opening times are, closing times are not. */
export function isOpenAt(calendar: CompiledCalendar, at: number): boolean {
  if (calendar.isAlways) return true;
  const table = tableAround(calendar, at);
  const seen = countUpTo(table.starts, table.byStart, at);
  return seen > 0 && at < (table.ends[seen - 1] as number);
}

/** The open and closed stretches from `a` until `b`, ascending and without gaps, each with its cause. */
export function segmentsBetween(calendar: CompiledCalendar, a: number, b: number): CalendarSegment[] {
  if (!(b > a)) return [];
  if (calendar.isAlways) return [{ from: a, to: b, isOpen: true, cause: 'ALWAYS' }];
  tableAround(calendar, a);
  const table = tableAround(calendar, b);
  const segments: CalendarSegment[] = [];
  let at = a;
  for (let i = Math.max(0, countUpTo(table.starts, table.byStart, a) - 1); at < b && i < table.starts.length; i++) {
    const start = Math.min(table.starts[i] as number, b);
    const end = Math.min(table.ends[i] as number, b);
    if (end <= at) continue;
    if (start > at) segments.push(...closedSegments(table, at, start));
    const from = Math.max(start, at);
    const cause = table.makeUp[i] === 1 ? 'MAKE_UP_DAY' : 'BUSINESS_HOURS';
    if (from < end) segments.push({ from, to: end, isOpen: true, cause });
    at = end;
  }
  if (at < b) segments.push(...closedSegments(table, at, b));
  return segments;
}

/** A closed stretch, split where holidays begin and end. */
function closedSegments({ closures }: OpenTable, from: number, to: number): CalendarSegment[] {
  const segments: CalendarSegment[] = [];
  let at = from;
  for (let i = firstEndingAfter(closures, from); i < closures.length && at < to; i++) {
    const { start, end, name } = closures[i] as OpenTable['closures'][number];
    const begin = Math.min(Math.max(start, at), to);
    const stop = Math.min(end, to);
    if (begin > at) segments.push({ from: at, to: begin, isOpen: false, cause: 'OUTSIDE_HOURS' });
    if (stop > begin) segments.push({ from: begin, to: stop, isOpen: false, cause: 'HOLIDAY', name });
    at = Math.max(begin, stop);
  }
  if (at < to) segments.push({ from: at, to, isOpen: false, cause: 'OUTSIDE_HOURS' });
  return segments;
}

function firstEndingAfter(closures: OpenTable['closures'], at: number): number {
  let low = 0;
  let high = closures.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((closures[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * 23:59:59 local time of the day that lies `days` days after the day of `from`; 0 is that day itself, open or not.
 *
 * @param count `WORKING` counts only days on which hours begin
 * @throws {RangeError} `days` is no whole number >= 0, or ten years pass without a working day
 */
export function endOfDay(calendar: CompiledCalendar, from: number, days: number, count: DayCount): DueInstant {
  if (!(Number.isInteger(days) && days >= 0)) throw new RangeError(`not a number of days: ${days}`);
  const { timeZone } = calendar.definition;
  let day = localDayOf(timeZone, from);
  if (count === 'CALENDAR') day += days;
  else for (let left = days; left > 0; left--) day = nextWorkingDay(calendar, day);
  const at = lastSecondOf(timeZone, day);
  return { at, beyondHorizon: at >= calendar.horizon };
}

function nextWorkingDay({ key, plan }: CompiledCalendar, day: number): number {
  for (let next = day + 1; next <= day + 3660; next++) if (plan(next).open.length > 0) return next;
  throw new RangeError(`the calendar ${key} has no working day in ten years`);
}

/** Whether the instant lies in the years that may be counted in. */
export function isKnownTime(at: number): boolean {
  return at >= BOUNDS.from && at < BOUNDS.to;
}

/** A table that knows `at`. */
function tableAround(calendar: CompiledCalendar, at: number): OpenTable {
  const { table } = calendar;
  if (at >= table.from && at < table.to) return table;
  if (!isKnownTime(at)) throw new RangeError(`outside the years that calendars know: ${at}`);
  // A day more on either side, for the local year may not have begun or ended.
  const year = new Date(at < table.from ? at - DAY_MS : at + DAY_MS).getUTCFullYear();
  return widen(calendar, year);
}

/** Lays out the years up to and including `year`, and some more, for who asks once asks again. */
function widen(calendar: CompiledCalendar, year: number): OpenTable {
  if (year > YEARS.last) throw new RangeError(`the calendar ${calendar.key} does not open long enough`);
  const { firstYear, lastYear } = calendar.table;
  const ahead = year > lastYear ? Math.min(YEARS.last, year + Math.max(2, lastYear - firstYear)) : lastYear;
  calendar.table = buildTable(calendar.plan, calendar.definition.timeZone, Math.min(firstYear, year), ahead);
  return calendar.table;
}
