import { describe, expect, test } from 'vitest';
import {
  all,
  annualList,
  any,
  atLeast,
  bands,
  below,
  between,
  conditions,
  consents,
  isOneOf,
  matrix,
  not,
  type Policy,
  parameter,
  scorecard,
} from '../../server/engine/policy/contract.ts';
import { BlankParameters } from '../../server/engine/policy/errors.ts';
import { becauseOf, evaluate } from '../../server/engine/policy/evaluate.ts';
import type { GradeFacts } from '../../server/engine/policy/facts.ts';
import type { SchemeRule } from '../../server/engine/policy/vocabulary.ts';
import { customer, gradeFacts } from './support.ts';

const text = (word: string) => ({ en: word, zh: word });

const policy: Policy = {
  id: 'example',
  contract: 1,
  version: '1.0.0',
  label: text('Example'),
  access: 'CENTRAL',
  metrics: {
    DEMAND_AVERAGE: { label: { en: 'Demand deposits, monthly average', zh: '活期存款月均' }, unit: 'CNY' },
    TIME_BALANCE: { label: { en: 'Time deposits', zh: '定期存款' }, unit: 'CNY' },
    POINTS: { label: text('Points'), unit: 'points' },
  },
};

const TIERS = { VIP: 1, GOLD: 1, PLATINUM: 2, DIAMOND: 3 };

function grade(
  rule: SchemeRule,
  facts: Partial<GradeFacts> & { figures?: Record<string, string | number> },
  parameters = {},
) {
  const { figures = {}, ...more } = facts;
  const tiers = Object.fromEntries(Object.entries(TIERS).map(([code, rank]) => [code, { label: text(code), rank }]));
  const scheme = { label: text('Scheme'), customerKinds: ['INDIVIDUAL' as const], tiers, rule };
  const answer = evaluate({ policy, scheme, facts: gradeFacts('scheme', figures, more), parameters });
  return { ...answer, codes: answer.reasons.map(({ code }) => code), because: becauseOf({ scheme }, answer) };
}

describe('conditions', () => {
  const rural = conditions([
    { tier: 'VIP', when: any(atLeast('DEMAND_AVERAGE', 50_000), atLeast('TIME_BALANCE', 100_000)) },
  ]);

  test.each([
    {
      it: 'A-001 reaches the tier at the threshold',
      demand: '50000',
      time: '0',
      tier: 'VIP',
      codes: ['DEMAND_AVERAGE'],
    },
    {
      it: 'A-002 reaches it by the other condition',
      demand: '49999.99',
      time: '100000',
      tier: 'VIP',
      codes: ['TIME_BALANCE'],
    },
    { it: 'A-003 misses both by a cent', demand: '49999.99', time: '99999.99', tier: null, codes: ['NO_TIER'] },
    {
      it: 'A-004 lists both reasons',
      demand: '60000',
      time: '150000',
      tier: 'VIP',
      codes: ['DEMAND_AVERAGE', 'TIME_BALANCE'],
    },
    { it: 'A-005 grades one customer number by itself', demand: '30000', time: '0', tier: null, codes: ['NO_TIER'] },
    {
      it: 'A-006 judges by the average, whatever the balance',
      demand: '40000',
      time: '0',
      tier: null,
      codes: ['NO_TIER'],
    },
    {
      it: 'A-007 judges by the balance, whatever the average',
      demand: '0',
      time: '90000',
      tier: null,
      codes: ['NO_TIER'],
    },
    {
      it: 'compares more digits than a number has',
      demand: '49999.9999999999999999999',
      time: '0',
      tier: null,
      codes: ['NO_TIER'],
    },
  ])('$it', ({ demand, time, tier, codes }) => {
    const answer = grade(rural, { figures: { DEMAND_AVERAGE: demand, TIME_BALANCE: time } });
    expect(answer).toMatchObject({ tier, eligible: tier !== null, missing: [], codes });
  });

  test('shows each figure with its date, what was asked and whether it was met', () => {
    const { indicators, because } = grade(rural, { figures: { DEMAND_AVERAGE: '60000', TIME_BALANCE: '0' } });
    expect(indicators).toMatchObject([
      {
        key: 'DEMAND_AVERAGE',
        value: '60000',
        asOf: '2026-03-01',
        basis: { en: 'at least 50,000 CNY', zh: '50,000 元（含）以上' },
        met: true,
      },
      { key: 'TIME_BALANCE', value: '0', basis: { en: 'at least 100,000 CNY' }, met: false },
    ]);
    expect(because).toEqual({
      en: 'VIP. Demand deposits, monthly average: 60,000 CNY (asked: at least 50,000 CNY).',
      zh: 'VIP。活期存款月均：60,000 元（要求：50,000 元（含）以上）。',
    });
  });

  test('says how far it is by each alternative', () => {
    const { nextTier } = grade(rural, { figures: { DEMAND_AVERAGE: '49999.99', TIME_BALANCE: '0' } });
    expect(nextTier).toEqual({
      tier: 'VIP',
      gaps: [
        { metric: 'DEMAND_AVERAGE', current: '49999.99', needed: '50000' },
        { metric: 'TIME_BALANCE', current: '0', needed: '100000' },
      ],
    });
  });

  test.each([
    {
      it: 'decides by the condition that holds, though the other figure is absent',
      figures: { DEMAND_AVERAGE: 50_000 },
      tier: 'VIP',
      missing: [],
    },
    {
      it: 'is incomplete where the absent figure could lift the customer',
      figures: { DEMAND_AVERAGE: 0 },
      tier: null,
      missing: ['TIME_BALANCE'],
    },
    { it: 'names all that are absent', figures: {}, tier: null, missing: ['DEMAND_AVERAGE', 'TIME_BALANCE'] },
  ])('$it', ({ figures, tier, missing }) => {
    expect(grade(rural, { figures: figures as Record<string, number> })).toMatchObject({ tier, missing });
  });

  test('an absent figure beside a condition that already fails is not missed', () => {
    const both = conditions([{ tier: 'VIP', when: all(atLeast('DEMAND_AVERAGE', 10), atLeast('TIME_BALANCE', 10)) }]);
    expect(grade(both, { figures: { DEMAND_AVERAGE: 9 } })).toMatchObject({
      tier: null,
      missing: [],
      codes: ['NO_TIER'],
    });
  });

  const tiers = conditions([
    { tier: 'PLATINUM', when: atLeast('DEMAND_AVERAGE', 1_000) },
    { tier: 'GOLD', when: atLeast('DEMAND_AVERAGE', 100) },
  ]);
  test.each([
    { figure: 1_000, tier: 'PLATINUM', next: null },
    {
      figure: 999,
      tier: 'GOLD',
      next: { tier: 'PLATINUM', gaps: [{ metric: 'DEMAND_AVERAGE', current: '999', needed: '1000' }] },
    },
    {
      figure: 99,
      tier: null,
      next: { tier: 'GOLD', gaps: [{ metric: 'DEMAND_AVERAGE', current: '99', needed: '100' }] },
    },
  ])('$figure gives $tier', ({ figure, tier, next }) => {
    expect(grade(tiers, { figures: { DEMAND_AVERAGE: figure } })).toMatchObject({ tier, nextTier: next });
  });

  test.each([
    { it: 'not at least is below', when: not(atLeast('POINTS', 5)), figure: 4, holds: true },
    { it: 'not at least excludes the bound', when: not(atLeast('POINTS', 5)), figure: 5, holds: false },
    { it: 'not below is at least', when: not(below('POINTS', 5)), figure: 5, holds: true },
    { it: 'between includes its beginning', when: between('POINTS', 5, 9), figure: 5, holds: true },
    { it: 'between excludes its end', when: between('POINTS', 5, 9), figure: 9, holds: false },
    { it: 'not between is outside', when: not(between('POINTS', 5, 9)), figure: 9, holds: true },
    { it: 'not any is neither', when: not(any(below('POINTS', 3), atLeast('POINTS', 7))), figure: 5, holds: true },
  ])('$it', ({ when, figure, holds }) => {
    expect(grade(conditions([{ tier: 'VIP', when }]), { figures: { POINTS: figure } }).eligible).toBe(holds);
  });

  test.each([
    {
      it: 'a field has one of the values',
      when: isOneOf('segment', ['A', 'B']),
      profile: { segment: 'B' },
      holds: true,
    },
    { it: 'a field that is not filled in has none', when: isOneOf('segment', ['A']), profile: {}, holds: false },
    { it: 'a list has one if any is', when: isOneOf('segment', ['A']), profile: { segment: ['C', 'A'] }, holds: true },
    { it: 'consent is asked for', when: consents(), profile: {}, holds: false },
  ])('$it', ({ when, profile, holds }) => {
    expect(grade(conditions([{ tier: 'VIP', when }]), { customer: { ...customer, profile } }).eligible).toBe(holds);
  });

  test('names all blank parameters of the rule, also those that the figures would not have come to', () => {
    const rule = conditions([
      { tier: 'PLATINUM', when: atLeast('DEMAND_AVERAGE', parameter('platinum')) },
      {
        tier: 'GOLD',
        when: any(atLeast('DEMAND_AVERAGE', parameter('gold')), atLeast('TIME_BALANCE', parameter('time'))),
      },
    ]);
    const ask = (parameters: object) => () => grade(rule, { figures: { DEMAND_AVERAGE: 1e9 } }, parameters);
    expect(ask({ gold: 5 })).toThrow(BlankParameters);
    expect(ask({ gold: 5 })).toThrow('platinum, time');
    expect(ask({ gold: '5', platinum: 1_000, time: '7.5' })()).toMatchObject({ tier: 'PLATINUM' });
  });
});

describe('bands', () => {
  const rule = bands('POINTS', [
    { tier: 'GOLD', from: 10 },
    { tier: 'DIAMOND', from: 30 },
    { tier: 'PLATINUM', from: '20.5' },
  ]);
  test.each([
    { points: '9.99', tier: null, next: 'GOLD' },
    { points: '10', tier: 'GOLD', next: 'PLATINUM' },
    { points: '20.4', tier: 'GOLD', next: 'PLATINUM' },
    { points: '20.5', tier: 'PLATINUM', next: 'DIAMOND' },
    { points: '1000', tier: 'DIAMOND', next: undefined },
  ])('$points points give $tier', ({ points, tier, next }) => {
    const answer = grade(rule, { figures: { POINTS: points } });
    expect(answer.tier).toBe(tier);
    expect(answer.nextTier?.tier).toBe(next);
  });
  test('without the figure nothing is decided', () => {
    expect(grade(rule, {})).toMatchObject({ tier: null, missing: ['POINTS'], codes: ['INCOMPLETE'] });
  });
});

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
