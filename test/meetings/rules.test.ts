import { expect, test } from 'vitest';
import { missingRoles, resolutionDueAt } from '../../server/domain/meetings/rules.ts';
import type { Policy } from '../../server/engine/policy/contract.ts';

const label = { en: 'Weekly', zh: '周会' };
const policy = {
  timeZone: 'Asia/Shanghai',
  meetings: { kinds: { WEEKLY: { label, mustAttend: ['SUPERVISOR', 'DIRECTOR'] }, PROJECT: { label } } },
  duties: { MEET: { label, of: 'BRANCH', every: 'WEEK', doneBy: { meeting: 'WEEKLY' } } },
} as unknown as Pick<Policy, 'meetings' | 'duties' | 'timeZone'>;

test.each([
  { it: 'all came', kind: 'WEEKLY', attendedBy: ['DIRECTOR', 'SUPERVISOR', 'FINANCE'], missing: [] },
  { it: 'one stayed away', kind: 'WEEKLY', attendedBy: ['SUPERVISOR'], missing: ['DIRECTOR'] },
  { it: 'nobody has to come', kind: 'PROJECT', attendedBy: [], missing: [] },
] as const)('$it: $missing', ({ kind, attendedBy, missing }) => {
  expect(missingRoles(policy, { kind, attendedBy })).toEqual(missing);
});

test.each([
  { it: 'a day of its own', kind: 'WEEKLY', dueOn: '2026-03-04', due: '2026-03-04T15:59:59.000Z' },
  { it: 'the end of the next week', kind: 'WEEKLY', dueOn: null, due: '2026-03-15T15:59:59.000Z' },
  { it: 'never, where nobody says how often', kind: 'PROJECT', dueOn: null, due: null },
])('a resolution of 6 March 2026 is due by $it', ({ kind, dueOn, due }) => {
  const at = resolutionDueAt(policy, { kind, heldOn: '2026-03-06', dueOn: dueOn === null ? null : new Date(dueOn) });
  expect(at?.toISOString() ?? null).toBe(due);
});
