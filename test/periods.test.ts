import { expect, test } from 'vitest';
import {
  lastEnd,
  monthOf,
  monthsInARow,
  nextEnd,
  periodBefore,
  periodEndingAt,
  yearToDate,
} from '../server/engine/sla/periods.ts';

const day = (iso: string) => new Date(`${iso}T00:00:00Z`);
const text = ({ from, to }: { from: Date; to: Date }) =>
  `${from.toISOString().slice(0, 10)}..${to.toISOString().slice(0, 10)}`;

test.each([
  { it: 'a month by a month, however long', period: '2026-03-01..2026-03-31', before: '2026-02-01..2026-02-28' },
  { it: 'March of a leap year by its February', period: '2028-03-01..2028-03-31', before: '2028-02-01..2028-02-29' },
  { it: 'January by December', period: '2026-01-01..2026-01-31', before: '2025-12-01..2025-12-31' },
  { it: 'a quarter by a quarter', period: '2026-04-01..2026-06-30', before: '2026-01-01..2026-03-31' },
  { it: 'a year by a year', period: '2025-01-01..2025-12-31', before: '2024-01-01..2024-12-31' },
  { it: 'ten days by ten days', period: '2026-03-02..2026-03-11', before: '2026-02-20..2026-03-01' },
  { it: 'one day by the day before', period: '2026-03-01..2026-03-01', before: '2026-02-28..2026-02-28' },
])('$it', ({ period, before }) => {
  const [from = '', to = ''] = period.split('..');
  expect(text(periodBefore({ from: day(from), to: day(to) }))).toBe(before);
});

test('the month of a day is whole', () => {
  expect(text(monthOf(day('2028-02-29')))).toBe('2028-02-01..2028-02-29');
  expect(text(monthOf(day('2026-12-01')))).toBe('2026-12-01..2026-12-31');
});

test('a period is cumulated from the start of the year in which it ends', () => {
  expect(text(yearToDate({ from: day('2026-03-01'), to: day('2026-03-31') }))).toBe('2026-01-01..2026-03-31');
});

const ZONE = 'Asia/Shanghai';
test.each([
  { kind: 'MONTH', at: '2026-03-31T15:59:59.999Z', last: '2026-02-28T16:00:00.000Z', next: '2026-03-31T16:00:00.000Z' },
  { kind: 'MONTH', at: '2026-03-31T16:00:00Z', last: '2026-03-31T16:00:00.000Z', next: '2026-04-30T16:00:00.000Z' },
  { kind: 'QUARTER', at: '2026-05-15T00:00:00Z', last: '2026-03-31T16:00:00.000Z', next: '2026-06-30T16:00:00.000Z' },
  { kind: 'WEEK', at: '2026-03-01T16:00:00Z', last: '2026-03-01T16:00:00.000Z', next: '2026-03-08T16:00:00.000Z' },
  { kind: 'YEAR', at: '2026-12-31T16:00:00Z', last: '2026-12-31T16:00:00.000Z', next: '2027-12-31T16:00:00.000Z' },
] as const)('$kind around $at ends $last and $next', ({ kind, at, last, next }) => {
  expect(lastEnd(kind, new Date(at), ZONE).toISOString()).toBe(last);
  expect(nextEnd(kind, new Date(at), ZONE).toISOString()).toBe(next);
});

test('the period that ends at an instant is whole', () => {
  expect(text(periodEndingAt('MONTH', new Date('2028-02-29T16:00:00Z'), ZONE))).toBe('2028-02-01..2028-02-29');
  expect(text(periodEndingAt('YEAR', new Date('2026-12-31T16:00:00Z'), ZONE))).toBe('2026-01-01..2026-12-31');
});

test.each([
  { it: 'counts three in a row', months: { '2026-01': true, '2026-02': true, '2026-03': true }, count: 3 },
  { it: 'breaks at a month missed', months: { '2026-01': true, '2026-02': false, '2026-03': true }, count: 1 },
  { it: 'breaks at a month without anything', months: { '2026-01': true, '2026-03': true }, count: 1 },
  {
    it: 'counts over the new year',
    months: { '2025-12': true, '2026-01': true, '2026-02': true, '2026-03': true },
    count: 4,
  },
  { it: 'counts nothing where the last month was missed', months: { '2026-02': true, '2026-03': false }, count: 0 },
])('$it', ({ months, count }) => {
  expect(monthsInARow(new Map(Object.entries(months)), day('2026-03-31'))).toBe(count);
});
