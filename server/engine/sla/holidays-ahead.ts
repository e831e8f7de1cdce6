import type { DayPeriod } from '../policy/calendar-days.ts';
import { chineseHolidays, DAY_MS, epochDay, specialDayOf } from './holidays.ts';

/** A statutory holiday by its first day, YYYY-MM-DD. */
export interface HolidayAhead {
  readonly on: string;
  readonly name: string;
  readonly en: string;
}

/** Days of one name that lie farther apart are two holidays: of two years. */
const GAP_DAYS = 15;

/** Holidays of mainland China by their first day, ascending; days off that follow each other are one. */
const HOLIDAYS: readonly HolidayAhead[] = firstDays();

function firstDays(): HolidayAhead[] {
  const last = new Map<string, number>();
  const first: HolidayAhead[] = [];
  const days = [...chineseHolidays.days].filter(([, { kind }]) => kind === 'HOLIDAY').sort(([a], [b]) => a - b);
  for (const [day, { name }] of days) {
    const before = last.get(name.zh);
    last.set(name.zh, day);
    if (before !== undefined && day - before <= GAP_DAYS) continue;
    first.push({ on: new Date(day * DAY_MS).toISOString().slice(0, 10), name: name.zh, en: name.en });
  }
  return first;
}

const LAST_KNOWN = `${chineseHolidays.lastYear}-12-31`;

/** Whether it is a statutory day off; of years that nobody knows yet a day that the law fixes. */
function isHoliday(day: string): boolean {
  return specialDayOf(chineseHolidays, epochDay(day))?.kind === 'HOLIDAY';
}

/** What begins on a day. */
function beginning(day: string): HolidayAhead[] {
  if (day <= LAST_KNOWN) return HOLIDAYS.filter(({ on }) => on === day);
  const at = epochDay(day);
  const holiday = specialDayOf(chineseHolidays, at);
  if (holiday?.kind !== 'HOLIDAY' || specialDayOf(chineseHolidays, at - 1)?.name.zh === holiday.name.zh) return [];
  return [{ on: day, name: holiday.name.zh, en: holiday.name.en }];
}

/** No stretch from one holiday to the next is as long. */
const LONGEST_DAYS = 200;

const seasons = new Map<string, DayPeriod>();

/**
 * The days on which a greeting is for the same holiday as on a given one: the holiday that is, or that comes next, and the days
 * since the one before was over. One holiday may follow another without a day between.
 */
export function holidaySeason(day: string): DayPeriod {
  const seen = seasons.get(day);
  if (seen) return seen;
  const dayAt = (at: number) => new Date(at * DAY_MS).toISOString().slice(0, 10);
  const endsOn = (at: number) =>
    isHoliday(dayAt(at)) && (!isHoliday(dayAt(at + 1)) || beginning(dayAt(at + 1)).length > 0);
  const given = epochDay(day);
  let [from, to] = [given, given];
  while (from > given - LONGEST_DAYS && !endsOn(from - 1)) from -= 1;
  while (to < given + LONGEST_DAYS && !endsOn(to)) to += 1;
  const season = { from: dayAt(from), to: dayAt(to) };
  if (seasons.size > 1_000) seasons.clear();
  seasons.set(day, season);
  return season;
}

const known = new Map<string, HolidayAhead[]>();

/** The statutory holidays that begin on a day or within the 31 days after it. */
export function holidaysAhead(today: string): HolidayAhead[] {
  return beginningOn(epochDay(today), 32);
}

/** Those that began within the 31 days before a day. */
export function holidaysBefore(today: string): HolidayAhead[] {
  return beginningOn(epochDay(today) - 31, 31);
}

function beginningOn(first: number, days: number): HolidayAhead[] {
  return Array.from({ length: days }, (_, later) => {
    const day = new Date((first + later) * DAY_MS).toISOString().slice(0, 10);
    const begins = known.get(day) ?? beginning(day);
    known.set(day, begins);
    return begins;
  }).flat();
}
