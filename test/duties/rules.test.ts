import { expect, test } from 'vitest';
import { dutyDueAt, isOwedAfterwards, openPeriod } from '../../server/domain/duties/rules.ts';

const ZONE = 'Asia/Shanghai';

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
