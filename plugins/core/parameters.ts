import {
  Decimal,
  decimalParameter,
  type ParameterDeclaration,
  type ParametersOf,
  type Text,
  z,
} from '../../server/engine/policy/contract.ts';

const amount = decimalParameter({ min: 0 });
const points = decimalParameter({ min: 0 });
const hoursParameter = z.number().positive().max(8760);
const count = z.number().int().positive();
const period = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(6), z.literal(12)]);

/** The zone in which its days begin and end. */
export const timeZone = 'Asia/Shanghai';

/** What an operator sets. Thresholds that the sources leave blank stay blank: who needs one answers "not configured". */
export const parameters = {
  goldMedalFrom: {
    schema: amount,
    source: 'S03-vip-membership',
    description: {
      en: 'Yearly average spend from which a class A member is a gold-medal customer, CNY',
      zh: '金牌客户所需年均消费（元）',
    },
  },
  x: {
    schema: amount,
    source: 'S03-vip-membership',
    description: {
      en: 'X: yearly average spend from which a member is class A, CNY',
      zh: 'X：A类会员所需年均消费（元）',
    },
  },
  x1: {
    schema: amount,
    source: 'S03-vip-membership',
    description: {
      en: 'X1: yearly average spend from which a member is class B, CNY',
      zh: 'X1：B类会员所需年均消费（元）',
    },
  },
  x2: {
    schema: amount,
    source: 'S03-vip-membership',
    description: {
      en: 'X2: yearly average spend from which a member is class C, CNY',
      zh: 'X2：C类会员所需年均消费（元）',
    },
  },
  registeredGoldFrom: {
    schema: amount,
    source: 'S03-registered-key-account',
    description: {
      en: 'Yearly spend from which a registered key account is gold, CNY',
      zh: '注册大客户黄金级所需年消费（元）',
    },
  },
  registeredPlatinumFrom: {
    schema: amount,
    source: 'S03-registered-key-account',
    description: {
      en: 'Yearly spend from which a registered key account is platinum, CNY',
      zh: '注册大客户白金级所需年消费（元）',
    },
  },
  registeredDiamondFrom: {
    schema: amount,
    source: 'S03-registered-key-account',
    description: {
      en: 'Yearly spend from which a registered key account is diamond, CNY',
      zh: '注册大客户钻石级所需年消费（元）',
    },
  },
  v1: {
    schema: amount,
    source: 'S00-enterprise-tips',
    description: {
      en: 'V1: contribution from which a customer is of high value, points',
      zh: 'V1：高价值客户所需贡献度（分）',
    },
  },
  v2: {
    schema: amount,
    source: 'S00-enterprise-tips',
    description: {
      en: 'V2: contribution from which a customer is of medium value, points',
      zh: 'V2：中等价值客户所需贡献度（分）',
    },
  },
  classAFrom: {
    schema: amount,
    source: 'S04-cm-generic-abc',
    description: { en: 'Contribution from which a customer is class A, points', zh: 'A类客户所需贡献度（分）' },
  },
  classBFrom: {
    schema: amount,
    source: 'S04-cm-generic-abc',
    description: { en: 'Contribution from which a customer is class B, points', zh: 'B类客户所需贡献度（分）' },
  },
  premiumSpendingWeight: {
    schema: points,
    source: 'S03-premium-customer',
    description: { en: 'Weight of the spending level of a premium customer', zh: '高端客户消费水平权重' },
  },
  premiumLoyaltyWeight: {
    schema: points,
    source: 'S03-premium-customer',
    description: { en: 'Weight of the brand loyalty of a premium customer', zh: '高端客户品牌忠诚度权重' },
  },
  premiumBehaviourWeight: {
    schema: points,
    source: 'S03-premium-customer',
    description: { en: 'Weight of the spending behaviour of a premium customer', zh: '高端客户消费行为权重' },
  },
  premiumFrom: {
    schema: points,
    source: 'S03-premium-customer',
    description: { en: 'Score from which a customer is premium', zh: '高端客户所需得分' },
  },
  answerHours: {
    schema: hoursParameter,
    source: 'S00-generic-service',
    default: 9,
    ours: true,
    description: {
      en: 'Office hours within which a request is answered; nine are one working day',
      zh: '客户请求的答复时限（工作小时，9 小时为一个工作日）',
    },
  },
  solutionHours: {
    schema: hoursParameter,
    source: 'S00-generic-service',
    default: 27,
    ours: true,
    description: {
      en: 'Office hours within which a request is solved',
      zh: '客户请求的解决时限（工作小时）',
    },
  },
  correctivePlanHours: {
    schema: count,
    source: 'S03-vip-reception',
    default: 48,
    ours: true,
    description: {
      en: "R: hours within which a VIP's complaint has a corrective plan",
      zh: 'R：VIP投诉整改方案的时限（小时）',
    },
  },
  adjustmentDays: {
    schema: count,
    source: 'S04-key-account-cm-a',
    default: 3,
    ours: true,
    description: {
      en: 'Days within which the strategy is adjusted after dissatisfaction',
      zh: '客户不满意后调整策略的时限（天）',
    },
  },
  visitsPerMonth: {
    schema: count,
    source: 'S04-enterprise-cm',
    default: 10,
    description: {
      en: 'Customers whom a manager visits in a month, at least',
      zh: '客户经理每月至少拜访客户数',
    },
  },
  receptionArchiveDays: {
    schema: count,
    source: 'S03-hotel-vip-reception',
    description: {
      en: 'Days within which the material of a reception is archived',
      zh: '接待资料归档的时限（天）',
    },
  },
  followUpWorkingDays: {
    schema: count,
    source: 'S00-generic-service',
    default: 2,
    ours: true,
    description: {
      en: 'Working days after which a problem that is not solved is followed up again',
      zh: '未解决问题的跟进间隔（工作日）',
    },
  },
  staleArchiveDays: {
    schema: count,
    source: 'S04-company-cm-daily',
    default: 180,
    ours: true,
    description: {
      en: 'U: days after which an archive that nobody touched is stale',
      zh: 'U：客户档案未更新视为过期的天数',
    },
  },
  highValueVisitMonths: {
    schema: period,
    source: 'S04-cm-system',
    default: 1,
    ours: true,
    description: {
      en: 'I: months of the calendar period in which a high-value customer is visited',
      zh: 'I：高价值客户拜访周期（月）',
    },
  },
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

export type Parameters = ParametersOf<typeof parameters>;

/** Pairs of which the first has to be below the second, or a tier between them is never reached. */
const ASCENDING = [
  ['x', 'goldMedalFrom'],
  ['x1', 'x'],
  ['x2', 'x1'],
  ['x2', 'x'],
  ['registeredGoldFrom', 'registeredPlatinumFrom'],
  ['registeredPlatinumFrom', 'registeredDiamondFrom'],
  ['registeredGoldFrom', 'registeredDiamondFrom'],
  ['v2', 'v1'],
  ['classBFrom', 'classAFrom'],
] as const;

/** What is contradictory among the thresholds and limits that are set. */
export function checkParameters(given: Partial<Parameters>): { path: string; message: Text }[] {
  const { answerHours, solutionHours } = given;
  const isLong = answerHours !== undefined && solutionHours !== undefined && answerHours > solutionHours;
  const late = { path: 'answerHours', message: { en: 'is longer than solutionHours', zh: '长于 solutionHours' } };
  return [...(isLong ? [late] : []), ...contradictions(given)];
}

function contradictions(given: Partial<Parameters>): { path: string; message: Text }[] {
  return ASCENDING.flatMap(([low, high]) => {
    const [lower, upper] = [given[low], given[high]];
    if (lower === undefined || upper === undefined || new Decimal(lower).lt(upper)) return [];
    return [{ path: low, message: { en: `is not below ${high}`, zh: `应低于 ${high}` } }];
  });
}
