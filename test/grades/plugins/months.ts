import {
  atLeast,
  bands,
  conditions,
  Decimal,
  decimalParameter,
  definePolicy,
  parameter,
} from '../../../server/engine/policy/contract.ts';

/**
 * The shape of a bank's monthly tiers: a better tier begins next month, the first month below puts the customer under watch,
 * three months below (six for private banking) demote to the last month's tier. And of an operator's points: one a yuan and
 * for tenure, less one hundred for each stop for arrears, at most 500 less, valid for 12 months.
 */
export default definePolicy({
  id: 'months',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Months', zh: '月度' },
  businessLine: true,
  access: 'CENTRAL',
  timeZone: 'Asia/Shanghai',
  parameters: {
    goldFrom: {
      schema: decimalParameter(),
      source: 'test',
      default: '500000',
      description: { en: 'Gold from', zh: '金卡起点' },
    },
    privateFrom: {
      schema: decimalParameter(),
      source: 'test',
      default: '6000000',
      description: { en: 'Private from', zh: '私行起点' },
    },
  },
  metrics: {
    MONTHLY_AVERAGE: { label: { en: 'Monthly average', zh: '月日均' }, unit: 'CNY' },
    TENURE_YEARS: { label: { en: 'Tenure', zh: '网龄' }, unit: 'years' },
    SPEND: { label: { en: 'Spend', zh: '消费' }, unit: 'CNY' },
    ARREARS_STOPS: { label: { en: 'Stops for arrears', zh: '欠费停机次数' }, unit: 'count' },
  },
  schemes: {
    monthly: {
      label: { en: 'Monthly', zh: '月度' },
      customerKinds: ['INDIVIDUAL'],
      tiers: {
        GOLD: { label: { en: 'Gold', zh: '金卡' }, rank: 1 },
        PRIVATE: { label: { en: 'Private banking', zh: '私人银行' }, rank: 2 },
      },
      rule: bands('MONTHLY_AVERAGE', [
        { tier: 'PRIVATE', from: parameter('privateFrom') },
        { tier: 'GOLD', from: parameter('goldFrom') },
      ]),
      lifeCycle: { promotion: 'NEXT_MONTH', missesBeforeDemotion: { GOLD: 3, PRIVATE: 6 } },
    },
    points: {
      label: { en: 'Points', zh: '积分' },
      customerKinds: ['INSTITUTION'],
      tiers: { STAR: { label: { en: 'Star', zh: '星级' }, rank: 1 } },
      rule: conditions([{ tier: 'STAR', when: atLeast('SPEND', 1000) }]),
      lifeCycle: { validMonths: 12 },
    },
  },
  answers: {
    grade: ({ scheme, metrics }) => {
      if (scheme !== 'points') return undefined;
      const of = (key: 'TENURE_YEARS' | 'SPEND' | 'ARREARS_STOPS') => new Decimal(metrics[key]?.value ?? 0);
      const lost = Decimal.min(of('ARREARS_STOPS').times(100), 500);
      const points = of('TENURE_YEARS').times(10).plus(of('SPEND').floor()).minus(lost);
      const because = { en: `${points.toFixed()} points.`, zh: `${points.toFixed()} 积分。` };
      const reached = points.gte(1000);
      return {
        answer: {
          tier: reached ? 'STAR' : null,
          eligible: reached,
          total: points.toFixed(),
          indicators: [],
          reasons: [{ code: 'POINTS', text: because }],
          missing: [],
        },
        because,
      };
    },
  },
  ticketTypes: { COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } } },
});
