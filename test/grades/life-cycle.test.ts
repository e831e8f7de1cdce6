import { describe, expect, test } from 'vitest';
import { outcomeOf, promotionDay } from '../../server/domain/grades/life-cycle.ts';

const label = { en: 'x', zh: 'x' };
const tiers = { GOLD: { label, rank: 1 }, PLATINUM: { label, rank: 2 }, DIAMOND: { label, rank: 3 } };
const held = (tierCode: keyof typeof tiers, misses = 0, reason = 'ASSESSED') => ({
  tierCode,
  tierRank: tiers[tierCode].rank,
  reason,
  misses,
});
const answer = (tier: string | null, missing: string[] = []) => ({ tier, missing });

describe('an assessment does to a grade what its life cycle says', () => {
  test.each([
    {
      it: 'nothing where figures are missing',
      held: held('GOLD'),
      answer: answer(null, ['X']),
      outcome: { kind: 'undecided' },
    },
    { it: 'nothing where the bar is met', held: held('GOLD'), answer: answer('GOLD'), outcome: { kind: 'unchanged' } },
    {
      it: 'nothing where none is held and none reached',
      held: null,
      answer: answer(null),
      outcome: { kind: 'unchanged' },
    },
    {
      it: 'a first tier is a promotion',
      held: null,
      answer: answer('GOLD'),
      outcome: { kind: 'promoted', to: 'GOLD', rank: 1 },
    },
    {
      it: 'a better tier is given at once',
      held: held('GOLD'),
      answer: answer('DIAMOND'),
      outcome: { kind: 'promoted', to: 'DIAMOND', rank: 3 },
    },
    {
      it: 'a lower tier at the first miss',
      held: held('DIAMOND'),
      answer: answer('GOLD'),
      outcome: { kind: 'demoted', to: 'GOLD', rank: 1 },
    },
    {
      it: 'none at the first miss',
      held: held('GOLD'),
      answer: answer(null),
      outcome: { kind: 'demoted', to: null, rank: -1 },
    },
    {
      it: 'an exception holds whatever the figures say',
      held: held('GOLD', 0, 'EXCEPTION'),
      answer: answer(null),
      outcome: { kind: 'unchanged' },
    },
  ])('$it', ({ held: grade, answer: given, outcome }) => {
    expect(outcomeOf({ tiers }, grade, given, { consent: true, today: '2026-03-02' })).toEqual(outcome);
  });

  test.each([
    { tier: 'GOLD', misses: 0, outcome: { kind: 'watched', misses: 1 } },
    { tier: 'GOLD', misses: 1, outcome: { kind: 'watched', misses: 2 } },
    { tier: 'GOLD', misses: 2, outcome: { kind: 'demoted', to: null, rank: -1 } },
    { tier: 'DIAMOND', misses: 4, outcome: { kind: 'watched', misses: 5 } },
    { tier: 'DIAMOND', misses: 5, outcome: { kind: 'demoted', to: null, rank: -1 } },
    { tier: 'PLATINUM', misses: 0, outcome: { kind: 'demoted', to: null, rank: -1 } },
  ] as const)('$tier after $misses misses: $outcome.kind', ({ tier, misses, outcome }) => {
    const lifeCycle = { missesBeforeDemotion: { GOLD: 3, DIAMOND: 6 } };
    expect(
      outcomeOf({ tiers, lifeCycle }, held(tier, misses), answer(null), { consent: true, today: '2026-03-02' }),
    ).toEqual(outcome);
  });

  test.each([
    { consent: true, kind: 'promoted' },
    { consent: false, kind: 'unchanged' },
    { consent: null, kind: 'unchanged' },
  ])('consent $consent: $kind', ({ consent, kind }) => {
    expect(outcomeOf({ tiers, needsConsent: true }, null, answer('GOLD'), { consent, today: '2026-03-02' }).kind).toBe(
      kind,
    );
  });
});

test.each([
  { today: '2026-01-31', day: '2026-02-01' },
  { today: '2026-12-15', day: '2027-01-01' },
  { today: '2028-02-29', day: '2028-03-01' },
])('a promotion of $today begins on $day', ({ today, day }) => {
  expect(
    promotionDay({ promotion: 'NEXT_MONTH' }, new Date(`${today}T00:00:00Z`))
      ?.toISOString()
      .slice(0, 10),
  ).toBe(day);
  expect(promotionDay({}, new Date(`${today}T00:00:00Z`))).toBeNull();
});
