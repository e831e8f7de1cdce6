import { expect, test } from 'vitest';
import { APPLICATION } from '../../server/domain/applications/application-states.ts';
import { answersIn } from '../support/moves.ts';

test.each([
  { state: 'PENDING', says: { resubmit: 'NOT_RETURNED', carryOut: 'NOT_APPROVED' } },
  { state: 'RETURNED', says: { resubmit: 'PENDING', carryOut: 'NOT_APPROVED' } },
  { state: 'APPROVED', says: { resubmit: 'NOT_RETURNED', carryOut: 'APPROVED' } },
  { state: 'REJECTED', says: { resubmit: 'NOT_RETURNED', carryOut: 'NOT_APPROVED' } },
] as const)('what an application that is $state takes', ({ state, says }) => {
  expect(answersIn(APPLICATION, state)).toEqual(says);
});
