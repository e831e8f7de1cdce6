import type { Text } from '../../platform/values/text.ts';
import type { Hours } from '../policy/contract/declarations.ts';
import { type CalendarDefinition, type CalendarException, type IsoWeekday, WEEKDAYS } from './calendar.ts';
import { chineseHolidays, correctHolidays, epochDay, type HolidayTable, specialDayOf } from './holidays.ts';

/** Minutes of a local day, half-open; `end` is past 1440 where the hours run into the next day. */
export interface MinuteRange {
  readonly start: number;
  readonly end: number;
}

/** What one local date of a calendar is like. */
export interface DayPlan {
  readonly open: readonly MinuteRange[];
  readonly isMakeUpDay: boolean;
  /** Time of the date that a holiday takes; what `open` has of it is open all the same. */
  readonly holiday: readonly MinuteRange[];
  readonly name?: Text;
}

/** The plan of a date given as epoch day. */
export type DayPlanner = (day: number) => DayPlan;

const MIDNIGHT = 24 * 60;
const WHOLE_DAY: readonly MinuteRange[] = [{ start: 0, end: MIDNIGHT }];
const HOLIDAY: Text = { en: 'Holiday', zh: '休息日' };

/** Minutes since midnight of `HH:MM`; `24:00` is 1440. `NaN` where it is not a time. */
export function minuteOf(time: string): number {
  if (time === '24:00') return MIDNIGHT;
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? Number(time.slice(0, 2)) * 60 + Number(time.slice(3)) : Number.NaN;
}

/** Hours as minutes of the day on which they begin. */
export function minutesOf({ start, end }: Hours): MinuteRange {
  const first = minuteOf(start);
  const last = minuteOf(end);
  return { start: first, end: last > first ? last : last + MIDNIGHT };
}

/** The ISO weekday of an epoch day; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): IsoWeekday {
  return (((((day + 3) % 7) + 7) % 7) + 1) as IsoWeekday;
}

/** The statutory days that a calendar goes by, corrections included; `undefined` where it has none. */
export function holidayTableOf({ holidays, holidayCorrections }: CalendarDefinition): HolidayTable | undefined {
  if (holidays === 'NONE') return undefined;
  return holidayCorrections === undefined ? chineseHolidays : correctHolidays(chineseHolidays, holidayCorrections);
}

/** The weekday whose hours a statutory make-up day has. */
export function makeUpWeekdayOf({ week, makeUpLike }: CalendarDefinition): IsoWeekday | undefined {
  return makeUpLike ?? WEEKDAYS.find((weekday) => (week[weekday]?.length ?? 0) > 0);
}

/**
 * Reads a calendar's days. What is said of the date comes first, then the statutory day, then the week.
 *
 * @throws {RangeError} an exception of no existing date
 */
export function planDays(definition: CalendarDefinition, table = holidayTableOf(definition)): DayPlanner {
  const { week, exceptions } = definition;
  const hoursOf = (weekday?: IsoWeekday) => ((weekday && week[weekday]) ?? []).map(minutesOf);
  const usual = new Map(WEEKDAYS.map((weekday) => [weekday, plain(hoursOf(weekday))]));
  const makeUp = hoursOf(makeUpWeekdayOf(definition));
  const dated = new Map(exceptions.map((exception) => [epochDay(exception.date), exception]));

  return (day) => {
    const special = table && specialDayOf(table, day);
    const ordinary = usual.get(weekdayOf(day)) ?? plain([]);
    const statutory: DayPlan =
      special === undefined
        ? ordinary
        : special.kind === 'HOLIDAY'
          ? { open: [], isMakeUpDay: false, holiday: WHOLE_DAY, name: special.name }
          : { open: makeUp, isMakeUpDay: true, holiday: [], name: special.name };
    const exception = dated.get(day);
    return exception === undefined ? statutory : override(exception, statutory, hoursOf);
  };
}

function plain(open: readonly MinuteRange[]): DayPlan {
  return { open, isMakeUpDay: false, holiday: [] };
}

function override(
  exception: CalendarException,
  otherwise: DayPlan,
  hoursOf: (weekday: IsoWeekday) => readonly MinuteRange[],
): DayPlan {
  const name = exception.because ?? otherwise.name ?? HOLIDAY;
  switch (exception.kind) {
    case 'CLOSED':
      return { open: [], isMakeUpDay: false, holiday: WHOLE_DAY, name };
    case 'WORKING_DAY':
      return { open: hoursOf(exception.like), isMakeUpDay: true, holiday: [], name };
    case 'HOURS': {
      const open = exception.hours.map(minutesOf);
      // Short hours on a statutory holiday leave the rest of it a holiday; on another day only what they cut is one.
      const holiday = otherwise.holiday.length > 0 ? otherwise.holiday : otherwise.open;
      return { open, isMakeUpDay: otherwise.isMakeUpDay, holiday, name };
    }
  }
}
