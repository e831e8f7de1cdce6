/** How far a file's dates are moved: what was written for one day is loaded as if for another. */
export interface Shift {
  /** Whole months; the last day of a month stays one. */
  readonly months?: number;
  /** Instants move by fractions of a day too, dates by whole days. */
  readonly days?: number;
}

const DAY = 86_400_000;

export function shiftInstant(at: Date, { days = 0 }: Shift): Date {
  return new Date(at.getTime() + Math.round(days * DAY));
}

/** @param date midnight UTC */
export function shiftDate(date: Date, { months = 0, days = 0 }: Shift): Date {
  if (months === 0) return new Date(date.getTime() + Math.floor(days) * DAY);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const isLast = new Date(Date.UTC(year, month, day + 1)).getUTCDate() === 1;
  const last = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate();
  const shifted = Date.UTC(year, month + months, isLast ? last : Math.min(day, last));
  return new Date(shifted + Math.floor(days) * DAY);
}
