import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import { Temporal } from 'temporal-polyfill';
import type { Text } from '../../platform/values/text.ts';

export const DAY_MS = 86_400_000;

/** A date on which the weekday does not decide: a statutory holiday, or a working day made up for one (调休). */
export interface SpecialDay {
  readonly kind: 'HOLIDAY' | 'MAKE_UP_DAY';
  readonly name: Text;
}

/**
 * Special days by epoch day (days since 1970-01-01). Past `lastYear` it knows what the law fixes by date alone, and another
 * weekday is only a guess.
 */
export interface HolidayTable {
  readonly days: ReadonlyMap<number, SpecialDay>;
  readonly lastYear: number;
  /** Days that an operator took back. */
  readonly ordinary?: ReadonlySet<number>;
}

/** What an operator knows better of one date; `ORDINARY_DAY` takes a holiday or make-up day back. */
export interface HolidayCorrection {
  readonly date: string;
  readonly kind: SpecialDay['kind'] | 'ORDINARY_DAY';
  readonly name?: Text;
}

export interface HolidayCorrections {
  readonly days: readonly HolidayCorrection[];
  /**
   * The last year that counts as known. Above the table's: the operator has entered the notices of the years between.
   * Below it: statutory days of later years are not taken, so that an upgrade of the data moves no pinned deadline.
   */
  readonly lastYear?: number;
}

/**
 * The epoch day of an ISO date.
 *
 * @throws {RangeError} no such date
 */
export function epochDay(date: string): number {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) throw new RangeError(`not an ISO date: ${date}`);
  return Temporal.PlainDate.from(date, { overflow: 'reject' }).toZonedDateTime('UTC').epochMilliseconds / DAY_MS;
}

/** The epoch day on which a year begins. */
export function firstDayOf(year: number): number {
  return Date.UTC(year, 0, 1) / DAY_MS;
}

/** "National Day,国庆节,3" is what the package says of a date; the number is the length of the holiday. */
function nameOf(entry: string): Text {
  const [en = '', zh = en] = entry.split(',');
  return { en, zh };
}

function readTable(): HolidayTable {
  const days = new Map<number, SpecialDay>();
  for (const [date, entry] of Object.entries(chineseDays.holidays)) {
    days.set(epochDay(date), { kind: 'HOLIDAY', name: nameOf(entry) });
  }
  for (const [date, entry] of Object.entries(chineseDays.workdays)) {
    days.set(epochDay(date), { kind: 'MAKE_UP_DAY', name: nameOf(entry) });
  }
  // Every year's notice names 1 October. A year of which only a day or two is known, carried over from its
  // neighbour's notice, is not a known year.
  const years = Object.keys(chineseDays.holidays).filter((date) => date.endsWith('-10-01'));
  return { days, lastYear: Math.max(...years.map((date) => Number(date.slice(0, 4)))) };
}

/**
 * The statutory holidays and make-up days of mainland China, from 2004 to `lastYear`, which is found in the data.
 *
 * @see the State Council's yearly notices, as collected by the package `chinese-days`
 */
export const chineseHolidays: HolidayTable = readTable();

/**
 * The table with an operator's corrections.
 *
 * @throws {RangeError} a correction of no existing date
 */
export function correctHolidays(table: HolidayTable, { days, lastYear }: HolidayCorrections): HolidayTable {
  const known = lastYear ?? table.lastYear;
  const corrected = new Map([...table.days].filter(([day]) => day < firstDayOf(known + 1)));
  const ordinary = new Set<number>();
  for (const { date, kind, name } of days) {
    const day = epochDay(date);
    if (kind === 'ORDINARY_DAY') {
      corrected.delete(day);
      ordinary.add(day);
    } else corrected.set(day, { kind, name: name ?? UNNAMED[kind] });
  }
  return { days: corrected, lastYear: known, ordinary };
}

/** The one reading of a table: what it says of a day, or else what the law does. */
export function specialDayOf({ days, ordinary }: HolidayTable, day: number): SpecialDay | undefined {
  return days.get(day) ?? (day < LAW_FROM || ordinary?.has(day) ? undefined : fixedByLaw(day));
}

/** When the regulation of today came into force. Fixed, so that a later release of the data moves no deadline. */
const LAW_FROM = firstDayOf(2025);

const BY_DATE: Readonly<Record<string, Text>> = {
  '01-01': { en: "New Year's Day", zh: '元旦' },
  '05-01': { en: 'Labour Day', zh: '劳动节' },
  '05-02': { en: 'Labour Day', zh: '劳动节' },
  '10-01': { en: 'National Day', zh: '国庆节' },
  '10-02': { en: 'National Day', zh: '国庆节' },
  '10-03': { en: 'National Day', zh: '国庆节' },
};

/**
 * The days off that the law fixes for every year, by date, and Tomb-sweeping Day by the sun (2000 to 2099). Those that go by the
 * moon come with the year's notice: the calendar of the runtime is a day off in some years.
 *
 * @see the State Council's regulation on days off for festivals and memorial days, as amended for 2025
 */
function fixedByLaw(day: number): SpecialDay | undefined {
  const iso = new Date(day * DAY_MS).toISOString();
  const date = iso.slice(5, 10);
  const fixed = BY_DATE[date];
  if (fixed) return { kind: 'HOLIDAY', name: fixed };
  if (!date.startsWith('04-0')) return undefined;
  const year = Number(iso.slice(2, 4));
  const sweeping = Math.floor(year * 0.2422 + 4.81) - Math.floor(year / 4);
  return date === `04-0${sweeping}` ? { kind: 'HOLIDAY', name: { en: 'Tomb-sweeping Day', zh: '清明' } } : undefined;
}

const UNNAMED: Readonly<Record<SpecialDay['kind'], Text>> = {
  HOLIDAY: { en: 'Holiday', zh: '假日' },
  MAKE_UP_DAY: { en: 'Make-up working day', zh: '调休上班日' },
};

/** Whether people work on a day (YYYY-MM-DD): Monday to Friday but for statutory holidays, and on the days made up for them. */
export function isWorkingDay(day: string): boolean {
  const at = epochDay(day);
  const special = specialDayOf(chineseHolidays, at);
  if (special) return special.kind === 'MAKE_UP_DAY';
  // 1 January 1970 was a Thursday.
  return (at + 3) % 7 < 5;
}
