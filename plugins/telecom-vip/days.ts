/** Civil days of Asia/Shanghai as YYYY-MM-DD. The zone has no daylight saving, so its offset is written out. */

const DAY_MS = 86_400_000;

/** 23:59:59 local time of the day. */
export function endOfDay(day: string): string {
  return `${day}T23:59:59+08:00`;
}

export function addDays(day: string, days: number): string {
  return isoDay(Date.parse(day) + days * DAY_MS);
}

/** The first and last day of the calendar period of `months` months (a divisor of 12) in which a day lies. */
export function calendarPeriod(day: string, months: number): { readonly from: string; readonly to: string } {
  const [year = 0, month = 1] = day.split('-').map(Number);
  const first = month - 1 - ((month - 1) % months);
  return { from: isoDay(Date.UTC(year, first, 1)), to: isoDay(Date.UTC(year, first + months, 0)) };
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
