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

/** The same day so many months on, or the last of that month where it is shorter. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return isoDay(Date.UTC(year, month - 1 + months, Math.min(date, last)));
}

/** The first and last day of the calendar period of `months` months (a divisor of 12) in which a day lies. */
export function calendarPeriod(day: string, months: number): { readonly from: string; readonly to: string } {
  const [year = 0, month = 1] = day.split('-').map(Number);
  const from = isoDay(Date.UTC(year, month - 1 - ((month - 1) % months), 1));
  return { from, to: addDays(addMonths(from, months), -1) };
}

/** The instant so many minutes after another. */
export function afterMinutes(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString();
}

function isoDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
