import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

const RESULTS = ['GOOD', 'FAIR', 'POOR'] as const;
const result = field.choice({ en: 'Result', zh: '考核结果' }, RESULTS, {
  GOOD: { en: 'Good', zh: '良好' },
  FAIR: { en: 'Fair', zh: '一般' },
  POOR: { en: 'Poor', zh: '较差' },
});
const remarks = field.text({ en: 'Remarks', zh: '评语' }).optional();
const BY_SUPERIORS = ['SUPERIOR', 'HR'];

/** The people's file: entry, assessments, guidance and training, rewards and penalties. */
export const people = {
  PROBATION: record({
    label: { en: 'Probation', zh: '试用期' },
    source: 'S04-cm-sample',
    about: 'PERSON',
    single: true,
    startedBy: BY_SUPERIORS,
    fields: z.object({
      enteredOn: field.day({ en: 'Entry', zh: '入职日期' }),
      interview: field.text({ en: 'Interview', zh: '面试情况' }).optional(),
      training: field.text({ en: 'Training', zh: '培训情况' }).optional(),
    }),
    steps: [
      // Three months are stated.
      step(
        'EVALUATED',
        { en: 'Evaluated at the end of the probation', zh: '试用期考核' },
        {
          by: BY_SUPERIORS,
          due: { after: 'enteredOn', months: 3 },
          brings: z.object({
            passed: field.yes({ en: 'Passed', zh: '考核合格' }),
            evaluation: field.text({ en: 'Evaluation', zh: '考核评语' }),
          }),
        },
      ),
      step('CONFIRMED', { en: 'Confirmed', zh: '转正' }, { by: BY_SUPERIORS, optional: true, closes: true }),
      step(
        'NOT_CONFIRMED',
        { en: 'Not confirmed', zh: '不予转正' },
        {
          by: BY_SUPERIORS,
          optional: true,
          closes: true,
          brings: z.object({ reason: field.text({ en: 'Reason', zh: '原因' }) }),
        },
      ),
    ],
  }),
  // Four dimensions; one that lacks one is incomplete.
  DAILY_ASSESSMENT: record({
    label: { en: 'Assessment of a customer manager, four dimensions', zh: '客户经理考核（四项）' },
    source: 'S04-cm-daily',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      period: field.day({ en: 'A day of the period', zh: '考核期间（其中一天）' }),
      satisfaction: field.score({ en: 'Customer satisfaction', zh: '客户满意度' }),
      completion: field.score({ en: 'Business completed', zh: '业务完成情况' }),
      expansion: field.score({ en: 'Expansion', zh: '客户拓展' }),
      teamwork: field.score({ en: 'Teamwork', zh: '团队协作' }),
      remarks,
    }),
    figures: {
      SATISFACTION_SCORE: {
        label: { en: 'Satisfaction scores', zh: '满意度得分' },
        when: 'START',
        of: { sum: 'satisfaction' },
        person: 'SUBJECT',
      },
    },
  }),
  // Performance, work, tests and the customers' rating are all ways of assessment, all needed yearly (A-206).
  YEARLY_ASSESSMENT: record({
    label: { en: 'Yearly assessment of a customer manager', zh: '客户经理年度考核' },
    source: 'S04-cm-assessment',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      year: field.whole({ en: 'Year', zh: '年度' }, { min: 2000, max: 2100 }),
      performance: field.score({ en: 'Performance', zh: '业绩' }),
      work: field.score({ en: 'Work', zh: '工作表现' }),
      tests: field.score({ en: 'Tests', zh: '考试' }),
      customerRating: field.score({ en: "Customers' rating", zh: '客户评价' }),
      remarks,
    }),
  }),
  // Sales, satisfaction and attitude are scored; after a poor one comes guidance, and a penalty only afterwards.
  KEY_ACCOUNT_ASSESSMENT: record({
    label: { en: 'Assessment of a key-account manager', zh: '大客户经理考核' },
    source: 'S04-key-account-cm-b',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      sales: field.score({ en: 'Sales', zh: '销售业绩' }),
      satisfaction: field.score({ en: 'Customer satisfaction', zh: '客户满意度' }),
      attitude: field.score({ en: 'Attitude', zh: '工作态度' }),
      result,
      remarks,
    }),
  }),
  ENTERPRISE_ASSESSMENT: record({
    label: { en: 'Assessment of an enterprise customer manager', zh: '企业客户经理考核' },
    source: 'S04-enterprise-cm',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      sales: field.score({ en: 'Sales', zh: '销售业绩' }),
      satisfaction: field.score({ en: 'Customer satisfaction', zh: '客户满意度' }),
      ability: field.score({ en: 'Ability', zh: '工作能力' }),
      attitude: field.score({ en: 'Attitude', zh: '工作态度' }),
      result,
      remarks,
    }),
  }),
  GUIDANCE: record({
    label: { en: 'Guidance and training', zh: '辅导与培训' },
    source: 'S04-key-account-cm-b',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({ topic: field.text({ en: 'Topic', zh: '主题' }) }),
    steps: [
      step(
        'GIVEN',
        { en: 'Guidance or training given', zh: '已辅导或培训' },
        {
          by: BY_SUPERIORS,
          brings: z.object({ content: field.text({ en: 'Content', zh: '内容' }) }),
        },
      ),
    ],
    figures: { TRAININGS: { label: { en: 'Trainings', zh: '培训次数' }, when: 'GIVEN', person: 'SUBJECT' } },
  }),
  REWARD: record({
    label: { en: 'Reward', zh: '奖励' },
    source: 'S04-key-account-cm-b',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      form: field.choice({ en: 'Form', zh: '方式' }, ['BONUS', 'PAY', 'PROMOTION', 'COMMENDATION']),
      reason: field.text({ en: 'Reason', zh: '原因' }),
    }),
  }),
  PENALTY: record({
    label: { en: 'Penalty', zh: '处罚' },
    source: 'S04-key-account-cm-b',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      form: field.choice({ en: 'Form', zh: '方式' }, ['WARNING', 'BONUS_CUT', 'PAY_CHANGE', 'DEMOTION', 'TERMINATION']),
      reason: field.text({ en: 'Reason', zh: '原因' }),
    }),
  }),
  DUTY_ASSIGNMENT: record({
    label: { en: 'Assignment of duties', zh: '职责分工' },
    source: 'S00-finance-co-a',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      duties: field.texts({ en: 'Duties', zh: '职责' }),
      from: field.day({ en: 'From', zh: '起始日期' }),
    }),
    statuses: {
      IN_FORCE: { label: { en: 'In force', zh: '有效' } },
      ENDED: { label: { en: 'Ended', zh: '已终止' }, closes: true },
    },
  }),
  BREACH: record({
    label: { en: 'Breach of a rule', zh: '违规' },
    source: 'S00-finance-co-a',
    about: 'PERSON',
    startedBy: BY_SUPERIORS,
    fields: z.object({
      rule: field.text({ en: 'The rule', zh: '制度条款' }),
      happened: field.text({ en: 'What happened', zh: '违规情况' }),
    }),
    steps: [
      step(
        'HEARD',
        { en: 'The person was heard', zh: '听取本人陈述' },
        {
          by: ['SUBJECT'],
          optional: true,
          brings: z.object({ statement: field.text({ en: 'Statement', zh: '陈述' }) }),
        },
      ),
      step(
        'SANCTIONED',
        { en: 'Sanction decided', zh: '处理决定' },
        {
          by: BY_SUPERIORS,
          brings: z.object({ sanction: field.text({ en: 'Sanction', zh: '处理' }) }),
        },
      ),
    ],
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;
