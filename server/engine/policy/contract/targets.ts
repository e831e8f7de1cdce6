import type { DayCount } from '../../../platform/values/enums.ts';
import type { Target } from '../promise.ts';

/** So many minutes of open time. */
export function minutes(count: number): Target {
  return { kind: 'DURATION', minutes: count };
}

/** So many hours of open time. */
export function hours(count: number): Target {
  return minutes(count * 60);
}

/** 23:59:59 local time of the day on which the clock starts. */
export function sameDay(): Target {
  return { kind: 'END_OF_DAY', days: 0, count: 'CALENDAR' };
}

/** 23:59:59 local time of the `days`th day after the one on which the clock starts. */
export function endOfDay(days: number, count: DayCount = 'CALENDAR'): Target {
  return { kind: 'END_OF_DAY', days, count };
}
