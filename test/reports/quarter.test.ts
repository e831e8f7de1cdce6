import { expect, test } from 'vitest';
import { quarterNamed, quarterOf } from '../../server/domain/reports/quarter.ts';

const ZONE = 'Asia/Shanghai';

test.each([
  { it: 'the first instant of a year there', at: '2025-12-31T16:00:00Z', name: '2026-Q1' },
  { it: 'the one before', at: '2025-12-31T15:59:59.999Z', name: '2025-Q4' },
  { it: 'the last instant of a leap February', at: '2028-02-29T15:59:59.999Z', name: '2028-Q1' },
  { it: 'the first instant of July there', at: '2026-06-30T16:00:00Z', name: '2026-Q3' },
])('$it belongs to $name', ({ at, name }) => {
  const quarter = quarterOf(Date.parse(at), ZONE);
  expect(quarter.name).toBe(name);
  expect(quarter.start).toBeLessThanOrEqual(Date.parse(at));
  expect(quarter.end).toBeGreaterThan(Date.parse(at));
  expect(quarterNamed(name, ZONE)).toEqual(quarter);
});

test('quarters follow each other without a gap, and other names are none', () => {
  const [first, second] = [quarterNamed('2026-Q1', ZONE), quarterNamed('2026-Q2', ZONE)];
  expect(first?.end).toBe(second?.start);
  for (const name of ['2026-Q5', '2026-Q0', '26-Q1', '2026-q1', '']) expect(quarterNamed(name, ZONE)).toBeNull();
});
