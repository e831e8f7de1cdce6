import { expect, test } from 'vitest';
import policy from './index.ts';
import { profiles } from './profiles.ts';

test('a profile takes the status record and refuses a risk tolerance beyond the scale', () => {
  const file = { legalRepresentative: '张三', employeeCount: 120, riskTolerance: 3, purchasedOn: ['2026-01-01'] };
  expect(profiles.INSTITUTION.strict().safeParse(file).success).toBe(true);
  expect(profiles.INSTITUTION.strict().safeParse({ riskTolerance: 6 }).success).toBe(false);
});

test('files are closed to other outlets (A-016, X-07)', () => {
  expect(policy.access).toBe('BRANCH_AND_BELOW');
});
