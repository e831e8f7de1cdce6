import { expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  afterMinutes,
  dayEnd,
  dayOf,
  instantAt,
  nextAnniversary,
  occasionPeriod,
  periodOf,
} from '../../server/engine/policy/contract.ts';

const CHINA = 'Asia/Shanghai';
const BERLIN = 'Europe/Berlin';
/** Its clocks are changed at midnight: on 6 September from 00:00 to 01:00, on 5 April from 00:00 back to 23:00. */
const SANTIAGO = 'America/Santiago';

test.each([
  { it: 'over a month end', day: '2026-01-31', days: 1, gives: '2026-02-01' },
  { it: 'over a leap day', day: '2028-02-28', days: 2, gives: '2028-03-01' },
  { it: 'over a February without one', day: '2026-02-28', days: 1, gives: '2026-03-01' },
  { it: 'over a year end', day: '2026-12-31', days: 1, gives: '2027-01-01' },
  { it: 'back over a year end', day: '2027-01-01', days: -1, gives: '2026-12-31' },
  { it: 'over the days of summer time', day: '2026-03-28', days: 2, gives: '2026-03-30' },
  { it: 'none', day: '2026-03-31', days: 0, gives: '2026-03-31' },
])('addDays $it', ({ day, days, gives }) => {
  expect(addDays(day, days)).toBe(gives);
});

test.each([
  { it: 'to the same day', day: '2026-01-15', months: 1, gives: '2026-02-15' },
  { it: 'to the last day of a shorter month', day: '2026-01-31', months: 1, gives: '2026-02-28' },
  { it: 'to the leap day', day: '2028-01-31', months: 1, gives: '2028-02-29' },
  { it: 'two at once, to the 31st again', day: '2026-01-31', months: 2, gives: '2026-03-31' },
  { it: 'over a year end', day: '2026-11-30', months: 3, gives: '2027-02-28' },
  { it: 'a year from the leap day', day: '2028-02-29', months: 12, gives: '2029-02-28' },
  { it: 'back', day: '2026-03-31', months: -1, gives: '2026-02-28' },
  { it: 'back over a year end', day: '2026-01-31', months: -2, gives: '2025-11-30' },
  { it: 'none', day: '2026-01-31', months: 0, gives: '2026-01-31' },
])('addMonths $it', ({ day, months, gives }) => {
  expect(addMonths(day, months)).toBe(gives);
});

test.each([
  { it: 'a week begins on Monday', every: 'WEEK', day: '2026-03-08', from: '2026-03-02', to: '2026-03-08' },
  { it: 'Monday begins a week', every: 'WEEK', day: '2026-03-09', from: '2026-03-09', to: '2026-03-15' },
  { it: 'a week may lie in two years', every: 'WEEK', day: '2027-01-01', from: '2026-12-28', to: '2027-01-03' },
  { it: 'a February of a leap year', every: 'MONTH', day: '2028-02-10', from: '2028-02-01', to: '2028-02-29' },
  { it: 'the first day of a quarter', every: 'QUARTER', day: '2026-04-01', from: '2026-04-01', to: '2026-06-30' },
  { it: 'the last day of a quarter', every: 'QUARTER', day: '2026-06-30', from: '2026-04-01', to: '2026-06-30' },
  { it: 'the quarter at a year end', every: 'QUARTER', day: '2026-12-31', from: '2026-10-01', to: '2026-12-31' },
  { it: 'a year has all its days', every: 'YEAR', day: '2026-12-31', from: '2026-01-01', to: '2026-12-31' },
  { it: 'one month', every: 1, day: '2026-03-02', from: '2026-03-01', to: '2026-03-31' },
  { it: 'two months, counted from January', every: 2, day: '2026-02-28', from: '2026-01-01', to: '2026-02-28' },
  { it: 'four months', every: 4, day: '2026-08-31', from: '2026-05-01', to: '2026-08-31' },
  { it: 'half a year', every: 6, day: '2026-07-01', from: '2026-07-01', to: '2026-12-31' },
  { it: 'twelve months', every: 12, day: '2028-02-29', from: '2028-01-01', to: '2028-12-31' },
] as const)('periodOf: $it', ({ every, day, from, to }) => {
  expect(periodOf(every, day)).toEqual({ from, to });
});

test.each([
  { it: 'before March comes February', every: 'MONTH', from: '2026-03-01', before: '2026-02-01' },
  { it: 'before the first quarter comes the last', every: 'QUARTER', from: '2026-01-01', before: '2025-10-01' },
  { it: 'before the first week comes one of two years', every: 'WEEK', from: '2026-01-05', before: '2025-12-29' },
] as const)('$it', ({ every, from, before }) => {
  expect(periodOf(every, from, -1).from).toBe(before);
});

test.each([
  { it: 'later in the year', date: '1980-05-10', day: '2026-05-04', gives: '2026-05-10' },
  { it: 'today', date: '1980-05-10', day: '2026-05-10', gives: '2026-05-10' },
  { it: 'next year, once it is over', date: '1980-05-10', day: '2026-05-11', gives: '2027-05-10' },
  { it: 'over the year end', date: '1980-01-02', day: '2026-12-28', gives: '2027-01-02' },
  { it: 'the leap day on the 28th', date: '1980-02-29', day: '2026-02-01', gives: '2026-02-28' },
  { it: 'the leap day on itself', date: '1980-02-29', day: '2028-02-28', gives: '2028-02-29' },
  { it: 'the leap day of the next year, after the 28th', date: '1980-02-29', day: '2027-03-01', gives: '2028-02-29' },
])('nextAnniversary $it', ({ date, day, gives }) => {
  expect(nextAnniversary(date, day)).toBe(gives);
});

test.each([
  { it: 'is the lead without others', others: [], from: '2026-09-24' },
  { it: 'begins the day after an earlier one', others: ['2026-09-25'], from: '2026-09-26' },
  { it: 'begins after the last of several', others: ['2026-09-28', '2026-09-25'], from: '2026-09-29' },
  { it: 'may be the day alone', others: ['2026-09-30'], from: '2026-10-01' },
  { it: 'heeds one on the first day of the lead', others: ['2026-09-24'], from: '2026-09-25' },
  { it: 'leaves one before the lead', others: ['2026-09-23'], from: '2026-09-24' },
  { it: 'leaves later ones and those of its day', others: ['2026-10-01', '2026-10-06'], from: '2026-09-24' },
])('occasionPeriod $it', ({ others, from }) => {
  expect(occasionPeriod('2026-10-01', 7, others)).toEqual({ from, to: '2026-10-01' });
});

test.each([
  { it: 'the evening before, in UTC', instant: '2026-03-01T16:00:00Z', timeZone: CHINA, day: '2026-03-02' },
  { it: 'the last second', instant: '2026-03-01T15:59:59.999Z', timeZone: CHINA, day: '2026-03-01' },
  { it: 'another offset', instant: '2026-03-02T00:00:00+08:00', timeZone: 'UTC', day: '2026-03-01' },
  { it: 'winter time', instant: '2026-03-28T23:00:00Z', timeZone: BERLIN, day: '2026-03-29' },
  { it: 'summer time', instant: '2026-03-29T21:59:59Z', timeZone: BERLIN, day: '2026-03-29' },
  { it: 'after the night of summer time', instant: '2026-03-29T22:00:00Z', timeZone: BERLIN, day: '2026-03-30' },
  { it: 'a year end', instant: '2026-12-31T16:00:00Z', timeZone: CHINA, day: '2027-01-01' },
])('dayOf $it', ({ instant, timeZone, day }) => {
  expect(dayOf(instant, timeZone)).toBe(day);
});

test.each([
  { it: 'in China', day: '2026-03-31', timeZone: CHINA, end: '2026-03-31T23:59:59+08:00' },
  { it: 'in UTC', day: '2026-03-31', timeZone: 'UTC', end: '2026-03-31T23:59:59+00:00' },
  { it: 'in winter', day: '2026-03-28', timeZone: BERLIN, end: '2026-03-28T23:59:59+01:00' },
  { it: 'on the day of summer time', day: '2026-03-29', timeZone: BERLIN, end: '2026-03-29T23:59:59+02:00' },
  { it: 'on the day of winter time', day: '2026-10-25', timeZone: BERLIN, end: '2026-10-25T23:59:59+01:00' },
  { it: 'that is shown twice', day: '2026-04-04', timeZone: SANTIAGO, end: '2026-04-04T23:59:59-04:00' },
])('dayEnd $it', ({ day, timeZone, end }) => {
  expect(dayEnd(day, timeZone)).toBe(end);
  // Asked again it comes from what is known, and is the same.
  expect(dayEnd(day, timeZone)).toBe(end);
  expect(dayOf(end, timeZone)).toBe(day);
});

test.each([
  { it: 'a time of day', at: ['2026-03-25', '09:00', CHINA], gives: '2026-03-25T09:00:00+08:00' },
  { it: 'midnight', at: ['2026-03-25', '00:00', CHINA], gives: '2026-03-25T00:00:00+08:00' },
  { it: 'with seconds', at: ['2026-03-25', '09:00:30', 'UTC'], gives: '2026-03-25T09:00:30+00:00' },
  { it: 'in summer', at: ['2026-07-01', '09:00', BERLIN], gives: '2026-07-01T09:00:00+02:00' },
  { it: 'a time that is skipped', at: ['2026-03-29', '02:30', BERLIN], gives: '2026-03-29T03:30:00+02:00' },
  { it: 'the first of two', at: ['2026-10-25', '02:30', BERLIN], gives: '2026-10-25T02:30:00+02:00' },
  { it: 'a midnight that is skipped', at: ['2026-09-06', '00:00', SANTIAGO], gives: '2026-09-06T01:00:00-03:00' },
] as const)('instantAt $it', ({ at: [day, time, timeZone], gives }) => {
  expect(instantAt(day, time, timeZone)).toBe(gives);
});

test('afterMinutes counts real time, over the night of summer time too', () => {
  expect(afterMinutes('2026-03-02T02:00:00.000Z', 30)).toBe('2026-03-02T02:30:00.000Z');
  expect(afterMinutes('2026-03-29T01:30:00+01:00', 60)).toBe('2026-03-29T01:30:00.000Z');
  expect(afterMinutes('2026-12-31T23:59:00Z', 1)).toBe('2027-01-01T00:00:00.000Z');
});

test.each([
  { it: 'a day that is none', call: () => addDays('2026-02-30', 1), says: '"2026-02-30" is no day such as 2026-03-31' },
  { it: 'a day without zeros', call: () => addMonths('2026-3-1', 1), says: '"2026-3-1" is no day' },
  { it: 'an instant', call: () => periodOf('MONTH', '2026-03-02T02:00:00Z'), says: 'is no day such as' },
  { it: 'what is not there', call: () => dayEnd(undefined as never, CHINA), says: 'undefined is no day' },
  { it: 'no instant', call: () => dayOf('tomorrow', CHINA), says: '"tomorrow" is no instant such as 2026-03-31T02:00' },
  { it: 'five months', call: () => periodOf(5, '2026-03-02'), says: 'has 1, 2, 3, 4, 6 or 12 months, not 5' },
  { it: 'no months', call: () => periodOf(0, '2026-03-02'), says: 'months, not 0' },
  { it: 'a zone of dayEnd', call: () => dayEnd('2026-03-02', 'Europe/Berln'), says: '"Europe/Berln" is no time zone' },
  { it: 'a zone of dayOf', call: () => dayOf('2026-03-02T02:00:00Z', 'Berln'), says: '"Berln" is no time zone' },
  { it: 'no time of day', call: () => instantAt('2026-03-02', '25:00', CHINA), says: '"25:00" is no time of day' },
  { it: 'a time without zero', call: () => instantAt('2026-03-02', '9:00', CHINA), says: '"9:00" is no time of day' },
])('refuses $it in words', ({ call, says }) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(says);
});
