import { describe, expect, test } from 'vitest';
import {
  all,
  any,
  atLeast,
  bands,
  below,
  between,
  conditions,
  consents,
  isOneOf,
  not,
  parameter,
} from '../../server/engine/policy/contract.ts';
import { BlankParameters } from '../../server/engine/policy/errors.ts';
import { grade } from './evaluating.ts';
import { customer } from './support.ts';

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
