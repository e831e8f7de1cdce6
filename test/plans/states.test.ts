import { expect, test } from 'vitest';
import { PLAN } from '../../server/domain/plans/plan-states.ts';
import { answersIn } from '../support/moves.ts';

const IDLE = {
  addTask: 'NOT_IN_EXECUTION',
  spend: 'NOT_IN_EXECUTION',
  confirm: 'NOT_IN_EXECUTION',
  complete: 'NOT_IN_EXECUTION',
  improve: 'NO_SUMMARY',
};
const written = (status: string) => ({ revise: status, submit: 'SUBMITTED', cancel: 'CANCELLED', ...IDLE });
const locked = { revise: 'LOCKED', submit: 'NOT_A_DRAFT', cancel: 'LOCKED', ...IDLE };
const worked = (status: string) => ({
  ...locked,
  cancel: 'CANCELLED',
  addTask: status,
  spend: status,
  confirm: status,
  complete: 'COMPLETED',
});

test.each([
  { status: 'DRAFT', says: written('DRAFT') },
  { status: 'RETURNED', says: written('RETURNED') },
  { status: 'SUBMITTED', says: locked },
  { status: 'APPROVED', says: worked('APPROVED') },
  { status: 'IN_PROGRESS', says: worked('IN_PROGRESS') },
  { status: 'COMPLETED', says: { ...locked, improve: 'COMPLETED' } },
  { status: 'CANCELLED', says: locked },
] as const)('what a plan that is $status takes', ({ status, says }) => {
  expect(answersIn(PLAN, status)).toEqual(says);
});

test('a decision is about what was submitted, and the first task that is done begins what was approved', () => {
  const { approve, return: back, reject, begin } = PLAN;
  expect([approve, back, reject, begin].map(({ from, to }) => [...from, to])).toEqual([
    ['SUBMITTED', 'APPROVED'],
    ['SUBMITTED', 'RETURNED'],
    ['SUBMITTED', 'CANCELLED'],
    ['APPROVED', 'IN_PROGRESS'],
  ]);
});
