import { describe, expect, test } from 'vitest';
import {
  approvalNext,
  endsWith,
  missingBefore,
  nextSteps,
  refusalOfStep,
  standingOf,
} from '../../server/domain/records/rules.ts';
import type { RecordStep } from '../../server/engine/policy/contract.ts';

const step = (code: string, rest: Partial<RecordStep> = {}): RecordStep => ({
  code,
  label: { en: code, zh: code },
  ...rest,
});
const done = (...codes: string[]) => codes.map((code) => ({ code, state: 'DONE' as const }));
const codes = (steps: readonly RecordStep[]) => steps.map(({ code }) => code);

const RECEPTION = {
  steps: [step('ASKED', { optional: true }), step('PLANNED'), step('APPROVED', { approval: true }), step('ARCHIVED')],
};
const PROBATION = {
  steps: [
    step('EVALUATED'),
    step('EXTENDED', { optional: true, returnsTo: 'EVALUATED' }),
    step('CONFIRMED', { optional: true, closes: true }),
    step('ENDED', { optional: true, closes: true }),
  ],
};
const FOLLOWED = { steps: [step('TOLD', { optional: true, returnsTo: 'TOLD' }), step('SOLVED', { closes: true })] };

describe('which steps may be taken', () => {
  test.each([
    { it: 'the first, and an optional one before it', of: RECEPTION, taken: [], may: ['ASKED', 'PLANNED'] },
    { it: 'the one after', of: RECEPTION, taken: ['PLANNED'], may: ['APPROVED'] },
    { it: 'none once all are taken', of: RECEPTION, taken: ['PLANNED', 'APPROVED', 'ARCHIVED'], may: [] },
    { it: 'each way out', of: PROBATION, taken: ['EVALUATED'], may: ['EXTENDED', 'CONFIRMED', 'ENDED'] },
    {
      it: 'what leads back opens the steps from there again',
      of: PROBATION,
      taken: ['EVALUATED', 'EXTENDED'],
      may: ['EVALUATED'],
    },
    {
      it: 'what leads back to itself comes again and again',
      of: FOLLOWED,
      taken: ['TOLD', 'TOLD'],
      may: ['TOLD', 'SOLVED'],
    },
  ])('$it', ({ of, taken, may }) => {
    expect(codes(nextSteps(of, standingOf(of, done(...taken))))).toEqual(may);
  });
  test('a step that is skipped is named', () => {
    const refusal = refusalOfStep(RECEPTION, standingOf(RECEPTION, []), step('ARCHIVED'));
    expect(refusal).toMatchObject({ why: 'SKIPPED', missing: { code: 'PLANNED' } });
  });
  test('a step that waits for its approval holds all others up', () => {
    const standing = standingOf(RECEPTION, [...done('PLANNED'), { code: 'APPROVED', state: 'PENDING_APPROVAL' }]);
    expect(standing).toEqual({ done: ['PLANNED'], pending: 'APPROVED' });
    expect(nextSteps(RECEPTION, standing)).toEqual([]);
  });
  test('a step that was returned may be taken again, and one that was taken may not', () => {
    const returned = standingOf(RECEPTION, [...done('PLANNED'), { code: 'APPROVED', state: 'RETURNED' }]);
    expect(codes(nextSteps(RECEPTION, returned))).toEqual(['APPROVED']);
    expect(refusalOfStep(RECEPTION, returned, step('PLANNED'))?.why).toBe('TAKEN');
    expect(refusalOfStep(RECEPTION, returned, step('ASKED'))?.why).toBe('PASSED');
  });
});

test('an approval opens by itself where it comes next, and not past an optional step', () => {
  expect(approvalNext(RECEPTION, standingOf(RECEPTION, done('PLANNED')))?.code).toBe('APPROVED');
  const optional = { steps: [step('A', { optional: true }), step('B', { approval: true })] };
  expect(approvalNext(optional, standingOf(optional, []))).toBeNull();
});

test.each([
  { it: 'the last step', of: RECEPTION, taken: ['PLANNED', 'APPROVED', 'ARCHIVED'], ends: true },
  { it: 'a step before the last', of: RECEPTION, taken: ['PLANNED'], ends: false },
  { it: 'a way out', of: PROBATION, taken: ['EVALUATED', 'CONFIRMED'], ends: true },
  { it: 'all that is needed, where a way out is to be chosen', of: PROBATION, taken: ['EVALUATED'], ends: false },
])('a record ends, or goes on, with $it', ({ of, taken, ends }) => {
  const last = of.steps.find(({ code }) => code === taken.at(-1)) ?? step('');
  expect(endsWith(of, last, standingOf(of, done(...taken)))).toBe(ends);
});

test('what is missing before a step, and before the end', () => {
  const standing = standingOf(RECEPTION, done('PLANNED'));
  expect(codes(missingBefore(RECEPTION, standing, 'ARCHIVED'))).toEqual(['APPROVED']);
  expect(codes(missingBefore(RECEPTION, standing, null))).toEqual(['APPROVED', 'ARCHIVED']);
});
