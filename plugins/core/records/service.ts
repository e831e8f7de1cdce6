import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

const MODES = ['INFORMATION_SHARING', 'BUSINESS_ASSISTANCE', 'COORDINATION', 'RESOURCE_INTEGRATION'] as const;

const modes = field.choices({ en: 'Ways of working together', zh: '合作方式' }, MODES, {
  INFORMATION_SHARING: { en: 'Information sharing', zh: '信息共享' },
  BUSINESS_ASSISTANCE: { en: 'Business assistance', zh: '业务协助' },
  COORDINATION: { en: 'Communication and coordination', zh: '沟通协调' },
  RESOURCE_INTEGRATION: { en: 'Resource integration', zh: '资源整合' },
});

/** Service in steps that come in their order. */
export const service = {
  // Recognise, classify, serve, feedback, evaluate. A ticket of a department needs the first two: the guard asks.
  INTERNAL_SERVICE: record({
    label: { en: 'Service of an internal customer', zh: '内部客户服务' },
    source: 'S00-internal-customer',
    about: 'CUSTOMER',
    fields: z.object({
      need: field.text({ en: 'What is needed', zh: '需求' }),
      modes,
      servingDepartment: field.text({ en: 'Department that serves', zh: '服务部门' }, 200),
      // A manager on each side owns the relationship.
      servingManager: field.text(
        { en: 'Internal customer manager of the serving side', zh: '服务方内部客户经理' },
        200,
      ),
      servedManager: field.text(
        { en: 'Internal customer manager of the served side', zh: '被服务方内部客户经理' },
        200,
      ),
    }),
    heardBy: ['OPEN_TICKET'],
    steps: [
      step(
        'RECOGNISED',
        { en: 'Recognised as an internal customer', zh: '认定' },
        { by: ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'] },
      ),
      step(
        'CLASSIFIED',
        { en: 'Classified', zh: '分类' },
        {
          brings: z.object({ category: field.text({ en: 'Class', zh: '类别' }, 200) }),
        },
      ),
      step(
        'SERVED',
        { en: 'Served', zh: '服务' },
        { brings: z.object({ service: field.text({ en: 'What was done', zh: '服务内容' }) }) },
      ),
      step(
        'FEEDBACK',
        { en: 'Feedback', zh: '反馈' },
        { brings: z.object({ feedback: field.text({ en: 'Feedback', zh: '反馈意见' }) }) },
      ),
      step(
        'EVALUATED',
        { en: 'Evaluated', zh: '评价' },
        {
          by: ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'],
          brings: z.object({
            evaluation: field.text({ en: 'Evaluation', zh: '评价' }),
            score: field.score({ en: 'Score', zh: '得分' }).optional(),
          }),
        },
      ),
    ],
    figures: {
      INTERNAL_SERVICES: { label: { en: 'Internal services evaluated', zh: '内部服务评价数' }, when: 'EVALUATED' },
    },
  }),
  // Receive, inform, help with the business, follow, feedback; compliance is checked before anything follows.
  BUSINESS_SERVICE: record({
    label: { en: 'Business handled for a customer', zh: '客户业务办理' },
    source: 'S00-finance-co-b',
    about: 'CUSTOMER',
    fields: z.object({
      need: field.text({ en: 'What the customer needs', zh: '客户需求' }),
      business: field.text({ en: 'The business', zh: '业务' }, 200),
    }),
    steps: [
      step('RECEIVED', { en: 'Received, need understood', zh: '接待并了解需求' }),
      step(
        'INFORMED',
        { en: 'Informed about products and services', zh: '介绍产品和服务' },
        {
          brings: z.object({ products: field.text({ en: 'Products and services', zh: '产品和服务' }) }),
        },
      ),
      step('HANDLED', { en: 'Helped with the business', zh: '协助办理业务' }),
      step(
        'COMPLIANCE_CHECKED',
        { en: 'Compliance checked', zh: '合规审核' },
        {
          brings: z.object({
            compliant: field.yes({ en: 'Compliant', zh: '合规' }),
            basis: field.text({ en: 'What it was checked against', zh: '审核依据' }),
          }),
        },
      ),
      step(
        'FOLLOWED_UP',
        { en: 'Progress followed, problems solved', zh: '跟进进度、解决问题' },
        {
          brings: z.object({ progress: field.text({ en: 'Progress', zh: '进展' }) }),
        },
      ),
      step(
        'FEEDBACK',
        { en: 'Feedback collected', zh: '收集反馈' },
        {
          brings: z.object({ feedback: field.text({ en: 'Feedback', zh: '反馈' }) }),
        },
      ),
    ],
    figures: { BUSINESS_HANDLED: { label: { en: 'Business handled', zh: '办理业务数' }, when: 'HANDLED' } },
  }),
  // What cannot be solved at once: the customer is told until when, and it is followed up.
  OPEN_PROBLEM: record({
    label: { en: 'Problem that is not solved at once', zh: '未能当场解决的问题' },
    source: 'S00-generic-service',
    about: 'TICKET',
    single: true,
    fields: z.object({
      expectedAt: field.instant({ en: 'Expected solution', zh: '预计解决时间' }),
      toldOn: field.choice({ en: 'How the customer was told', zh: '告知方式' }, [
        'PHONE',
        'EMAIL',
        'CHAT',
        'SMS',
        'VISIT',
      ]),
      told: field.text({ en: 'What the customer was told', zh: '告知内容' }),
    }),
    steps: [
      step(
        'FOLLOWED_UP',
        { en: 'Followed up with the customer', zh: '定期跟进客户' },
        {
          optional: true,
          returnsTo: 'FOLLOWED_UP',
          task: true,
          due: { after: 'LAST', days: 'followUpWorkingDays', count: 'WORKING', calendar: 'office' },
          brings: z.object({ told: field.text({ en: 'What the customer was told', zh: '告知内容' }) }),
        },
      ),
      step('SOLVED', { en: 'Solved', zh: '已解决' }, { closes: true, due: { at: 'expectedAt' } }),
    ],
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;
