import { expect, test } from 'vitest';
import { overload, Workload, workingDays } from '../../server/domain/care/level.ts';
import { isWorkingDay } from '../../server/engine/sla/holidays.ts';

test.each([
  { it: 'Monday', day: '2026-03-02', works: true },
  { it: 'Sunday', day: '2026-03-08', works: false },
  { it: 'National Day, a Thursday', day: '2026-10-01', works: false },
  { it: 'a Saturday made up for the spring festival', day: '2026-02-28', works: true },
])('$it: $works', ({ day, works }) => {
  expect(isWorkingDay(day)).toBe(works);
});

test('a week with a holiday has the days that are left', () => {
  expect(workingDays('2026-09-28', '2026-10-04')).toEqual(['2026-09-28', '2026-09-29', '2026-09-30']);
});

test('a manager’s month is level: no working day has two more than another', () => {
  const load = new Workload();
  const days = new Map<string, number>();
  for (let index = 0; index < 250; index += 1) {
    const day = load.place('m', '2026-03-01', '2026-03-31') ?? '';
    days.set(day, (days.get(day) ?? 0) + 1);
  }
  expect([...days.keys()].every(isWorkingDay)).toBe(true);
  expect(days.size).toBe(22);
  expect(Math.max(...days.values()) - Math.min(...days.values())).toBeLessThanOrEqual(1);
});

test('what is planned already counts, and other people’s work does not', () => {
  const load = new Workload();
  load.add('m', '2026-03-02', 3);
  load.add('n', '2026-03-03', 9);
  expect(load.place('m', '2026-03-02', '2026-03-03')).toBe('2026-03-03');
  expect(load.place('m', '2026-03-07', '2026-03-08')).toBeNull();
});

test.each([
  { it: 'all can be made', due: [{ day: '2026-03-06', count: 50 }], over: null },
  { it: 'one too many', due: [{ day: '2026-03-06', count: 51 }], over: { day: '2026-03-06', count: 51, possible: 50 } },
  {
    it: 'what is due earlier takes the room',
    due: [
      { day: '2026-03-09', count: 30 },
      { day: '2026-03-03', count: 21 },
    ],
    over: { day: '2026-03-03', count: 21, possible: 20 },
  },
])('$it', ({ due, over }) => {
  expect(overload(due, '2026-03-02', 10)).toEqual(over);
});
