import { Temporal } from 'temporal-polyfill';

/** The day on which an instant falls in a zone, as YYYY-MM-DD. */
export function dayIn(instant: Date, timeZone: string): string {
  return formatter(timeZone).format(instant);
}

/** The same day as a date column holds it: midnight UTC. */
export function dateIn(instant: Date, timeZone: string): Date {
  return new Date(`${dayIn(instant, timeZone)}T00:00:00Z`);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let known = formatters.get(timeZone);
  if (!known) {
    // The Swedish locale writes dates as ISO 8601 does.
    known = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(timeZone, known);
  }
  return known;
}

/** Whether a given day (midnight UTC) lies after the one that it is in a zone: dates are judged by the line's own day. */
export function liesAhead(day: Date, now: Date, timeZone: string): boolean {
  return day > dateIn(now, timeZone);
}

/** The day so many days before `day`, both as YYYY-MM-DD. */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
}

/** The same day so many months later, or the month's last where it has no such day. A date as midnight UTC. */
export function addMonths(date: Date, months: number): Date {
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date.getUTCDate(), last));
  return first;
}

/** The instant at which a day (YYYY-MM-DD) begins in a zone. */
export function startOfDayIn(day: string, timeZone: string): Date {
  const midnight = Temporal.PlainDate.from(day).toZonedDateTime(timeZone);
  return new Date(midnight.epochMilliseconds);
}

/** The instant at which a day ends in a zone. A date as midnight UTC. */
export function endOfDayIn(day: Date, timeZone: string): Date {
  // Not by the text of the next day: the last one that a date may name, 9999-12-31, has none of four digits.
  const next = Temporal.PlainDate.from(day.toISOString().slice(0, 10)).add({ days: 1 }).toZonedDateTime(timeZone);
  return new Date(next.epochMilliseconds);
}

/** The last second of a day in a zone, 23:59:59, which is when something that is owed by that day is due (decision 0004). */
export function dueAtEndOf(day: Date, timeZone: string): Date {
  return new Date(endOfDayIn(day, timeZone).getTime() - 1000);
}
