import { expect, test } from 'vitest';
import {
  all,
  annualList,
  any,
  atLeast,
  bands,
  conditions,
  consents,
  decimalParameter,
  definePolicy,
  isOneOf,
  matrix,
  not,
  parameter,
  scorecard,
} from '../../server/engine/policy/contract.ts';
import { parseParameters } from '../../server/engine/policy/parameters.ts';
import { rulesText } from '../../server/engine/policy/rules-text.ts';

const text = (en: string, zh: string) => ({ en, zh });
const common = { label: text('Scheme', '体系'), customerKinds: ['INDIVIDUAL'] as const };
const number = { schema: decimalParameter(), description: text('x', 'x'), source: 'test' };

const declaration = definePolicy({
  id: 'example',
  contract: 1,
  version: '1.0.0',
  label: text('Example', '示例'),
  access: 'CENTRAL',
  metrics: {
    DEPOSIT: { label: text('Deposit', '存款'), unit: 'CNY' },
    POINTS: { label: text('Points', '积分'), unit: 'points' },
  },
  parameters: { gold: number, silver: { ...number, default: 1000 } },
  schemes: {
    conditions: {
      ...common,
      needsConsent: true,
      reviewMonths: 12,
      tiers: { GOLD: { label: text('Gold', '金'), rank: 2 }, SILVER: { label: text('Silver', '银'), rank: 1 } },
      rule: conditions([
        { tier: 'GOLD', when: all(any(atLeast('DEPOSIT', parameter('gold')), atLeast('POINTS', 50)), consents()) },
        { tier: 'SILVER', when: any(not(atLeast('POINTS', 10)), isOneOf('segment', ['A', 'B'])) },
      ]),
    },
    bands: {
      ...common,
      tiers: { GOLD: { label: text('Gold', '金'), rank: 2 }, SILVER: { label: text('Silver', '银'), rank: 1 } },
      rule: bands('DEPOSIT', [
        { tier: 'GOLD', from: parameter('gold') },
        { tier: 'SILVER', from: parameter('silver') },
      ]),
    },
    scores: {
      ...common,
      tiers: { GOLD: { label: text('Gold', '金'), rank: 2 } },
      rule: scorecard({
        indicators: [
          {
            key: 'DEPOSIT',
            label: text('Deposit', '存款'),
            weight: 60,
            score: {
              metric: 'DEPOSIT',
              brackets: [
                { from: 0, score: 10 },
                { from: 500, score: 90 },
              ],
            },
          },
          { key: 'LOYALTY', label: text('Loyalty', '忠诚度'), weight: 40, score: { judged: true } },
        ],
        bands: [
          { from: 80, result: 'MAINTAIN', tier: 'GOLD' },
          { from: 0, result: 'IMPROVE' },
        ],
      }),
    },
    matrix: {
      ...common,
      tiers: { GOLD: { label: text('Gold', '金'), rank: 2 } },
      rule: matrix({
        field: 'segment',
        metric: 'POINTS',
        rows: [{ value: 'HOTEL', cells: [{ from: 5, tier: 'GOLD' }] }],
      }),
    },
    list: { ...common, tiers: { GOLD: { label: text('Gold', '金'), rank: 2 } }, rule: annualList(['DEPOSIT']) },
  },
});
const policy = { declaration, version: '', enabled: true, parameters: parseParameters(declaration, {}, '').parameters };

test.each([
  {
    scheme: 'conditions',
    en: [
      'Gold: (Deposit at least (gold: not set) or Points at least 50 points) and the customer agrees to VIP service',
      'Silver: Points below 10 points or segment is one of A, B',
      'A tier comes into force only if the customer agrees to VIP service.',
      'Reviewed every 12 months.',
    ],
    zh: [
      '金：（存款 （gold：未设定）（含）以上，或 积分 50 分（含）以上），且 客户同意接受贵宾服务',
      '银：积分 低于 10 分，或 segment 为 A、B 之一',
      '须经客户同意接受贵宾服务，等级方可生效。',
      '每 12 个月复核一次。',
    ],
  },
  {
    scheme: 'bands',
    en: ['Gold: Deposit from (gold: not set)', 'Silver: Deposit from 1,000 CNY'],
    zh: ['金：存款 （gold：未设定）（含）起', '银：存款 1,000 元（含）起'],
  },
  {
    scheme: 'scores',
    en: [
      'Deposit (weight 60 %): Deposit from 0 CNY scores 10, from 500 CNY scores 90',
      'Loyalty (weight 40 %): scored by a person, with a basis',
      'Total from 80: maintain the relationship, Gold',
      'Total from 0: improve the relationship',
    ],
    zh: [
      '存款（权重 60%）：存款0 元（含）起 得 10 分，500 元（含）起 得 90 分',
      '忠诚度（权重 40%）：人工评分并注明依据',
      '总分 80（含）起：维持关系，金',
      '总分 0（含）起：改进关系',
    ],
  },
  {
    scheme: 'matrix',
    en: ['segment HOTEL, by Points: Gold from 5 points'],
    zh: ['segment 为 HOTEL，按积分：金 5 分（含）起'],
  },
  {
    scheme: 'list',
    en: [
      'By the list of the calendar year; who is not on it has no tier.',
      'An assessment for the list needs Deposit.',
    ],
    zh: ['按当年名单确定；未列入名单者无等级。', '名单评定须具备：存款。'],
  },
])('$scheme in words', ({ scheme, en, zh }) => {
  expect(rulesText(policy, scheme)).toEqual({ en: en.join('\n'), zh: zh.join('\n') });
});

test('a scheme that is not there has no rules', () => {
  expect(() => rulesText(policy, 'none')).toThrow(RangeError);
});
