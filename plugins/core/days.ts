/** Civil days of Asia/Shanghai as YYYY-MM-DD. The zone has no daylight saving, so its offset is written out. */

/** 23:59:59 local time of the day. */
export function endOfDay(day: string): string {
  return `${day}T23:59:59+08:00`;
}

/** The first and last day of the calendar period of `months` months (a divisor of 12) in which a day lies. */
export function calendarPeriod(day: string, months: number): { readonly from: string; readonly to: string } {
  const [year = 0, month = 1] = day.split('-').map(Number);
  const first = month - 1 - ((month - 1) % months);
  return { from: isoDay(Date.UTC(year, first, 1)), to: isoDay(Date.UTC(year, first + months, 0)) };
}

/** The instant so many hours after another. */
export function afterHours(instant: string, hours: number): string {
  return new Date(Date.parse(instant) + hours * 3_600_000).toISOString();
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
