import {
  type ApplicationDeclaration,
  decimalParameter,
  type MeetingKindDeclaration,
  type PlansDeclaration,
  type ReportDeclaration,
  z,
} from '../../server/engine/policy/contract.ts';

// The customer relationship department (S01-bank-relationship-dept): its projects, what its people apply for, its meetings and
// its report.

export const plans = {
  kinds: {
    PROJECT: {
      label: { en: 'Project', zh: '项目' },
      milestones: {
        KICK_OFF: {
          label: { en: 'Kick-off, chaired by a manager', zh: '启动会（经理主持）' },
          leadRole: 'SUPERVISOR',
          due: { after: 'APPROVAL', days: 7 },
        },
        MID_TERM: {
          label: { en: 'Mid-term review, led by the director', zh: '中期评审（总监牵头）' },
          leadRole: 'DIRECTOR',
          due: { at: 'HALF' },
        },
        ACCEPTANCE: {
          label: { en: 'Closing acceptance, after the customer confirmed', zh: '结项验收（客户确认满意后）' },
          leadRole: 'SUPERVISOR',
          due: { at: 'END' },
        },
      },
      needsConfirmation: true,
    },
  },
  parts: {
    INTERNATIONAL_BUSINESS: { label: { en: 'International business', zh: '国际业务' } },
    EXECUTIVES: { label: { en: 'Executives of the corporate customer', zh: '企业高管服务' } },
  },
} as const satisfies PlansDeclaration;

const text = (description: string) => z.string().trim().min(1, 'is empty').max(2000).describe(description);

export const applications = {
  EXPENSE: {
    label: { en: 'Expense', zh: '费用' },
    about: 'CUSTOMER',
    amount: 'REQUIRED',
    fields: z.object({}),
  },
  PROCUREMENT: {
    label: { en: 'Procurement', zh: '采购' },
    about: 'LINE',
    amount: 'REQUIRED',
    fields: z.object({ item: text('What is bought (采购内容).') }),
  },
  PROCESS_CHANGE: {
    label: { en: 'Change of process', zh: '流程变更' },
    about: 'LINE',
    fields: z.object({ process: text('The process (流程).'), change: text('The change (变更内容).') }),
  },
  AUTHORITY_CHANGE: {
    label: { en: 'Change of authority', zh: '权限变更' },
    about: 'LINE',
    fields: z.object({
      role: z.enum(['CUSTOMER_MANAGER', 'SUPERVISOR', 'DIRECTOR', 'EXECUTIVE']).describe('Post (岗位).'),
      kind: z.enum(['EXPENSE']).describe('What it decides about (审批事项).'),
      upTo: decimalParameter({ min: 0 })
        .refine((value) => /^-?\d{1,18}(\.\d{1,2})?$/.test(value), 'has more than 18 digits or two decimal places')
        .nullable()
        .describe('Up to which amount; null is without limit (审批上限).'),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'is no currency of ISO 4217')
        .optional()
        .describe('Currency of the amount, CNY unless said (币种，未注明为人民币).'),
      validFrom: z.iso.date().describe('From which day (生效日期).'),
      writtenRecord: text('Where it is recorded in writing (书面记录).'),
      announcedOn: z.iso.date().optional().describe('Day of the announcement (公示日期).'),
      trainedOn: z.iso.date().optional().describe('Day of the training (培训日期).'),
    }),
  },
} as const satisfies Readonly<Record<string, ApplicationDeclaration>>;

export const meetings = {
  kinds: {
    DEPARTMENT: { label: { en: 'Department meeting', zh: '部门例会' } },
    CROSS_DEPARTMENT: { label: { en: 'Cross-department meeting', zh: '跨部门会议' } },
    ALL_HANDS: { label: { en: 'All-hands meeting', zh: '全员大会' } },
    STRATEGY: {
      label: { en: 'Quarterly strategy meeting', zh: '季度战略会议' },
      mustAttend: ['EXECUTIVE', 'DIRECTOR'],
    },
    RISK: { label: { en: 'Risk meeting', zh: '风险会议' } },
    PROJECT: { label: { en: 'Project meeting', zh: '项目同步会' } },
  } satisfies Readonly<Record<string, MeetingKindDeclaration>>,
  minutesHours: 'minutesHours',
  ownerHours: 24,
} as const;

export const reports = {
  CUSTOMER: {
    label: { en: 'Monthly customer report', zh: '客户月度报告' },
    per: 'LINE',
    dueDay: 5,
    needs: ['SATISFACTION'],
  },
} as const satisfies Readonly<Record<string, ReportDeclaration>>;
