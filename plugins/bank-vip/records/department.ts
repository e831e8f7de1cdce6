import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

const MANAGERS = ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE'];

/** What the department itself keeps: audits, rules, projects, stocks of cards. */
export const department = {
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
