import { expect, test } from 'vitest';
import {
  dutyDueAt,
  isOwedAfterwards,
  lateFrom,
  openPeriod,
  periodBefore,
  periodOf,
} from '../../server/duties/rules.ts';

const ZONE = 'Asia/Shanghai';

test.each([
  { it: 'a week begins on Monday', every: 'WEEK', day: '2026-03-08', from: '2026-03-02', to: '2026-03-08' },
  { it: 'a week may lie in two years', every: 'WEEK', day: '2027-01-01', from: '2026-12-28', to: '2027-01-03' },
  {
    it: 'February has 29 days in a leap year',
    every: 'MONTH',
    day: '2028-02-10',
    from: '2028-02-01',
    to: '2028-02-29',
  },
  { it: 'a quarter ends in June', every: 'QUARTER', day: '2026-05-31', from: '2026-04-01', to: '2026-06-30' },
  {
    it: 'the last quarter ends with the year',
    every: 'QUARTER',
    day: '2026-12-31',
    from: '2026-10-01',
    to: '2026-12-31',
  },
  { it: 'a year has all its days', every: 'YEAR', day: '2026-12-31', from: '2026-01-01', to: '2026-12-31' },
] as const)('$it', ({ every, day, from, to }) => {
  expect(periodOf(every, day)).toEqual({ from, to });
});

test.each([
  { it: 'before March comes February', every: 'MONTH', from: '2026-03-01', before: '2026-02-01' },
  { it: 'before the first quarter comes the last', every: 'QUARTER', from: '2026-01-01', before: '2025-10-01' },
] as const)('$it', ({ every, from, before }) => {
  expect(periodBefore(every, from).from).toBe(before);
});

const WEEK = { from: '2026-03-02', to: '2026-03-08' };
test.each([
  { it: 'Monday noon of the week', due: { after: 'BEGIN', days: 0, time: '12:00' }, at: '2026-03-02T04:00:00.000Z' },
  { it: 'the end of Sunday', due: { after: 'END', days: 0 }, at: '2026-03-08T15:59:59.000Z' },
  { it: 'Monday noon after the week', due: { after: 'END', days: 1, time: '12:00' }, at: '2026-03-09T04:00:00.000Z' },
] as const)('$it', ({ due, at }) => {
  expect(dutyDueAt(due, WEEK, ZONE).toISOString()).toBe(at);
});

test('what is due after its period is open once the period is over', () => {
  const report = { every: 'MONTH', due: { after: 'END', days: 5 } } as const;
  expect(isOwedAfterwards(report)).toBe(true);
  expect(openPeriod(report, '2026-04-01')).toEqual({ from: '2026-03-01', to: '2026-03-31' });
  expect(openPeriod({ every: 'MONTH', due: { after: 'END', days: 0 } }, '2026-04-01').from).toBe('2026-04-01');
});

test('what is due at the end of a day is late when the next begins', () => {
  expect(lateFrom(new Date('2026-04-30T15:59:59Z')).toISOString()).toBe('2026-04-30T16:00:00.000Z');
  expect(lateFrom(new Date('2026-04-30T04:00:00Z')).toISOString()).toBe('2026-04-30T04:00:00.000Z');
});
