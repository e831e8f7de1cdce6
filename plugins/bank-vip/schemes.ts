import {
  annualList,
  any,
  atLeast,
  type BenefitDeclaration,
  bands,
  conditions,
  type MetricDeclaration,
  parameter,
  type SchemeDeclaration,
  scorecard,
} from '../../server/engine/policy/contract.ts';
import type { parameters } from './parameters.ts';

/** Figures of one customer number, which holds all of a customer's accounts. */
export const metrics = {
  TOTAL_BALANCE: { label: { en: 'Total balance', zh: '总余额' }, unit: 'CNY' },
  DEMAND_DEPOSIT_MONTHLY_AVG_1Y: {
    label: { en: 'Demand deposit, monthly average over one year', zh: '活期存款一年月均余额' },
    unit: 'CNY',
    description: { en: 'The average of the year, not the balance of a day.', zh: '一年内的月均余额，而非某日余额。' },
  },
  TIME_DEPOSIT_REALTIME: {
    label: { en: 'Time deposit, real-time balance', zh: '定期存款实时余额' },
    unit: 'CNY',
    description: { en: 'The balance now, not an average.', zh: '当前实时余额，而非平均余额。' },
    staleAfter: 'realtimeBalanceDays',
  },
  DAILY_AVG_DEPOSIT: { label: { en: 'Daily average deposit', zh: '日均存款' }, unit: 'CNY' },
  DAILY_AVG_LOAN: { label: { en: 'Daily average loan', zh: '日均贷款' }, unit: 'CNY' },
  TRANSACTION_AMOUNT: { label: { en: 'Transactions of a year', zh: '年交易额' }, unit: 'CNY', watched: true },
  SETTLEMENT_USE: { label: { en: 'Use of settlement products', zh: '结算产品使用' }, unit: 'count' },
  WEALTH_USE: { label: { en: 'Use of wealth products', zh: '理财产品使用' }, unit: 'count' },
  LOYALTY: { label: { en: 'Loyalty', zh: '忠诚度' }, unit: 'points' },
  CONTRIBUTION: { label: { en: 'Contribution', zh: '贡献度' }, unit: 'points' },
  GROWTH: { label: { en: 'Growth', zh: '成长性' }, unit: 'points' },
  ACTIVITY: { label: { en: 'Activity', zh: '活跃度' }, unit: 'points' },
  CREDITWORTHINESS: { label: { en: 'Creditworthiness', zh: '信用状况' }, unit: 'points', watched: true },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

export const benefits = {
  VIP_CARD: { label: { en: 'VIP card', zh: 'VIP贵宾卡' } },
  PRIORITY_HALL: { label: { en: 'Priority and preferential service', zh: '优先优惠服务' } },
  DEDICATED_MANAGER: {
    label: { en: 'Customer manager', zh: '客户经理' },
    description: {
      en: "The outlet's full- or part-time customer manager keeps the file and serves the customer.",
      zh: '由网点专职或兼职客户经理建档并提供服务。',
    },
  },
} as const satisfies Readonly<Record<string, BenefitDeclaration>>;

type Scheme = SchemeDeclaration<keyof typeof metrics, keyof typeof parameters, keyof typeof benefits>;

/** Of several schemes for one kind of customer, the first is taken where none is named. */
export const schemes = {
  personal: {
    label: { en: 'Personal VIP card', zh: '个人VIP卡' },
    customerKinds: ['INDIVIDUAL'],
    tiers: {
      DIAMOND: { label: { en: 'Diamond card', zh: '钻石卡' }, rank: 3, benefits: ['VIP_CARD'] },
      PLATINUM: { label: { en: 'Platinum card', zh: '白金卡' }, rank: 2, benefits: ['VIP_CARD'] },
      GOLD: { label: { en: 'Gold card', zh: '金卡' }, rank: 1, benefits: ['VIP_CARD'] },
    },
    metrics: ['TOTAL_BALANCE', 'CREDITWORTHINESS', 'CONTRIBUTION'],
    rule: bands('TOTAL_BALANCE', [
      { tier: 'DIAMOND', from: parameter('personalDiamondFrom') },
      { tier: 'PLATINUM', from: parameter('personalPlatinumFrom') },
      { tier: 'GOLD', from: parameter('personalGoldFrom') },
    ]),
    needsConsent: true,
    // Real-name rules apply to personal cards (S03-bank-personal-vip, A-025).
    needsRealName: 'realNameVerified',
  },
  branch: {
    label: { en: 'Branch VIP', zh: '分行VIP贵宾客户' },
    customerKinds: ['INDIVIDUAL'],
    tiers: {
      VIP: {
        label: { en: 'VIP', zh: 'VIP贵宾客户' },
        rank: 1,
        benefits: ['VIP_CARD', 'PRIORITY_HALL', 'DEDICATED_MANAGER'],
      },
    },
    metrics: ['DAILY_AVG_DEPOSIT', 'TRANSACTION_AMOUNT', 'ACTIVITY', 'CREDITWORTHINESS', 'LOYALTY', 'CONTRIBUTION'],
    rule: conditions([
      {
        tier: 'VIP',
        when: any(
          atLeast('DAILY_AVG_DEPOSIT', parameter('branchDepositFrom')),
          atLeast('TRANSACTION_AMOUNT', parameter('branchTransactionsFrom')),
        ),
      },
    ]),
    needsConsent: true,
  },
  'rural-credit': {
    label: { en: 'Rural credit union VIP', zh: '信用社个人VIP客户' },
    customerKinds: ['INDIVIDUAL'],
    tiers: { VIP: { label: { en: 'VIP', zh: 'VIP客户' }, rank: 1, benefits: ['VIP_CARD', 'DEDICATED_MANAGER'] } },
    metrics: ['DEMAND_DEPOSIT_MONTHLY_AVG_1Y', 'TIME_DEPOSIT_REALTIME'],
    rule: conditions([
      {
        tier: 'VIP',
        when: any(
          atLeast('DEMAND_DEPOSIT_MONTHLY_AVG_1Y', parameter('ruralDemandDepositFrom')),
          atLeast('TIME_DEPOSIT_REALTIME', parameter('ruralTimeDepositFrom')),
        ),
      },
    ]),
    needsConsent: true,
  },
  corporate: {
    label: { en: 'Corporate VIP', zh: '对公VIP客户' },
    customerKinds: ['INSTITUTION'],
    tiers: {
      PRESTIGE: { label: { en: 'Prestige', zh: '尊崇级' }, rank: 4 },
      DIAMOND: { label: { en: 'Diamond', zh: '钻石级' }, rank: 3 },
      PLATINUM: { label: { en: 'Platinum', zh: '白金级' }, rank: 2 },
      GOLD: { label: { en: 'Gold', zh: '金级' }, rank: 1 },
    },
    metrics: ['DAILY_AVG_DEPOSIT', 'LOYALTY', 'CONTRIBUTION', 'GROWTH'],
    // Head office fixes the list every year; the four indicators are what it is fixed by.
    rule: annualList(['DAILY_AVG_DEPOSIT', 'LOYALTY', 'CONTRIBUTION', 'GROWTH']),
    reviewMonths: 12,
  },
  relationship: {
    label: { en: 'Relationship assessment', zh: '客户关系评估' },
    customerKinds: ['INDIVIDUAL', 'INSTITUTION'],
    // The form recommends what to do with the relationship; the grades that it leaves room for are not stated.
    tiers: {},
    metrics: ['DAILY_AVG_DEPOSIT', 'DAILY_AVG_LOAN', 'SETTLEMENT_USE', 'WEALTH_USE'],
    rule: scorecard({
      indicators: [
        {
          key: 'DEPOSIT',
          label: { en: 'Deposits', zh: '存款' },
          weight: parameter('depositWeight'),
          score: { judged: true },
        },
        {
          key: 'PRODUCT_USE',
          label: { en: 'Product use', zh: '产品使用' },
          weight: parameter('productUseWeight'),
          score: { judged: true },
        },
        {
          key: 'SATISFACTION',
          label: { en: 'Satisfaction', zh: '满意度' },
          weight: parameter('satisfactionWeight'),
          score: { judged: true },
        },
      ],
      bands: [
        { from: parameter('maintainFrom'), result: 'MAINTAIN' },
        { from: parameter('improveFrom'), result: 'IMPROVE' },
        { from: 0, result: 'TERMINATE' },
      ],
    }),
  },
} satisfies Readonly<Record<string, Scheme>>;
