import { Temporal } from 'temporal-polyfill';

/**
 * A length of time as an ISO 8601 duration in hours, minutes and seconds: `PT5H`, `PT4H30M`, `PT0S`, `-PT1H`.
 * Hours are not folded into days, for a day of business hours is not 24 of them.
 *
 * @param ms whole milliseconds, may be negative
 * @throws {RangeError} not a whole number of milliseconds
 */
export function formatDuration(ms: number): string {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${ms} is not a whole number of milliseconds`);
  // By hand: lists format three for each clock, and Temporal takes some hundred times as long for one.
  const size = Math.abs(ms);
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor(size / 60_000) % 60;
  const seconds = (size % 60_000) / 1000;
  const parts = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return `${ms < 0 ? '-' : ''}PT${parts || '0S'}`;
}

/**
 * The length of an ISO 8601 duration in milliseconds. Days count 24 hours; weeks, months and years have no fixed
 * length here and are refused.
 *
 * @throws {RangeError} not a duration, a calendar unit, or finer than a millisecond
 */
export function parseDuration(text: string): number {
  const ms = Temporal.Duration.from(text).total('milliseconds');
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${text} is not a whole number of milliseconds`);
  // `-PT0S` would otherwise be -0, which is not equal to 0 everywhere.
  return ms === 0 ? 0 : ms;
}
