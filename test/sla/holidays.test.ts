import { expect, test } from 'vitest';
import { addOpenTime, isOpenAt, openTimeBetween, segmentsBetween } from '../../server/engine/sla/business-time.ts';
import type { CalendarDefinition } from '../../server/engine/sla/calendar.ts';
import { chineseHolidays, correctHolidays, epochDay } from '../../server/engine/sla/holidays.ts';
import { at, compiled, HOUR, hall, plain, shown } from './support.ts';

const causes = (definition: CalendarDefinition, from: string, to: string) =>
  segmentsBetween(compiled(definition), at(from), at(to)).map((s) => [shown(s.from), shown(s.to), s.cause]);

test('National Day 2026 closes a week, and the Saturday after it is made up', () => {
  expect(causes(hall, '2026-09-30T17:00', '2026-10-08T10:00')).toEqual([
    ['2026-09-30T17:00', '2026-09-30T18:00', 'BUSINESS_HOURS'],
    ['2026-09-30T18:00', '2026-10-01T00:00', 'OUTSIDE_HOURS'],
    ['2026-10-01T00:00', '2026-10-08T00:00', 'HOLIDAY'],
    ['2026-10-08T00:00', '2026-10-08T09:00', 'OUTSIDE_HOURS'],
    ['2026-10-08T09:00', '2026-10-08T10:00', 'BUSINESS_HOURS'],
  ]);
  expect(causes(hall, '2026-10-10T08:00', '2026-10-10T12:00')).toEqual([
    ['2026-10-10T08:00', '2026-10-10T09:00', 'OUTSIDE_HOURS'],
    ['2026-10-10T09:00', '2026-10-10T12:00', 'MAKE_UP_DAY'],
  ]);
  expect(isOpenAt(compiled(hall), at('2026-10-11T10:00'))).toBe(false);
});

test.each([
  { it: 'over the holiday', from: '2026-09-30T17:00', hours: 2, due: '2026-10-08T10:00' },
  { it: 'from inside it', from: '2026-10-03T12:00', hours: 1, due: '2026-10-08T10:00' },
  { it: 'onto the make-up Saturday', from: '2026-10-09T17:00', hours: 2, due: '2026-10-10T10:00' },
  { it: 'onto the make-up Sunday before', from: '2026-09-19T10:00', hours: 1, due: '2026-09-20T10:00' },
  { it: 'over Spring Festival', from: '2026-02-14T17:00', hours: 2, due: '2026-02-24T10:00' },
  { it: 'over New Year, onto its make-up Sunday', from: '2025-12-31T17:00', hours: 2, due: '2026-01-04T10:00' },
])('a deadline $it', ({ from, hours, due }) => {
  const result = addOpenTime(compiled(hall), at(from), hours * HOUR);
  expect([shown(result.at), result.beyondHorizon]).toEqual([due, false]);
});

test('what is known ends with the last year that has its National Day; past it an answer says so', () => {
  const { lastYear } = chineseHolidays;
  expect(lastYear).toBeGreaterThanOrEqual(2026);
  const eve = at(`${lastYear}-12-31T09:00`);
  expect(addOpenTime(compiled(hall), eve, HOUR).beyondHorizon).toBe(false);
  expect(addOpenTime(compiled(hall), eve, 80 * HOUR).beyondHorizon).toBe(true);
  expect(addOpenTime(compiled(plain), eve, 80 * HOUR).beyondHorizon).toBe(false);
  expect(shown(compiled(hall).horizon)).toBe(`${lastYear + 1}-01-01T00:00`);
});

test.each([
  { it: 'New Year', from: '2026-12-31T17:00', hours: 8, due: '2027-01-04T16:00' },
  { it: 'Tomb-sweeping Day, by the sun', from: '2027-04-02T17:00', hours: 2, due: '2027-04-06T10:00' },
  { it: 'both days of Labour Day', from: '2028-04-28T17:00', hours: 2, due: '2028-05-03T10:00' },
  { it: 'National Day', from: '2027-09-30T17:00', hours: 2, due: '2027-10-04T10:00' },
  { it: 'the three days of National Day', from: '2030-09-30T17:00', hours: 2, due: '2030-10-04T10:00' },
])('in a year without a notice the law closes $it', ({ from, hours, due }) => {
  const office = {
    ...hall,
    week: Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, [{ start: '09:00', end: '18:00' }]])),
  };
  const result = addOpenTime(compiled(office), at(from), hours * HOUR);
  expect([shown(result.at), result.beyondHorizon]).toEqual([due, true]);
});

test('what the law closes an operator may open, and a version that keeps to its years is closed all the same', () => {
  const days = [{ date: '2027-10-01', kind: 'ORDINARY_DAY' }] as const;
  expect(isOpenAt(compiled({ ...hall, holidayCorrections: { days } }), at('2027-10-01T10:00'))).toBe(true);
  const frozen = compiled({ ...hall, holidayCorrections: { days: [], lastYear: 2025 } });
  expect(isOpenAt(frozen, at('2026-10-01T10:00'))).toBe(false);
  expect(isOpenAt(compiled(plain), at('2027-10-01T18:00'))).toBe(true);
});

test('an operator who enters the next notice moves the horizon', () => {
  const days = [{ date: '2027-10-01', kind: 'HOLIDAY', name: { en: 'National Day', zh: '国庆节' } } as const];
  const next = compiled({ ...hall, holidayCorrections: { days, lastYear: 2027 } });
  expect(isOpenAt(next, at('2027-10-01T10:00'))).toBe(false);
  expect(shown(next.horizon)).toBe('2028-01-01T00:00');
});

test('corrections go both ways, and a version may keep to the years it was made with', () => {
  const corrected = correctHolidays(chineseHolidays, {
    days: [
      { date: '2026-10-07', kind: 'ORDINARY_DAY' },
      { date: '2026-10-08', kind: 'HOLIDAY' },
    ],
    lastYear: 2026,
  });
  expect(corrected.days.get(epochDay('2026-10-07'))).toBeUndefined();
  expect(corrected.days.get(epochDay('2026-10-08'))?.kind).toBe('HOLIDAY');
  const frozen = compiled({ ...hall, holidayCorrections: { days: [], lastYear: 2025 } });
  expect(isOpenAt(frozen, at('2026-10-05T10:00'))).toBe(true);
  expect(addOpenTime(frozen, at('2026-03-02T10:00'), HOUR).beyondHorizon).toBe(true);
  expect(() => correctHolidays(chineseHolidays, { days: [{ date: '2026-02-29', kind: 'HOLIDAY' }] })).toThrow(
    RangeError,
  );
});

const withExceptions = (...exceptions: CalendarDefinition['exceptions']) => ({ ...hall, exceptions });

test('a part-day holiday cuts the afternoon, and only that is holiday', () => {
  const eve = withExceptions({
    date: '2026-03-03',
    kind: 'HOURS',
    hours: [{ start: '09:00', end: '12:00' }],
    because: { en: 'Stocktaking', zh: '盘点' },
  });
  expect(causes(eve, '2026-03-03T08:00', '2026-03-03T20:00')).toEqual([
    ['2026-03-03T08:00', '2026-03-03T09:00', 'OUTSIDE_HOURS'],
    ['2026-03-03T09:00', '2026-03-03T12:00', 'BUSINESS_HOURS'],
    ['2026-03-03T12:00', '2026-03-03T13:30', 'OUTSIDE_HOURS'],
    ['2026-03-03T13:30', '2026-03-03T18:00', 'HOLIDAY'],
    ['2026-03-03T18:00', '2026-03-03T20:00', 'OUTSIDE_HOURS'],
  ]);
  expect(shown(addOpenTime(compiled(eve), at('2026-03-03T11:00'), 2 * HOUR).at)).toBe('2026-03-04T10:00');
});

test('a closed date, hours on a holiday, and a make-up day with another weekday’s hours', () => {
  const corrected = {
    ...withExceptions(
      { date: '2026-03-03', kind: 'CLOSED' },
      { date: '2026-10-03', kind: 'HOURS', hours: [{ start: '10:00', end: '16:00' }] },
      { date: '2026-03-07', kind: 'WORKING_DAY', like: 5 },
    ),
    week: { ...hall.week, 5: [{ start: '09:00', end: '16:00' }] },
  };
  expect(causes(corrected, '2026-03-03T00:00', '2026-03-04T00:00')).toEqual([
    ['2026-03-03T00:00', '2026-03-04T00:00', 'HOLIDAY'],
  ]);
  expect(causes(corrected, '2026-10-03T08:00', '2026-10-03T17:00').map(([, , cause]) => cause)).toEqual([
    'HOLIDAY',
    'BUSINESS_HOURS',
    'HOLIDAY',
  ]);
  expect(openTimeBetween(compiled(corrected), at('2026-03-07T00:00'), at('2026-03-08T00:00'))).toBe(7 * HOUR);
  expect(causes(corrected, '2026-03-07T10:00', '2026-03-07T11:00')).toEqual([
    ['2026-03-07T10:00', '2026-03-07T11:00', 'MAKE_UP_DAY'],
  ]);
});

test('a statutory make-up day has the hours that the calendar says', () => {
  const short = { ...hall, makeUpLike: 5, week: { ...hall.week, 5: [{ start: '09:00', end: '16:00' }] } } as const;
  expect(openTimeBetween(compiled(short), at('2026-10-10T00:00'), at('2026-10-11T00:00'))).toBe(7 * HOUR);
});
