import { Temporal } from 'temporal-polyfill';

/**
 * A length of time as an ISO 8601 duration in hours, minutes and seconds: `PT5H`, `PT4H30M`, `PT0S`, `-PT1H`.
 * Hours are not folded into days, for a day of business hours is not 24 of them.
 *
 * @param ms whole milliseconds, may be negative
 * @throws {RangeError} not a whole number of milliseconds
 */
export function formatDuration(ms: number): string {
  return Temporal.Duration.from({ milliseconds: ms }).round({ largestUnit: 'hours' }).toString();
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
