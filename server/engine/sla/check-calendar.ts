import type { Text } from '../../platform/values/text.ts';
import type { Hours } from '../policy/contract/declarations.ts';
import { type CalendarDefinition, type IsoWeekday, WEEKDAYS } from './calendar.ts';
import { type MinuteRange, minuteOf, minutesOf } from './day-plan.ts';
import { epochDay } from './holidays.ts';
import { offsetSpans } from './zone.ts';

export type CalendarRule =
  | 'REQUIRED'
  | 'BAD_TIME'
  | 'BAD_DATE'
  | 'BAD_ZONE'
  | 'BAD_WEEKDAY'
  | 'OVERLAP'
  | 'EMPTY'
  | 'DUPLICATE'
  | 'OUT_OF_ORDER';

/** One thing against a calendar: the field as a path (`week.1[0].start`), the rule, and both in words. */
export interface Issue {
  readonly field: string;
  readonly rule: CalendarRule;
  readonly message: Text;
}

const MESSAGES: Readonly<Record<CalendarRule, Text>> = {
  REQUIRED: { en: 'must be given', zh: '必须填写' },
  BAD_TIME: { en: 'must be a time HH:MM from 00:00 to 24:00', zh: '应为 00:00 至 24:00 的时间（HH:MM）' },
  BAD_DATE: { en: 'must be an existing date YYYY-MM-DD', zh: '应为存在的日期（YYYY-MM-DD）' },
  BAD_ZONE: { en: 'must be an IANA time zone such as Asia/Shanghai', zh: '应为 IANA 时区，例如 Asia/Shanghai' },
  BAD_WEEKDAY: {
    en: 'must be a weekday, 1 (Monday) to 7, that has hours',
    zh: '应为有营业时间的星期（1 为周一，至 7）',
  },
  OVERLAP: { en: 'overlaps with other hours', zh: '与其他时段重叠' },
  EMPTY: { en: 'has no open hours', zh: '没有任何营业时间' },
  DUPLICATE: { en: 'is given twice', zh: '重复' },
  OUT_OF_ORDER: { en: 'must be after the beginning', zh: '应晚于开始日期' },
};

/** All that speaks against a calendar; empty where it may be compiled. */
export function checkCalendar(definition: CalendarDefinition): Issue[] {
  const issues: Issue[] = [];
  const against = (field: string, rule: CalendarRule) => void issues.push({ field, rule, message: MESSAGES[rule] });
  const checkDate = (field: string, date: string) => {
    if (!isDate(date)) against(field, 'BAD_DATE');
  };
  const { id, version, label, timeZone, exceptions, effectiveFrom, effectiveTo, makeUpLike } = definition;

  // `@` parts the id from the version in a key.
  if (id === '' || id.includes('@')) against('id', 'REQUIRED');
  if (!Number.isInteger(version) || version < 1) against('version', 'REQUIRED');
  if (label.en.trim() === '') against('label.en', 'REQUIRED');
  if (label.zh.trim() === '') against('label.zh', 'REQUIRED');
  if (!isZone(timeZone)) against('timeZone', 'BAD_ZONE');
  checkWeek(definition, against);
  if (makeUpLike !== undefined && !opensOn(definition, makeUpLike)) against('makeUpLike', 'BAD_WEEKDAY');

  if (effectiveFrom !== undefined) checkDate('effectiveFrom', effectiveFrom);
  if (effectiveTo !== undefined) checkDate('effectiveTo', effectiveTo);
  if (effectiveFrom !== undefined && effectiveTo !== undefined && effectiveTo <= effectiveFrom) {
    against('effectiveTo', 'OUT_OF_ORDER');
  }

  exceptions.forEach((exception, i) => {
    const field = `exceptions[${i}]`;
    checkDate(`${field}.date`, exception.date);
    if (exceptions.findIndex(({ date }) => date === exception.date) < i) against(`${field}.date`, 'DUPLICATE');
    if (exception.kind === 'HOURS') {
      if (exception.hours.length === 0) against(`${field}.hours`, 'EMPTY');
      checkOverlaps(checkTimes(`${field}.hours`, exception.hours, 0, against), against);
    }
    if (exception.kind === 'WORKING_DAY' && !opensOn(definition, exception.like))
      against(`${field}.like`, 'BAD_WEEKDAY');
  });
  const corrections = definition.holidayCorrections?.days ?? [];
  corrections.forEach(({ date }, i) => {
    const field = `holidayCorrections.days[${i}].date`;
    checkDate(field, date);
    if (corrections.findIndex((other) => other.date === date) < i) against(field, 'DUPLICATE');
  });
  return issues;
}

type Against = (field: string, rule: CalendarRule) => void;
type Located = MinuteRange & { readonly field: string };

const DAY = 1440;

function checkWeek({ week }: CalendarDefinition, against: Against): void {
  for (const key of Object.keys(week)) {
    if (!WEEKDAYS.some((weekday) => String(weekday) === key)) against(`week.${key}`, 'BAD_WEEKDAY');
  }
  const located = WEEKDAYS.flatMap((weekday) =>
    checkTimes(`week.${weekday}`, week[weekday] ?? [], (weekday - 1) * DAY, against),
  );
  if (WEEKDAYS.every((weekday) => (week[weekday]?.length ?? 0) === 0)) against('week', 'EMPTY');
  // The week is a ring: Sunday's night shift runs into Monday.
  const wrapped = located.filter(({ end }) => end > 7 * DAY);
  checkOverlaps([...wrapped.map((range) => shifted(range, -7 * DAY)), ...located], against);
}

function shifted({ field, start, end }: Located, minutes: number): Located {
  return { field, start: start + minutes, end: end + minutes };
}

/** The hours that are well written, moved by `offset` minutes. */
function checkTimes(field: string, hours: readonly Hours[], offset: number, against: Against): Located[] {
  return hours.flatMap((range, i) => {
    const isStart = !Number.isNaN(minuteOf(range.start)) && range.start !== '24:00';
    const isEnd = !Number.isNaN(minuteOf(range.end));
    if (!isStart) against(`${field}[${i}].start`, 'BAD_TIME');
    if (!isEnd) against(`${field}[${i}].end`, 'BAD_TIME');
    return isStart && isEnd ? [shifted({ field: `${field}[${i}]`, ...minutesOf(range) }, offset)] : [];
  });
}

function checkOverlaps(ranges: readonly Located[], against: Against): void {
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  sorted.forEach((range, i) => {
    const clash = sorted.slice(0, i).some(({ end }) => end > range.start);
    if (clash) against(range.field, 'OVERLAP');
  });
}

function opensOn({ week }: CalendarDefinition, weekday: IsoWeekday): boolean {
  return (week[weekday]?.length ?? 0) > 0;
}

function isDate(date: string): boolean {
  try {
    epochDay(date);
    return true;
  } catch {
    return false;
  }
}

function isZone(timeZone: string): boolean {
  try {
    return offsetSpans(timeZone, 0, 1).length > 0;
  } catch {
    return false;
  }
}
