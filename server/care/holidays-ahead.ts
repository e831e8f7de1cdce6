import { chineseHolidays, DAY_MS, epochDay } from '../sla/holidays.ts';

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

/** The statutory holidays that begin on a day or within the 31 days after it. */
export function holidaysAhead(today: string): HolidayAhead[] {
  const end = new Date((epochDay(today) + 31) * DAY_MS).toISOString().slice(0, 10);
  return HOLIDAYS.filter(({ on }) => today <= on && on <= end);
}
