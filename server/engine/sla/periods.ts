import { Temporal } from 'temporal-polyfill';
import { periodOf } from '../policy/calendar-days.ts';
import type { DutyDeclaration } from '../policy/contract.ts';

/** A calendar week (from Monday), month, quarter or year. */
type CalendarPeriod = DutyDeclaration['every'];

/** Days, both included, as midnights UTC. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

const DAY = 86_400_000;

const plain = (date: Date) => Temporal.PlainDate.from(date.toISOString().slice(0, 10));
const dateOf = (day: Temporal.PlainDate) => new Date(`${day.toString()}T00:00:00Z`);

/** The day in a zone on which an instant falls. */
function dayAt(at: Date, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate();
}

/** The first day of the calendar period that lies so many periods after the one of a day. */
function firstDay(kind: CalendarPeriod, day: Temporal.PlainDate, later = 0): Temporal.PlainDate {
  return Temporal.PlainDate.from(periodOf(kind, day.toString(), later).from);
}

/** The month of a day. */
export function monthOf(day: Date): Period {
  const first = firstDay('MONTH', plain(day));
  return { from: dateOf(first), to: dateOf(first.add({ months: 1 }).subtract({ days: 1 })) };
}

/**
 * The period before, of the same length: whole calendar months go back by months, so that March is compared with
 * February and a year with the year before; other periods go back by as many days as they have.
 */
export function periodBefore({ from, to }: Period): Period {
  const [first, last] = [plain(from), plain(to)];
  if (first.day === 1 && last.day === last.daysInMonth) {
    const months = (last.year - first.year) * 12 + last.month - first.month + 1;
    return { from: dateOf(first.subtract({ months })), to: dateOf(first.subtract({ days: 1 })) };
  }
  const days = first.until(last).days + 1;
  return { from: new Date(from.getTime() - days * DAY), to: new Date(from.getTime() - DAY) };
}

/** From the first day of the year in which a period ends to its last day. */
export function yearToDate({ to }: Period): Period {
  return { from: new Date(Date.UTC(to.getUTCFullYear(), 0, 1)), to };
}

/** The first instant after the calendar period that lies `back` periods before the one of an instant; 0 the one before. */
export function lastEnd(kind: CalendarPeriod, at: Date, zone: string, back = 0): Date {
  return new Date(firstDay(kind, dayAt(at, zone), -back).toZonedDateTime(zone).epochMilliseconds);
}

/** The end of the calendar period in which an instant lies. */
export function nextEnd(kind: CalendarPeriod, at: Date, zone: string): Date {
  return lastEnd(kind, at, zone, -1);
}

/** The calendar period that ends with an instant of `lastEnd`. */
export function periodEndingAt(kind: CalendarPeriod, end: Date, zone: string): Period {
  const day = dayAt(end, zone);
  return { from: dateOf(firstDay(kind, day, -1)), to: dateOf(day.subtract({ days: 1 })) };
}

/**
 * Months in a row on target, counted back from a period's last one.
 *
 * @param onTarget by month, `YYYY-MM`; a month that is not there was not on target
 */
export function monthsInARow(onTarget: ReadonlyMap<string, boolean>, until: Date): number {
  let month = plain(until).toPlainYearMonth();
  let count = 0;
  while (onTarget.get(month.toString()) === true) {
    count += 1;
    month = month.subtract({ months: 1 });
  }
  return count;
}
