import { expect, test } from 'vitest';
import { limitsInForce } from '../../server/domain/approvals/authority-limits.ts';
import { joinOutcomes, outcomeOf } from '../../server/engine/services/approval-outcome.ts';

const limit = (upTo: number, validFrom: string, decidedAt: string, role = 'SUPERVISOR' as const, currency = 'CNY') => ({
  role,
  currency,
  upTo,
  validFrom: new Date(validFrom),
  decidedAt: new Date(decidedAt),
});

test.each([
  { it: 'the one that began last', today: '2026-03-10', upTo: [2] },
  { it: 'the one before, on the day before', today: '2026-03-01', upTo: [1] },
  { it: 'none, before any began', today: '2025-12-31', upTo: [] },
  { it: 'of two that begin on one day, the one decided later', today: '2026-04-01', upTo: [4] },
])('in force is $it', ({ today, upTo }) => {
  const limits = [
    limit(4, '2026-04-01', '2026-03-20'),
    limit(2, '2026-03-02', '2026-02-20'),
    limit(3, '2026-04-01', '2026-03-19'),
    limit(1, '2026-01-01', '2025-12-01'),
  ];
  expect(limitsInForce(limits, new Date(today)).map((one) => one.upTo)).toEqual(upTo);
});

test('each currency has limits of its own', () => {
  const both = [limit(1, '2026-01-01', '2026-01-01'), limit(2, '2026-02-01', '2026-01-01', 'SUPERVISOR', 'USD')];
  expect(limitsInForce(both, new Date('2026-03-01'))).toHaveLength(2);
});

const approval = (subjectType: string, kind: string) => ({ subjectType, kind }) as Parameters<typeof outcomeOf>[1];

test('the outcome of an approval is that of its kind, or the one for all kinds about its subject', () => {
  const [plan, others] = [{ timeoutMs: 1 }, { timeoutMs: 2 }];
  const outcomes = joinOutcomes([{ 'Plan/PLAN': plan }, { 'Application/*': others }], ['PLAN']);
  expect(outcomeOf(outcomes, approval('Plan', 'PLAN'))).toBe(plan);
  expect(outcomeOf(outcomes, approval('Application', 'EXPENSE'))).toBe(others);
  expect(() => outcomeOf(outcomes, approval('Plan', 'OTHER'))).toThrow(
    'nobody carries out approvals of OTHER about Plan',
  );
});

test('nothing starts where two slices carry out one kind, or none a kind that is needed', () => {
  expect(() => joinOutcomes([{ 'Plan/PLAN': {} }, { 'Plan/PLAN': {} }], [])).toThrow(
    'two slices carry out approvals of Plan/PLAN',
  );
  expect(() => joinOutcomes([{ 'Plan/PLAN': {} }], ['PLAN', 'ASSESSMENT'])).toThrow(
    'nobody carries out approvals of ASSESSMENT',
  );
});
