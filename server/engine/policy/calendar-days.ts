import { Temporal } from 'temporal-polyfill';
import { dayIn } from '../../platform/values/days.ts';

/**
 * Calendar days for policies. A day is `YYYY-MM-DD`, as facts have it (`today`, a contact's `on`), and days are compared as
 * they are: `from <= on && on <= to`. An instant is RFC 3339, as facts and answers have it (`now`, `dueAt`).
 *
 * Counting days needs no zone. Between a day and an instant stands the zone whose midnight is meant: give the policy's own
 * `timeZone`, in which the platform tells it what `today` is. Daylight saving is the zone's business and nobody else's.
 */

/** Days from the first to the last, both included. */
export interface DayPeriod {
  readonly from: string;
  readonly to: string;
}

/** A day, a calendar week, from Monday, month, quarter or year; or so many months that divide the year: 1, 2, 3, 4, 6 or 12. */
export type PeriodLength = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR' | number;

const DAY_MS = 86_400_000;

/**
 * The day on which an instant lies in a zone.
 *
 * @param instant RFC 3339
 * @param timeZone IANA name, e.g. `Asia/Shanghai`
 * @throws {RangeError} no such instant or zone
 */
export function dayOf(instant: string, timeZone: string): string {
  const at = new Date(epochMs(instant));
  return inZone(timeZone, () => dayIn(at, timeZone));
}

/**
 * The instant at which the clocks of a zone show a time on a day. A time that they skip in spring is as much later; of one
 * that they show twice in autumn it is the first.
 *
 * @param time `09:00` or `09:00:30`
 * @param timeZone IANA name
 * @returns RFC 3339 with the zone's offset, e.g. `2026-03-25T09:00:00+08:00`
 * @throws {RangeError} no such day, time or zone
 */
export function instantAt(day: string, time: string, timeZone: string): string {
  return localInstant(day, time, timeZone, 'compatible');
}

/**
 * The last second of a day in a zone, 23:59:59: what is owed by that day is due then, and late when the next day begins.
 *
 * @param timeZone IANA name
 * @returns RFC 3339 with the zone's offset, e.g. `2026-03-31T23:59:59+08:00`
 * @throws {RangeError} no such day or zone
 */
export function dayEnd(day: string, timeZone: string): string {
  return localInstant(day, '23:59:59', timeZone, 'later');
}

/** The day so many days later, or earlier where `days` is negative. @throws {RangeError} no such day */
export function addDays(day: string, days: number): string {
  return isoDay(epochMs(checked(day)) + days * DAY_MS);
}

/**
 * The same day so many months later, or the last of that month where it is shorter: a month after 31 January is
 * 28 February, and two are 31 March. So add to the day at which a series began, not to its last member.
 *
 * @throws {RangeError} no such day
 */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = partsOf(day);
  return isoDay(Date.UTC(year, month - 1 + months, Math.min(date, daysIn(year, month + months))));
}

/**
 * The calendar period in which a day lies; months are counted from January.
 *
 * @param later the one so many periods later instead; -1 is the one before
 * @throws {RangeError} no such day, or the months do not divide the year
 */
export function periodOf(every: PeriodLength, day: string, later = 0): DayPeriod {
  const [year, month] = partsOf(day);
  if (every === 'DAY') {
    const one = addDays(day, later);
    return { from: one, to: one };
  }
  if (every === 'WEEK') {
    const monday = addDays(day, 7 * later - ((new Date(day).getUTCDay() + 6) % 7));
    return { from: monday, to: addDays(monday, 6) };
  }
  const months = typeof every === 'number' ? every : { MONTH: 1, QUARTER: 3, YEAR: 12 }[every];
  if (!(months > 0 && 12 % months === 0))
    throw new RangeError(`a calendar period has 1, 2, 3, 4, 6 or 12 months, not ${months}`);
  const first = month - 1 - ((month - 1) % months) + later * months;
  return { from: isoDay(Date.UTC(year, first, 1)), to: isoDay(Date.UTC(year, first + months, 0)) };
}

/**
 * The first return of a date's month and day on or after a day: a birthday, the day of a contract. 29 February returns on
 * the 28th in other years.
 *
 * @throws {RangeError} no such day
 */
export function nextAnniversary(date: string, day: string): string {
  const [, month, dayOfMonth] = partsOf(date);
  const [year] = partsOf(day);
  const inYear = (one: number) => isoDay(Date.UTC(one, month - 1, Math.min(dayOfMonth, daysIn(one, month))));
  return inYear(year) >= day ? inYear(year) : inYear(year + 1);
}

/**
 * The days on which contact is for one of several occasions: from `leadDays` before it, or from the day after an earlier
 * occasion within them, up to its own day. So a greeting is for the occasion that comes next and for no later one; occasions
 * of one day share theirs.
 *
 * @param on the day of the occasion
 * @param leadDays >= 0
 * @param occasions days in any order, those that are past too: contact of theirs may be known
 * @throws {RangeError} no such day
 */
export function occasionPeriod(on: string, leadDays: number, occasions: readonly string[]): DayPeriod {
  const from = addDays(on, -leadDays);
  const earlier = occasions.filter((day) => from <= day && day < on).sort();
  const last = earlier.at(-1);
  return { from: last === undefined ? from : addDays(last, 1), to: on };
}

/** The instant so many minutes after another, RFC 3339 in UTC. @throws {RangeError} no such instant */
export function afterMinutes(instant: string, minutes: number): string {
  return new Date(epochMs(instant) + minutes * 60_000).toISOString();
}

/** Whether a name is that of a time zone. */
export function isZone(timeZone: unknown): boolean {
  try {
    return typeof timeZone === 'string' && dayIn(new Date(0), timeZone) !== '';
  } catch {
    return false;
  }
}

/** Known instants by zone, day and time: a run asks for the same few thousands of times, and a zone's rules are slow. */
const known = new Map<string, string>();
const MOST_KNOWN = 10_000;

const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

function localInstant(day: string, time: string, timeZone: string, disambiguation: 'compatible' | 'later'): string {
  const key = `${day} ${time} ${timeZone} ${disambiguation}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (!TIME.test(time)) throw new RangeError(`${JSON.stringify(time)} is no time of day such as 09:00`);
  const local = Temporal.PlainDate.from(checked(day)).toPlainDateTime(Temporal.PlainTime.from(time));
  const instant = inZone(timeZone, () => local.toZonedDateTime(timeZone, { disambiguation }));
  const text = instant.toString({ timeZoneName: 'never' });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, text);
  return text;
}

/** @throws {RangeError} there is no such zone, which is all that can go wrong */
function inZone<T>(timeZone: string, work: () => T): T {
  try {
    return work();
  } catch {
    throw new RangeError(`${JSON.stringify(timeZone)} is no time zone such as Asia/Shanghai`);
  }
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** @param month from 1; it may lie beyond the year */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function partsOf(day: string): [year: number, month: number, date: number] {
  const [year = 0, month = 0, date = 0] = checked(day).split('-').map(Number);
  return [year, month, date];
}

/** @throws {RangeError} it is no day of the calendar */
function checked(day: string): string {
  const milliseconds = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(day) : Number.NaN;
  if (Number.isNaN(milliseconds) || isoDay(milliseconds) !== day)
    throw new RangeError(`${JSON.stringify(day)} is no day such as 2026-03-31`);
  return day;
}

function epochMs(instant: string): number {
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds))
    throw new RangeError(`${JSON.stringify(instant)} is no instant such as 2026-03-31T02:00:00Z`);
  return milliseconds;
}
