import { expect, test } from 'vitest';
import { leavesQuestion } from '../../server/domain/interactions/follow-up.ts';

test.each([
  { it: 'a need that was heard on the telephone', channel: 'PHONE', needs: 'a loan', open: true },
  { it: 'a telephone call without a need', channel: 'PHONE', needs: null, open: false },
  { it: 'a need of blanks', channel: 'PHONE', needs: '  ', open: false },
  { it: 'a need at a visit, where it was answered at once', channel: 'VISIT', needs: 'a loan', open: false },
  { it: 'a visit that says so', channel: 'VISIT', needs: null, openQuestion: true, open: true },
  { it: 'a call whose need was answered', channel: 'PHONE', needs: 'a loan', openQuestion: false, open: false },
] as const)('$it leaves a question: $open', ({ open, ...contact }) => {
  expect(leavesQuestion({ purpose: 'CARE', ...contact })).toBe(open);
});
