import { expect, test } from 'vitest';
import { checkPlan } from '../../server/domain/plans/rules.ts';

const NOW = new Date('2026-03-02T08:00:00+08:00');
const plan = (startsOn: string, endsOn: string, dueAt: string) => ({
  objective: 'Keep the customer',
  startsOn: new Date(startsOn),
  endsOn: new Date(endsOn),
  budget: { amount: '100' },
  measures: [{ way: 'VISIT', measure: 'Visit', dueAt: new Date(dueAt) }],
});

test.each([
  { it: 'of this year', given: plan('2026-03-02', '2026-06-30', '2026-06-30T23:59:59+08:00'), wrong: [] },
  {
    it: 'that is written down afterwards',
    given: plan('2025-03-02', '2025-06-30', '2025-04-01T10:00+08:00'),
    wrong: [],
  },
  { it: 'of 2020', given: plan('2020-03-02', '2020-06-30', '2020-04-01T10:00+08:00'), wrong: ['input.endsOn'] },
  {
    it: 'with a measure on the day after its end',
    given: plan('2026-03-02', '2026-06-30', '2026-07-01T00:00+08:00'),
    wrong: ['input.measures[0].dueAt'],
  },
])('a plan $it', ({ given, wrong }) => {
  expect(checkPlan(given, 'Asia/Shanghai', NOW).map(({ path }) => path)).toEqual(wrong);
});
