import { expect, test } from 'vitest';
import { type Colleague, standIn } from '../../server/domain/care/stand-in.ts';

const someone = (id: string, branchId: string, ...roles: Colleague['roles']): Colleague => ({
  id,
  number: id,
  branchId,
  roles,
});
const steps = [{ role: 'SUPERVISOR', branchId: 'A' }] as const;

test.each([
  {
    it: 'the first manager by number',
    staff: [someone('2', 'A', 'CUSTOMER_MANAGER'), someone('1', 'A', 'CUSTOMER_MANAGER')],
    who: '1',
  },
  {
    it: 'a manager rather than a supervisor',
    staff: [someone('1', 'HQ', 'SUPERVISOR'), someone('2', 'HQ', 'CUSTOMER_MANAGER')],
    who: '2',
  },
  {
    it: 'one of the branch rather than of head office',
    staff: [someone('1', 'HQ', 'CUSTOMER_MANAGER'), someone('2', 'A', 'CUSTOMER_MANAGER')],
    who: '2',
  },
  {
    it: 'nobody who would decide it',
    staff: [someone('1', 'A', 'CUSTOMER_MANAGER', 'SUPERVISOR'), someone('2', 'HQ', 'SUPERVISOR')],
    who: '2',
  },
  {
    it: 'who would decide it, where there is nobody else',
    staff: [someone('2', 'A', 'SUPERVISOR'), someone('1', 'B', 'CUSTOMER_MANAGER')],
    who: '2',
  },
  { it: 'nobody of other roles', staff: [someone('1', 'A', 'AUDITOR')], who: null },
])('$it stands in', ({ staff, who }) => {
  expect(standIn(staff, ['A', 'HQ'], steps)).toBe(who);
  expect(standIn([...staff].reverse(), ['A', 'HQ'], steps)).toBe(who);
});

test('a step that any branch decides is decided by people of all', () => {
  const staff = [someone('1', 'HQ', 'SUPERVISOR', 'CUSTOMER_MANAGER'), someone('2', 'HQ', 'CUSTOMER_MANAGER')];
  expect(standIn(staff, ['A', 'HQ'], [{ role: 'SUPERVISOR', branchId: null }])).toBe('2');
});
