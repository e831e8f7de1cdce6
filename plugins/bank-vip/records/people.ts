import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

const BY_SUPERIORS = ['SUPERIOR', 'HR'];
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
export const people = {
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
