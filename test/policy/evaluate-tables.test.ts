import { describe, expect, test } from 'vitest';
import { annualList, matrix, parameter, scorecard } from '../../server/engine/policy/contract.ts';
import { grade, text } from './evaluating.ts';
import { customer } from './support.ts';

describe('scorecard', () => {
  const rule = scorecard({
    indicators: [
      {
        key: 'DEPOSIT',
        label: text('Deposit'),
        weight: 40,
        score: {
          metric: 'DEMAND_AVERAGE',
          brackets: [
            { from: 0, score: 60 },
            { from: 100, score: 80 },
          ],
        },
      },
      { key: 'PRODUCTS', label: text('Products'), weight: 35, score: { judged: true } },
      {
        key: 'SATISFACTION',
        label: text('Satisfaction'),
        weight: parameter('satisfactionWeight'),
        score: { judged: true },
      },
    ],
    bands: [
      { from: 80, result: 'MAINTAIN', tier: 'GOLD' },
      { from: 50, result: 'IMPROVE' },
      { from: 0, result: 'TERMINATE' },
    ],
  });
  const judged = (products: string, satisfaction: string) => [
    { indicator: 'PRODUCTS', score: products, basis: 'Four products' },
    { indicator: 'SATISFACTION', score: satisfaction, basis: 'Survey of March' },
  ];

  test('A-033 and A-036: the exact weighted sum falls into its band', () => {
    const answer = grade(
      rule,
      { figures: { DEMAND_AVERAGE: 100 }, judgements: judged('60', '90') },
      { satisfactionWeight: 25 },
    );
    expect(answer).toMatchObject({ total: '75.5', result: 'IMPROVE', tier: null, codes: ['IMPROVE'] });
    expect(answer.indicators).toMatchObject([
      { key: 'DEPOSIT', weight: '40', score: '80', weightedScore: '32', value: '100' },
      { key: 'PRODUCTS', weight: '35', score: '60', weightedScore: '21', basis: { en: 'Four products' } },
      { key: 'SATISFACTION', weight: '25', score: '90', weightedScore: '22.5' },
    ]);
    expect(answer.nextTier).toEqual({ tier: 'GOLD', gaps: [{ metric: 'TOTAL', current: '75.5', needed: '80' }] });
  });

  test.each([
    { products: '100', satisfaction: '52', total: '80', result: 'MAINTAIN', tier: 'GOLD' },
    { products: '100', satisfaction: '51.96', total: '79.99', result: 'IMPROVE', tier: null },
    { products: '0.1', satisfaction: '0.2', total: '32.085', result: 'TERMINATE', tier: null },
  ])('a total of $total: $result', ({ products, satisfaction, total, result, tier }) => {
    const answer = grade(
      rule,
      { figures: { DEMAND_AVERAGE: 100 }, judgements: judged(products, satisfaction) },
      { satisfactionWeight: 25 },
    );
    expect(answer).toMatchObject({ total, result, tier });
  });

  test('every indicator is needed', () => {
    const answer = grade(rule, { judgements: judged('1', '1').slice(1) }, { satisfactionWeight: 25 });
    expect(answer).toMatchObject({ tier: null, total: null, result: null, missing: ['DEMAND_AVERAGE', 'PRODUCTS'] });
  });

  test('weights that do not sum to 100 give no total', () => {
    expect(() => grade(rule, {}, { satisfactionWeight: 20 })).toThrow('the weights sum to 95, not 100');
  });
});

describe('matrix', () => {
  const rule = matrix({
    field: 'segment',
    metric: 'POINTS',
    rows: [
      {
        value: 'SCHOOL',
        cells: [
          { from: 0, tier: 'GOLD' },
          { from: 10, tier: 'PLATINUM' },
        ],
      },
      { value: 'HOTEL', cells: [{ from: 5, tier: 'DIAMOND' }] },
    ],
  });
  test.each([
    {
      it: 'stands where row and bracket meet',
      profile: { segment: 'SCHOOL' },
      points: 10,
      tier: 'PLATINUM',
      missing: [],
    },
    { it: 'goes by the row', profile: { segment: 'HOTEL' }, points: 10, tier: 'DIAMOND', missing: [] },
    { it: 'has no tier below the lowest bracket', profile: { segment: 'HOTEL' }, points: 4, tier: null, missing: [] },
    { it: 'has no tier outside the rows', profile: { segment: 'BAR' }, points: 10, tier: null, missing: [] },
    { it: 'needs the field', profile: {}, points: 10, tier: null, missing: ['segment'] },
  ])('$it', ({ profile, points, tier, missing }) => {
    expect(grade(rule, { figures: { POINTS: points }, customer: { ...customer, profile } })).toMatchObject({
      tier,
      missing,
    });
  });
});

describe('annual list', () => {
  const rule = annualList(['DEMAND_AVERAGE', 'GROWTH']);
  const figures = { DEMAND_AVERAGE: 1 };
  const judgements = [{ indicator: 'GROWTH', score: '7', basis: 'Plan of 2026' }];
  test.each([
    {
      it: 'gives what the list says',
      listed: { year: 2026, tier: 'GOLD' },
      judgements,
      tier: 'GOLD',
      codes: ['LISTED'],
      missing: [],
    },
    {
      it: 'A-028: last year’s list gives nothing',
      listed: { year: 2025, tier: 'GOLD' },
      judgements,
      tier: null,
      codes: ['NOT_LISTED'],
      missing: [],
    },
    { it: 'who is not on it has none', listed: null, judgements, tier: null, codes: ['NOT_LISTED'], missing: [] },
    {
      it: 'A-030: without GROWTH it is incomplete',
      listed: null,
      judgements: [],
      tier: null,
      codes: ['NOT_LISTED', 'INCOMPLETE'],
      missing: ['GROWTH'],
    },
  ])('$it', ({ listed, judgements, tier, codes, missing }) => {
    expect(grade(rule, { figures, listed, judgements })).toMatchObject({ tier, codes, missing });
  });
});
