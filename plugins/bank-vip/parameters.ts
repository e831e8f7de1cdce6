import {
  Decimal,
  decimalParameter,
  type ParameterDeclaration,
  type ParametersOf,
  type Text,
  z,
} from '../../server/engine/policy/contract.ts';

const money = decimalParameter({ min: 0 });
const points = decimalParameter({ min: 0 });
const count = z.number().int().positive();

/** The zone in which its days begin and end. */
export const timeZone = 'Asia/Shanghai';

/** What an operator sets. A blank one has no value until then; `ours` marks defaults that the sources do not state. */
export const parameters = {
  anomalyDeviations: {
    schema: z.number().positive().max(100),
    source: 'S04-bank-cm-regulations',
    default: 3,
    ours: true,
    description: {
      en: 'Standard deviations from what was usual beyond which a transaction is abnormal',
      zh: '交易偏离以往多少个标准差视为异常',
    },
  },
  personalGoldFrom: {
    schema: money,
    source: 'S03-bank-personal-vip',
    description: { en: 'Total balance from which a personal customer is gold, CNY', zh: '个人金卡所需总余额（元）' },
  },
  personalPlatinumFrom: {
    schema: money,
    source: 'S03-bank-personal-vip',
    description: {
      en: 'Total balance from which a personal customer is platinum, CNY',
      zh: '个人白金卡所需总余额（元）',
    },
  },
  personalDiamondFrom: {
    schema: money,
    source: 'S03-bank-personal-vip',
    description: {
      en: 'Total balance from which a personal customer is diamond, CNY',
      zh: '个人钻石卡所需总余额（元）',
    },
  },
  branchDepositFrom: {
    schema: money,
    source: 'S03-bank-branch-vip',
    description: {
      en: 'Daily average deposit from which a customer is a branch VIP, CNY',
      zh: '分行贵宾客户所需日均存款（元）',
    },
  },
  branchTransactionsFrom: {
    schema: money,
    source: 'S03-bank-branch-vip',
    description: {
      en: 'Transactions a year from which a customer is a branch VIP, CNY',
      zh: '分行贵宾客户所需年交易额（元）',
    },
  },
  ruralDemandDepositFrom: {
    schema: money,
    source: 'S03-rural-credit-vip',
    default: '50000',
    description: {
      en: 'Monthly average demand deposit over one year from which a customer is a rural credit VIP, CNY',
      zh: '信用社VIP客户所需活期存款一年月均余额（元）',
    },
  },
  ruralTimeDepositFrom: {
    schema: money,
    source: 'S03-rural-credit-vip',
    default: '100000',
    description: {
      en: 'Real-time time deposit from which a customer is a rural credit VIP, CNY',
      zh: '信用社VIP客户所需定期存款实时余额（元）',
    },
  },
  realtimeBalanceDays: {
    schema: count,
    source: 'S03-rural-credit-vip',
    description: {
      en: 'Days after which a real-time balance counts as missing; blank: at no age',
      zh: '实时余额超过多少天视为缺失；未设则不限',
    },
  },
  depositWeight: {
    schema: points,
    source: 'S02-forms',
    default: '40',
    ours: true,
    description: {
      en: 'Weight of deposits in the relationship assessment, per cent',
      zh: '客户关系评估中存款的权重（%）',
    },
  },
  productUseWeight: {
    schema: points,
    source: 'S02-forms',
    default: '35',
    ours: true,
    description: {
      en: 'Weight of product use in the relationship assessment, per cent',
      zh: '客户关系评估中产品使用的权重（%）',
    },
  },
  satisfactionWeight: {
    schema: points,
    source: 'S02-forms',
    default: '25',
    ours: true,
    description: {
      en: 'Weight of satisfaction in the relationship assessment, per cent',
      zh: '客户关系评估中满意度的权重（%）',
    },
  },
  maintainFrom: {
    schema: points,
    source: 'S02-forms',
    default: '80',
    ours: true,
    description: { en: 'Total score from which the relationship is maintained', zh: '维持关系所需总得分' },
  },
  improveFrom: {
    schema: points,
    source: 'S02-forms',
    default: '50',
    ours: true,
    description: {
      en: 'Total score from which the relationship is improved; below, it is terminated',
      zh: '改进关系所需总得分，低于此分终止关系',
    },
  },
  specialistLimit: {
    schema: money,
    source: 'S01-bank-relationship-dept',
    default: '10000',
    ours: true,
    description: { en: 'Expense below which a specialist decides, CNY', zh: '专员审批费用上限（不含，元）' },
  },
  managerLimit: {
    schema: money,
    source: 'S01-bank-relationship-dept',
    default: '50000',
    ours: true,
    description: {
      en: 'Expense up to which a manager decides; above, the CEO, CNY',
      zh: '经理审批费用上限（含，元），超过由CEO审批',
    },
  },
  cumulationDays: {
    schema: count,
    source: 'S01-bank-relationship-dept',
    description: {
      en: "Days within which a customer's expenses add up; blank: those of the calendar year",
      zh: '同一客户费用累计计算的天数；未设则按自然年累计',
    },
  },
  approvalHours: {
    schema: count,
    source: 'S01-bank-relationship-dept',
    description: {
      en: 'Hours within which each step of an approval is decided; blank: no limit',
      zh: '每一审批环节的时限（小时）；未设则不限',
    },
  },
  ratifyWithinDays: {
    schema: count,
    source: 'S01-bank-relationship-dept',
    default: 3,
    ours: true,
    description: {
      en: 'Days within which an emergency action is approved afterwards',
      zh: '紧急处置后补办审批的期限（天）',
    },
  },
  minutesHours: {
    schema: count,
    source: 'S01-bank-relationship-dept',
    default: 24,
    ours: true,
    description: { en: 'Hours after a meeting within which its minutes are filed', zh: '会议纪要提交时限（小时）' },
  },
  disputeDays: {
    schema: count,
    source: 'S01-bank-relationship-dept',
    default: 15,
    ours: true,
    description: { en: 'Days within which an internal dispute is settled', zh: '内部争议解决期限（天）' },
  },
  atOnceMinutes: {
    schema: count,
    source: 'S02-phone-callback',
    default: 30,
    ours: true,
    description: { en: 'Minutes that "at once" gives for a callback', zh: '“立即”回访的时限（分钟）' },
  },
  callbackHours: {
    schema: count,
    source: 'S02-phone-callback',
    default: 24,
    ours: true,
    description: {
      en: 'Hours within which a customer is called after the solution, or with an answer that was left open',
      zh: '问题解决后回访或答复遗留问题的时限（小时）',
    },
  },
  careLeadDays: {
    schema: count,
    source: 'S02-maintenance-measures',
    default: 7,
    ours: true,
    description: { en: 'Days before a holiday at which its greeting is planned', zh: '节日问候提前安排的天数' },
  },
  roundVisitMonths: {
    schema: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(6), z.literal(12)]),
    source: 'S02-maintenance-measures',
    default: 3,
    ours: true,
    description: {
      en: 'Months of the calendar period in which each customer is visited once',
      zh: '普遍走访周期（月）',
    },
  },
  complaintSpikePercent: {
    schema: count,
    source: 'S01-bank-relationship-dept',
    default: 50,
    ours: true,
    description: {
      en: 'Per cent above the mean of three weeks at which the complaints of a week raise an alert',
      zh: '周投诉量高于前三周均值的预警比例（%）',
    },
  },
  monthlyResolutionPercent: {
    schema: z.number().min(0).max(100),
    source: 'S01-bank-relationship-dept',
    default: 90,
    ours: true,
    description: {
      en: "Per cent of a specialist's issues of a month that are resolved for the month to be on target",
      zh: '专员当月问题解决率达标线（%）',
    },
  },
  postLoanMonths: {
    schema: count,
    source: 'S04-cm-compilation',
    default: 3,
    ours: true,
    description: { en: 'Months between post-loan inspections', zh: '贷后检查间隔（月）' },
  },
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

export type Parameters = ParametersOf<typeof parameters>;

/** Pairs of which the first has to be below the second. */
const ASCENDING = [
  ['personalGoldFrom', 'personalPlatinumFrom'],
  ['personalPlatinumFrom', 'personalDiamondFrom'],
  ['personalGoldFrom', 'personalDiamondFrom'],
  ['improveFrom', 'maintainFrom'],
  ['specialistLimit', 'managerLimit'],
] as const;

/** What is contradictory among the parameters that are set. */
export function checkParameters(given: Partial<Parameters>): { path: string; message: Text }[] {
  const issues: { path: string; message: Text }[] = ASCENDING.flatMap(([low, high]) => {
    const [lower, upper] = [given[low], given[high]];
    if (lower === undefined || upper === undefined || new Decimal(lower).lt(upper)) return [];
    return [{ path: low, message: { en: `is not below ${high}`, zh: `应低于 ${high}` } }];
  });
  const weights = [given.depositWeight, given.productUseWeight, given.satisfactionWeight];
  if (weights.every((weight) => weight !== undefined) && !Decimal.sum(...weights).eq(100)) {
    const message = { en: 'does not sum to 100 with the other weights', zh: '与其他权重之和不等于100' };
    issues.push({ path: 'depositWeight', message });
  }
  return issues;
}
