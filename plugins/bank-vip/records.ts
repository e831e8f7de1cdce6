import {
  type Because,
  Decimal,
  field,
  type GuardFacts,
  type GuardOffer,
  periodOf,
  type ReactFacts,
  type ReactOffer,
  type RecordDeclaration,
  record,
  refuse,
  step,
  z,
} from '../../server/engine/policy/contract.ts';
import type { Parameters } from './parameters.ts';

const BY_SUPERIORS = ['SUPERIOR', 'HR'];
const MANAGERS = ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE'];
const period = field.day({ en: 'A day of the period', zh: '考核期间（其中一天）' });
const remarks = field.text({ en: 'Remarks', zh: '评语' }).optional();
/** What a customer manager of the bank is assessed by. */
const dimensions = {
  performance: field.score({ en: 'Performance', zh: '业绩' }),
  satisfaction: field.score({ en: 'Customer satisfaction', zh: '客户满意度' }),
  productSales: field.score({ en: 'Product sales', zh: '产品销售' }),
  remarks,
};

/** The people's file: assessments, checks, trainings, awards. */
const people = {
  MONTHLY_ASSESSMENT: record({
    label: { en: 'Assessment of a customer manager, of a month', zh: '客户经理月度考核' },
    source: 'S04-bank-cm-post',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({ period, ...dimensions }),
  }),
  QUARTERLY_ASSESSMENT: record({
    label: { en: 'Assessment of a customer manager, of a quarter', zh: '客户经理季度考核' },
    source: 'S04-bank-cm-post',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({ period, ...dimensions }),
  }),
  // Unannounced ones stand apart from both.
  UNANNOUNCED_CHECK: record({
    label: { en: 'Unannounced check', zh: '不定期抽查' },
    source: 'S04-bank-cm-post',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      attitude: field.score({ en: 'Attitude', zh: '服务态度' }),
      quality: field.score({ en: 'Quality of service', zh: '服务质量' }),
      compliance: field.score({ en: 'Compliance', zh: '合规情况' }),
      remarks,
    }),
  }),
  SELF_ASSESSMENT: record({
    label: { en: 'Self-assessment of the month', zh: '月度自评' },
    source: 'S01-bank-relationship-dept',
    about: 'PERSON',
    startedBy: ['SUBJECT'],
    fields: z.object({
      period,
      done: field.text({ en: 'What was done', zh: '工作完成情况' }, 4000),
      score: field.score({ en: 'Own score', zh: '自评得分' }),
    }),
  }),
  SUPERIOR_ASSESSMENT: record({
    label: { en: "Superior's assessment of the quarter", zh: '季度上级评价' },
    source: 'S01-bank-relationship-dept',
    about: 'PERSON',
    startedBy: ['SUPERIOR'],
    fields: z.object({
      period,
      data: field.text({ en: 'The figures that it rests on', zh: '评价依据（真实数据）' }, 4000),
      score: field.score({ en: 'Score', zh: '得分' }),
    }),
  }),
  COMPLIANCE_TRAINING: record({
    label: { en: 'Compliance training attended', zh: '参加合规培训' },
    source: 'S01-bank-relationship-dept',
    about: 'PERSON',
    startedBy: ['SUBJECT', ...BY_SUPERIORS],
    fields: z.object({
      heldOn: field.day({ en: 'Held', zh: '培训日期' }),
      subject: field.text({ en: 'Subject', zh: '培训主题' }, 200),
    }),
  }),
  TRAINING: record({
    label: { en: 'Training attended', zh: '参加培训' },
    source: 'S01-bank-relationship-dept',
    about: 'PERSON',
    startedBy: ['SUBJECT', ...BY_SUPERIORS],
    fields: z.object({
      form: field.choice({ en: 'Training', zh: '培训类别' }, ['CROSS_DEPARTMENT', 'MAJOR_CHANGE', 'OTHER']),
      heldOn: field.day({ en: 'Held', zh: '培训日期' }),
      subject: field.text({ en: 'Subject', zh: '培训主题' }, 200),
    }),
    figures: { TRAININGS: { label: { en: 'Trainings', zh: '培训次数' }, when: 'START', person: 'SUBJECT' } },
  }),
  AWARD: record({
    label: { en: 'Bonus, promotion or award', zh: '奖金、晋升或奖励' },
    source: 'S01-bank-relationship-dept',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      form: field.choice({ en: 'Form', zh: '方式' }, ['BONUS', 'PROMOTION', 'INNOVATION_AWARD', 'COMMENDATION']),
      reason: field.text({ en: 'Reason', zh: '原因' }),
    }),
  }),
  BREACH: record({
    label: { en: 'Breach of a rule', zh: '违规' },
    source: 'S01-bank-relationship-dept',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      rule: field.text({ en: 'The rule', zh: '制度条款' }),
      happened: field.text({ en: 'What happened', zh: '违规情况' }),
    }),
    steps: [
      step(
        'CORRECTED',
        { en: 'Corrected at once', zh: '立即整改' },
        {
          by: ['SUBJECT', ...BY_SUPERIORS],
          brings: z.object({ measure: field.text({ en: 'Measure', zh: '整改措施' }) }),
        },
      ),
      step('CIRCULATED', { en: 'Circulated', zh: '通报' }, { by: BY_SUPERIORS }),
    ],
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;

/** What concerns customers: abnormal transactions, credit, overdue loans, bad assets. */
const customers = {
  ABNORMAL_TRANSACTION: record({
    label: { en: 'Abnormal transaction', zh: '异常交易' },
    source: 'S04-bank-cm-regulations',
    about: 'CUSTOMER',
    fields: z.object({
      metric: field.text({ en: 'Metric', zh: '指标' }, 64),
      value: field.decimal({ en: 'Value', zh: '数值' }),
      noticedOn: field.day({ en: 'Noticed', zh: '发现日期' }).optional(),
    }),
    steps: [
      step(
        'MEASURE_RECORDED',
        { en: 'Measure recorded', zh: '登记处置措施' },
        {
          brings: z.object({ measure: field.text({ en: 'Measure', zh: '处置措施' }) }),
        },
      ),
    ],
    figures: {
      ABNORMAL_TRANSACTIONS: { label: { en: 'Abnormal transactions', zh: '异常交易数' }, when: 'START' },
    },
  }),
  CREDIT_REQUEST: record({
    label: { en: 'Credit request before the loan', zh: '贷前调查' },
    source: 'S04-cm-compilation',
    about: 'CUSTOMER',
    fields: z.object({
      amount: field.decimal({ en: 'Amount, CNY', zh: '申请金额（元）' }),
      purpose: field.text({ en: 'Purpose', zh: '用途' }),
    }),
    steps: [
      step(
        'CHECKED',
        { en: 'First check', zh: '初审' },
        { brings: z.object({ findings: field.text({ en: 'Findings', zh: '初审意见' }) }) },
      ),
      step(
        'INVESTIGATED',
        { en: 'Investigated', zh: '贷前调查' },
        {
          brings: z.object({ findings: field.text({ en: 'Findings', zh: '调查情况' }, 4000) }),
        },
      ),
      // Who writes it answers for its truth.
      step(
        'REPORTED',
        { en: 'Report written', zh: '调查报告' },
        {
          by: ['STARTER'],
          brings: z.object({
            report: field.text({ en: 'Report', zh: '调查报告' }, 4000),
            answersForTruth: z
              .literal(true, 'is yes: who writes it answers for its truth')
              .meta({ label: { en: 'Answers for its truth', zh: '对真实性负责' } }),
          }),
        },
      ),
    ],
    figures: { LOAN_REPORTS: { label: { en: 'Reports before loans', zh: '贷前调查报告数' }, when: 'REPORTED' } },
  }),
  POST_LOAN_REPORT: record({
    label: { en: 'Report after the loan', zh: '贷后检查报告' },
    source: 'S04-cm-compilation',
    about: 'CUSTOMER',
    fields: z.object({
      visitedOn: field.day({ en: 'Visited', zh: '检查日期' }),
      use: field.text({ en: 'Use of the loan', zh: '贷款用途情况' }),
      findings: field.text({ en: 'Findings', zh: '检查情况' }, 4000),
    }),
  }),
  OVERDUE_COLLECTION: record({
    label: { en: 'Collection of an overdue loan', zh: '逾期催收' },
    source: 'S04-cm-compilation',
    about: 'CUSTOMER',
    fields: z.object({
      overdue: field.decimal({ en: 'Overdue, CNY', zh: '逾期金额（元）' }),
      since: field.day({ en: 'Since', zh: '逾期日期' }),
    }),
    steps: [
      step(
        'REMINDED',
        { en: 'Reminded', zh: '催收' },
        {
          optional: true,
          returnsTo: 'REMINDED',
          brings: z.object({ answer: field.text({ en: 'What the customer said', zh: '客户答复' }) }),
        },
      ),
      step('COLLECTED', { en: 'Collected', zh: '已收回' }, { optional: true, closes: true }),
      step(
        'HANDED_OVER',
        { en: 'Handed over as a bad asset', zh: '移交不良资产处置' },
        {
          optional: true,
          closes: true,
          brings: z.object({
            to: field.text({ en: 'To whom', zh: '移交部门' }, 200),
            measures: field.text({ en: 'First measures', zh: '初步处置' }),
          }),
        },
      ),
    ],
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;

/** What the department itself keeps: audits, rules, projects, stocks of cards. */
const department = {
  THIRD_PARTY_AUDIT: record({
    label: { en: 'Audit by a third party', zh: '第三方审计' },
    source: 'S01-bank-relationship-dept',
    about: 'LINE',
    startedBy: [...MANAGERS, 'AUDITOR'],
    fields: z.object({
      auditor: field.text({ en: 'Auditor', zh: '审计机构' }, 200),
      findings: field.text({ en: 'Findings', zh: '审计结果' }, 4000),
    }),
  }),
  RULES_REVISION: record({
    label: { en: 'Revision of the rules', zh: '制度修订' },
    source: 'S01-bank-relationship-dept',
    about: 'LINE',
    startedBy: MANAGERS,
    fields: z.object({ changes: field.text({ en: 'What was revised', zh: '修订内容' }, 4000) }),
  }),
  JOINT_PROJECT: record({
    label: { en: 'Joint project', zh: '联合项目' },
    source: 'S01-bank-relationship-dept',
    about: 'LINE',
    startedBy: MANAGERS,
    fields: z.object({
      name: field.text({ en: 'Project', zh: '项目名称' }, 200),
      departments: field.texts({ en: 'Departments', zh: '参与部门' }),
      interfacePerson: field.text({ en: 'Interface person', zh: '接口人' }, 200),
    }),
    steps: [
      // Weekly is stated.
      step(
        'SYNCHRONISED',
        { en: 'Synchronised', zh: '周同步' },
        {
          optional: true,
          returnsTo: 'SYNCHRONISED',
          due: { after: 'LAST', days: 7 },
          brings: z.object({ progress: field.text({ en: 'Progress', zh: '进展' }) }),
        },
      ),
      step(
        'COMPLETED',
        { en: 'Completed', zh: '结项' },
        { closes: true, brings: z.object({ result: field.text({ en: 'Result', zh: '结果' }) }) },
      ),
    ],
  }),
  CARD_STOCK: record({
    label: { en: 'Stock of VIP cards', zh: '贵宾卡库存' },
    source: 'S03-rural-credit-vip',
    about: 'BRANCH',
    fields: z.object({
      cards: field.whole({ en: 'Cards in stock', zh: '库存数量' }),
      requested: field.whole({ en: 'Cards requested', zh: '申请数量' }).optional(),
    }),
    statuses: {
      REQUESTED: { label: { en: 'Requested', zh: '已申请' } },
      PRODUCED: { label: { en: 'Produced', zh: '已制作' } },
      STOCKED: { label: { en: 'In stock', zh: '已入库' } },
    },
  }),
  CARD_CHECK: record({
    label: { en: 'Check of cards and their risks', zh: '卡片风险检查' },
    source: 'S03-bank-personal-vip',
    about: 'BRANCH',
    startedBy: [...MANAGERS, 'AUDITOR'],
    fields: z.object({ findings: field.text({ en: 'Findings', zh: '检查情况' }, 4000) }),
  }),
  MAINTENANCE_REPORT: record({
    label: { en: 'Maintenance report', zh: '客户维护报告' },
    source: 'S02-bank-maintenance',
    about: 'BRANCH',
    startedBy: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'],
    fields: z.object({
      progress: field.text({ en: 'Progress', zh: '维护进展' }, 4000),
      gaps: field.text({ en: "Gaps to the bank's strategy", zh: '与银行战略的差距' }).optional(),
    }),
  }),
  SYSTEM_FAILURE_PLAN: record({
    label: { en: 'Fallback plan for a system failure', zh: '系统故障应急预案' },
    source: 'S01-bank-relationship-dept',
    about: 'LINE',
    startedBy: MANAGERS,
    fields: z.object({ plan: field.text({ en: 'Plan', zh: '预案' }, 4000) }),
    statuses: {
      IN_FORCE: { label: { en: 'In force', zh: '有效' } },
      SUPERSEDED: { label: { en: 'Superseded', zh: '已废止' }, closes: true },
    },
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;

export const records = { ...people, ...customers, ...department };

const ONCE = {
  MONTHLY_ASSESSMENT: 'MONTH',
  QUARTERLY_ASSESSMENT: 'QUARTER',
  SELF_ASSESSMENT: 'MONTH',
  SUPERIOR_ASSESSMENT: 'QUARTER',
} as const;

/** One assessment of a month and of a quarter; unannounced checks stand apart. */
export function recordGuard(facts: GuardFacts): Because<GuardOffer> | undefined {
  if (facts.action !== 'START_RECORD') return undefined;
  const { kind, fields, earlier } = facts.input;
  const every = ONCE[kind as keyof typeof ONCE];
  if (!every || typeof fields.period !== 'string') return undefined;
  const { from } = periodOf(every, fields.period);
  const isSame = (other: (typeof earlier)[number]) =>
    other.kind === kind &&
    other.state !== 'CANCELLED' &&
    typeof other.fields.period === 'string' &&
    periodOf(every, other.fields.period).from === from;
  if (!earlier.some(isSame)) return undefined;
  return refuse('ASSESSED', {
    en: `There is one for the period from ${from} already.`,
    zh: `自 ${from} 起的期间已有一份考核。`,
  });
}

/** Whether a figure lies further from those before it than so many of their standard deviations. */
export function isAbnormal(value: string, before: readonly string[], deviations: number): boolean {
  // Of two figures nobody can say what is usual.
  if (before.length < 3) return false;
  const figures = before.map((one) => new Decimal(one));
  const mean = Decimal.sum(...figures).div(figures.length);
  const variance = Decimal.sum(...figures.map((one) => one.minus(mean).pow(2))).div(figures.length - 1);
  return new Decimal(value).minus(mean).abs().gt(variance.sqrt().times(deviations));
}

/** An abnormal transaction is told to the manager, and a measure has to be recorded. */
export function recordReact({ event }: ReactFacts, parameters: Parameters): Because<ReactOffer> | undefined {
  if (event.kind !== 'METRIC_RECORDED' || event.value === undefined) return undefined;
  const { metric = '', value, before = [] } = event;
  if (!isAbnormal(value, before, parameters.anomalyDeviations)) return undefined;
  const because = {
    en: `${metric} of ${value} lies more than ${parameters.anomalyDeviations} standard deviations from what was usual: record a measure.`,
    zh: `${metric} 为 ${value}，偏离以往超过 ${parameters.anomalyDeviations} 个标准差，须登记处置措施。`,
  };
  return {
    answer: {
      alerts: [
        {
          key: 'abnormal',
          kind: 'ATTENTION',
          severity: 'WARNING',
          message: because,
          audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
        },
      ],
      records: [{ kind: 'ABNORMAL_TRANSACTION', fields: { metric, value: new Decimal(value).abs().toFixed() } }],
    },
    because,
  };
}
