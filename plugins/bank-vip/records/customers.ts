import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

/** What concerns customers: abnormal transactions, credit, overdue loans, bad assets. */
export const customers = {
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
