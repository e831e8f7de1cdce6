import { expect, test } from 'vitest';
import { parameters } from './fixtures.ts';
import { schemes } from './schemes.ts';

test.each([
  {
    it: 'orders personal cards diamond, platinum, gold (A-024)',
    scheme: 'personal',
    tiers: ['DIAMOND', 'PLATINUM', 'GOLD'],
  },
  {
    it: 'orders corporate tiers prestige, diamond, platinum, gold (A-027)',
    scheme: 'corporate',
    tiers: ['PRESTIGE', 'DIAMOND', 'PLATINUM', 'GOLD'],
  },
  { it: 'has one rural credit tier, however many reasons (A-004)', scheme: 'rural-credit', tiers: ['VIP'] },
  { it: 'has one branch tier', scheme: 'branch', tiers: ['VIP'] },
] as const)('$it', ({ scheme, tiers }) => {
  const ranked = Object.entries(schemes[scheme].tiers as Record<string, { rank: number }>).sort(
    ([, a], [, b]) => b.rank - a.rank,
  );
  expect(ranked.map(([code]) => code)).toEqual(tiers);
});

test('rural credit takes either the average demand or the real-time time deposit, bounds included (A-001 to A-003, A-006, A-007)', () => {
  expect(schemes['rural-credit'].rule).toMatchObject({
    by: 'CONDITIONS',
    tiers: [
      {
        tier: 'VIP',
        when: {
          op: 'any',
          of: [
            { op: 'atLeast', metric: 'DEMAND_DEPOSIT_MONTHLY_AVG_1Y', bound: { parameter: 'ruralDemandDepositFrom' } },
            { op: 'atLeast', metric: 'TIME_DEPOSIT_REALTIME', bound: { parameter: 'ruralTimeDepositFrom' } },
          ],
        },
      },
    ],
  });
  expect([parameters.ruralDemandDepositFrom, parameters.ruralTimeDepositFrom]).toEqual(['50000', '100000']);
});

test('the corporate list needs its four indicators (A-030)', () => {
  expect(schemes.corporate.rule.needs).toEqual(['DAILY_AVG_DEPOSIT', 'LOYALTY', 'CONTRIBUTION', 'GROWTH']);
});
