import {
  all,
  any,
  atLeast,
  type BenefitDeclaration,
  bands,
  conditions,
  isOneOf,
  type MetricDeclaration,
  parameter,
  type SchemeDeclaration,
  scorecard,
} from '../../server/engine/policy/contract.ts';
import type { parameters } from './parameters.ts';

export const metrics = {
  ANNUAL_SPEND: { label: { en: 'Yearly spend', zh: '年消费' }, unit: 'CNY' },
  PURCHASE_COUNT_1Y: { label: { en: 'Purchases within one year', zh: '一年内购买次数' }, unit: 'count' },
  CONTRIBUTION: { label: { en: 'Contribution', zh: '贡献度' }, unit: 'points' },
  LOYALTY: { label: { en: 'Loyalty', zh: '忠诚度' }, unit: 'points' },
  FULL_PRICE_LUXURY_STAYS: {
    label: { en: 'Full-price stays in a luxury room', zh: '全价入住豪华房次数' },
    unit: 'count',
  },
  FULL_PRICE_STAYS: { label: { en: 'Full-price stays', zh: '全价入住次数' }, unit: 'count' },
  STAYS: {
    label: { en: 'Stays at any price', zh: '入住次数' },
    unit: 'count',
    description: {
      en: 'Shown only: no level follows from stays below the full price.',
      zh: '仅供参考：非全价入住不作为评级依据。',
    },
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

export const benefits = {
  DEDICATED_MANAGER: {
    label: { en: 'Dedicated manager', zh: '专属客户经理' },
    description: { en: 'May be consulted at any time.', zh: '可随时咨询。' },
  },
  EXCLUSIVE_EVENT: {
    label: { en: 'Exclusive events', zh: '专属活动' },
    description: { en: 'Symposium, evening, trip.', zh: '座谈会、晚会、旅游。' },
  },
  DISCOUNT: { label: { en: 'Discounts', zh: '优惠折扣' } },
  GIFT: { label: { en: 'Gifts', zh: '礼品' } },
  CUSTOM_PRODUCT: { label: { en: 'Tailored products', zh: '定制产品' } },
  HOTLINE_ALL_YEAR: {
    label: { en: 'Hotline, all day, 365 days a year', zh: '全年 365 天全天候热线' },
    description: { en: 'Answered at any hour, on holidays too.', zh: '节假日亦随时接听。' },
  },
  PRIORITY_PURCHASE: { label: { en: 'Priority purchase', zh: '优先购买' } },
  DEDICATED_MAILBOX: { label: { en: 'Dedicated mailbox', zh: '专属邮箱' } },
  RECEPTION_CHANNEL: { label: { en: 'VIP reception', zh: 'VIP接待' } },
} as const satisfies Readonly<Record<string, BenefitDeclaration>>;

type Scheme = SchemeDeclaration<keyof typeof metrics, keyof typeof parameters, keyof typeof benefits>;

const REGISTERED: readonly (keyof typeof benefits)[] = [
  'DEDICATED_MANAGER',
  'EXCLUSIVE_EVENT',
  'DISCOUNT',
  'GIFT',
  'CUSTOM_PRODUCT',
];

/** A tier of registered key accounts: the form was filed after the company's recognition, and the spending is there. */
function registeredFrom(key: 'registeredGoldFrom' | 'registeredPlatinumFrom' | 'registeredDiamondFrom') {
  return all(isOneOf('registration', ['REGISTERED']), atLeast('ANNUAL_SPEND', parameter(key)));
}

/** Of several schemes for one kind of customer, the first is taken where none is named. */
export const schemes = {
  membership: {
    label: { en: 'VIP membership', zh: 'VIP会员' },
    customerKinds: ['INDIVIDUAL'],
    tiers: {
      GOLD_MEDAL: { label: { en: 'Gold-medal customer', zh: '金牌客户' }, rank: 5 },
      A: { label: { en: 'Class A', zh: 'A类会员' }, rank: 4 },
      B: { label: { en: 'Class B', zh: 'B类会员' }, rank: 3 },
      C: { label: { en: 'Class C', zh: 'C类会员' }, rank: 2 },
      D: { label: { en: 'Class D', zh: 'D类会员' }, rank: 1 },
    },
    metrics: ['ANNUAL_SPEND', 'PURCHASE_COUNT_1Y'],
    rule: bands('ANNUAL_SPEND', [
      { tier: 'GOLD_MEDAL', from: parameter('goldMedalFrom') },
      { tier: 'A', from: parameter('x') },
      { tier: 'B', from: parameter('x1') },
      { tier: 'C', from: parameter('x2') },
      { tier: 'D', from: 0 },
    ]),
  },
  'registered-key-account': {
    label: { en: 'Registered key account', zh: '注册VIP大客户' },
    customerKinds: ['INSTITUTION', 'INDIVIDUAL'],
    tiers: {
      DIAMOND: { label: { en: 'Diamond', zh: '钻石' }, rank: 3, benefits: REGISTERED },
      PLATINUM: { label: { en: 'Platinum', zh: '白金' }, rank: 2, benefits: REGISTERED },
      GOLD: { label: { en: 'Gold', zh: '黄金' }, rank: 1, benefits: REGISTERED },
    },
    metrics: ['ANNUAL_SPEND', 'LOYALTY'],
    rule: conditions([
      { tier: 'DIAMOND', when: registeredFrom('registeredDiamondFrom') },
      { tier: 'PLATINUM', when: registeredFrom('registeredPlatinumFrom') },
      { tier: 'GOLD', when: registeredFrom('registeredGoldFrom') },
    ]),
    // "Periodically": a year is ours.
    reviewMonths: 12,
  },
  hotel: {
    label: { en: 'Hotel VIP', zh: '酒店VIP' },
    customerKinds: ['INDIVIDUAL'],
    tiers: {
      VA: { label: { en: 'VA', zh: 'VA级' }, rank: 4, benefits: ['RECEPTION_CHANNEL'], byRequest: true },
      VB: { label: { en: 'VB', zh: 'VB级' }, rank: 3, benefits: ['RECEPTION_CHANNEL'], byRequest: true },
      VC: { label: { en: 'VC', zh: 'VC级' }, rank: 2, benefits: ['RECEPTION_CHANNEL'], byRequest: true },
      VD: { label: { en: 'VD', zh: 'VD级' }, rank: 1, benefits: ['RECEPTION_CHANNEL'] },
    },
    metrics: ['FULL_PRICE_LUXURY_STAYS', 'FULL_PRICE_STAYS', 'STAYS'],
    // VA to VC come from a request and its approver, as a grade exception; only VD can be earned by stays.
    rule: conditions([
      { tier: 'VD', when: any(atLeast('FULL_PRICE_LUXURY_STAYS', 3), atLeast('FULL_PRICE_STAYS', 10)) },
    ]),
  },
  'value-band': {
    label: { en: 'Value band', zh: '客户价值分级' },
    customerKinds: ['INDIVIDUAL', 'INSTITUTION'],
    tiers: {
      HIGH: { label: { en: 'High value, key attention', zh: '高价值（重点关注）' }, rank: 3 },
      MEDIUM: { label: { en: 'Medium value, general', zh: '中等价值（一般）' }, rank: 2 },
      LOW: { label: { en: 'Low value, marginal', zh: '低价值（边缘）' }, rank: 1 },
    },
    metrics: ['CONTRIBUTION'],
    rule: bands('CONTRIBUTION', [
      { tier: 'HIGH', from: parameter('v1') },
      { tier: 'MEDIUM', from: parameter('v2') },
      { tier: 'LOW', from: 0 },
    ]),
  },
  abc: {
    label: { en: 'A/B/C classes', zh: 'ABC分类' },
    customerKinds: ['INDIVIDUAL', 'INSTITUTION'],
    tiers: {
      A: { label: { en: 'Class A', zh: 'A类' }, rank: 3 },
      B: { label: { en: 'Class B', zh: 'B类' }, rank: 2 },
      C: { label: { en: 'Class C', zh: 'C类' }, rank: 1 },
    },
    metrics: ['CONTRIBUTION'],
    rule: bands('CONTRIBUTION', [
      { tier: 'A', from: parameter('classAFrom') },
      { tier: 'B', from: parameter('classBFrom') },
      { tier: 'C', from: 0 },
    ]),
  },
  // Spending, loyalty and behaviour identify a premium customer; their weights and the score are blank.
  premium: {
    label: { en: 'Premium customer', zh: '高端客户' },
    customerKinds: ['INDIVIDUAL', 'INSTITUTION'],
    tiers: {
      PREMIUM: {
        label: { en: 'Premium', zh: '高端客户' },
        rank: 1,
        benefits: [
          'DEDICATED_MANAGER',
          'EXCLUSIVE_EVENT',
          'PRIORITY_PURCHASE',
          'HOTLINE_ALL_YEAR',
          'DEDICATED_MAILBOX',
        ],
      },
    },
    metrics: ['ANNUAL_SPEND', 'LOYALTY', 'PURCHASE_COUNT_1Y'],
    rule: scorecard({
      indicators: [
        {
          key: 'SPENDING',
          label: { en: 'Spending level', zh: '消费水平' },
          weight: parameter('premiumSpendingWeight'),
          score: { judged: true },
        },
        {
          key: 'LOYALTY',
          label: { en: 'Brand loyalty', zh: '品牌忠诚度' },
          weight: parameter('premiumLoyaltyWeight'),
          score: { judged: true },
        },
        {
          key: 'BEHAVIOUR',
          label: { en: 'Spending behaviour', zh: '消费行为' },
          weight: parameter('premiumBehaviourWeight'),
          score: { judged: true },
        },
      ],
      bands: [
        { from: parameter('premiumFrom'), result: 'MAINTAIN', tier: 'PREMIUM' },
        { from: 0, result: 'IMPROVE' },
      ],
    }),
  },
} satisfies Readonly<Record<string, Scheme>>;
