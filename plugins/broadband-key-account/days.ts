/** Civil days of Asia/Shanghai as YYYY-MM-DD. The zone has no daylight saving, so its offset is written out. */

const DAY_MS = 86_400_000;
const OFFSET_MS = 8 * 3_600_000;

/** The local day on which an instant lies. */
export function dayOf(instant: string): string {
  return isoDay(Date.parse(instant) + OFFSET_MS);
}

/** 23:59:59 local time of the day. */
export function endOfDay(day: string): string {
  return `${day}T23:59:59+08:00`;
}

export function addDays(day: string, days: number): string {
  return isoDay(Date.parse(day) + days * DAY_MS);
}

/** Monday and Sunday of the week in which a day lies. */
export function weekOf(day: string): { readonly from: string; readonly to: string } {
  const sinceMonday = (new Date(day).getUTCDay() + 6) % 7;
  return { from: addDays(day, -sinceMonday), to: addDays(day, 6 - sinceMonday) };
}

/** The first and last day of the month in which a day lies. */
export function monthOf(day: string): { readonly from: string; readonly to: string } {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return { from: isoDay(Date.UTC(year, month - 1, 1)), to: isoDay(Date.UTC(year, month, 0)) };
}

/** The first return of a date's month and day on or after `today`; 29 February returns on the 28th in other years. */
export function nextReturn(date: string, today: string): string {
  const inYear = (year: number) => {
    const last = new Date(Date.UTC(year, Number(date.slice(5, 7)), 0)).getUTCDate();
    return isoDay(Date.UTC(year, Number(date.slice(5, 7)) - 1, Math.min(Number(date.slice(8)), last)));
  };
  const year = Number(today.slice(0, 4));
  const thisYear = inYear(year);
  return thisYear >= today ? thisYear : inYear(year + 1);
}

/** The instant so many minutes after another. */
export function afterMinutes(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString();
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
