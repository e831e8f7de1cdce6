import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import { Temporal } from 'temporal-polyfill';
import type { Text } from '../../platform/values/text.ts';

export const DAY_MS = 86_400_000;

/** A date on which the weekday does not decide: a statutory holiday, or a working day made up for one (调休). */
export interface SpecialDay {
  readonly kind: 'HOLIDAY' | 'MAKE_UP_DAY';
  readonly name: Text;
}

/** Special days by epoch day (days since 1970-01-01). Past `lastYear` it knows nothing, and a weekday is only a guess. */
export interface HolidayTable {
  readonly days: ReadonlyMap<number, SpecialDay>;
  readonly lastYear: number;
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
  for (const { date, kind, name } of days) {
    if (kind === 'ORDINARY_DAY') corrected.delete(epochDay(date));
    else corrected.set(epochDay(date), { kind, name: name ?? UNNAMED[kind] });
  }
  return { days: corrected, lastYear: known };
}

const UNNAMED: Readonly<Record<SpecialDay['kind'], Text>> = {
  HOLIDAY: { en: 'Holiday', zh: '假日' },
  MAKE_UP_DAY: { en: 'Make-up working day', zh: '调休上班日' },
};
