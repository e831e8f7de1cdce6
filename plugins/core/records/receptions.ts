import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

const MANAGEMENT = ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'];

/** Receptions: of hotel VIPs by their level, and of the guests of a company's reception centre. */
export const receptions = {
  RECEPTION: record({
    label: { en: 'Reception of a hotel VIP', zh: '酒店贵宾接待' },
    source: 'S03-hotel-vip-reception',
    about: 'CUSTOMER',
    fields: z.object({
      level: field.choice({ en: 'Level', zh: '接待级别' }, ['VA', 'VB', 'VC', 'VD']),
      purpose: field.text({ en: 'Purpose', zh: '来访事由' }),
      arrivesAt: field.instant({ en: 'Arrival', zh: '抵达时间' }),
      leavesAt: field.instant({ en: 'Departure', zh: '离开时间' }).optional(),
      companions: field.whole({ en: 'Companions', zh: '随行人数' }, { max: 1000 }).optional(),
    }),
    // The level decides who applies: the guard knows.
    startedBy: ['CUSTOMER_MANAGER', ...MANAGEMENT],
    approvedFields: ['level', 'purpose'],
    steps: [
      // Of a VA the sending unit is asked for all of it, and a report is written: the guard asks for this step then.
      step(
        'DATA_REQUESTED',
        { en: 'Data asked of the sending unit', zh: '向派出单位征询资料' },
        {
          by: MANAGEMENT,
          optional: true,
          brings: z.object({
            sendingUnit: field.text({ en: 'Sending unit', zh: '派出单位' }),
            itinerary: field.text({ en: 'Itinerary', zh: '日程' }),
            arrangements: field.text({ en: 'Arrangements', zh: '接待安排' }),
            lodging: field.text({ en: 'Lodging requirements', zh: '住宿要求' }),
            report: field.text({ en: 'Report in writing', zh: '书面报告' }),
          }),
        },
      ),
      step(
        'PLANNED',
        { en: 'Reception plan', zh: '接待方案' },
        {
          brings: z.object({ plan: field.text({ en: 'Plan', zh: '接待方案' }, 4000) }),
        },
      ),
      step('APPROVED', { en: 'Approval of the plan', zh: '方案审批' }, { approval: true }),
      step(
        'NOTIFIED',
        { en: 'Notice to the departments', zh: '通知各部门' },
        {
          by: MANAGEMENT,
          brings: z.object({ departments: field.texts({ en: 'Departments', zh: '部门' }) }),
          due: { at: 'arrivesAt' },
        },
      ),
      step('RECEIVED', { en: 'Reception carried out', zh: '接待实施' }, { due: { at: 'arrivesAt' } }),
      step(
        'ARCHIVED',
        { en: 'All material archived', zh: '资料归档' },
        {
          brings: z.object({ material: field.text({ en: 'Material', zh: '归档资料' }) }),
          due: { after: 'RECEIVED', days: 'receptionArchiveDays' },
        },
      ),
    ],
    figures: {
      RECEPTIONS: { label: { en: 'Receptions', zh: '接待次数' }, when: 'RECEIVED' },
      RECEPTIONS_ARCHIVED_IN_TIME: {
        label: { en: 'Receptions archived in time, per cent', zh: '接待资料及时归档率' },
        when: 'ARCHIVED',
        of: 'IN_TIME',
      },
    },
  }),
  VISIT_RECEPTION: record({
    label: { en: 'Reception of a visit', zh: '来访接待' },
    source: 'S03-vip-reception',
    about: 'CUSTOMER',
    fields: z.object({
      visitAt: field.instant({ en: 'Visit', zh: '来访时间' }),
      purpose: field.text({ en: 'Purpose', zh: '来访事由' }),
      visitors: field.whole({ en: 'Visitors', zh: '来访人数' }, { min: 1, max: 1000 }).optional(),
    }),
    steps: [
      step(
        'NOTIFIED',
        { en: 'Departments notified before the visit', zh: '来访前通知各部门' },
        {
          brings: z.object({ departments: field.texts({ en: 'Departments', zh: '部门' }) }),
          due: { at: 'visitAt' },
        },
      ),
      step(
        'ASSIGNED',
        { en: 'Person assigned', zh: '安排专人接待' },
        {
          brings: z.object({ person: field.text({ en: 'Who receives', zh: '接待人' }, 200) }),
          due: { at: 'visitAt' },
        },
      ),
      step(
        'RECEIVED',
        { en: 'Met, shown round, introduced', zh: '迎接、参观、介绍' },
        {
          brings: z.object({
            met: field.yes({ en: 'Met', zh: '已迎接' }),
            toured: field.yes({ en: 'Shown round', zh: '已参观' }),
            introduced: field.yes({ en: 'Introduced', zh: '已介绍' }),
          }),
        },
      ),
      step('SEEN_OFF', { en: 'Seen off and thanked', zh: '送别并致谢' }),
      step(
        'FEEDBACK',
        { en: 'Feedback collected, handled and answered', zh: '收集、处理并回复意见' },
        {
          brings: z.object({
            content: field.text({ en: 'Feedback', zh: '意见' }),
            handled: field.text({ en: 'How it was handled', zh: '处理情况' }),
            answered: field.text({ en: 'What was answered', zh: '答复内容' }),
          }),
        },
      ),
    ],
    figures: { VISITS_RECEIVED: { label: { en: 'Visits received', zh: '接待来访次数' }, when: 'RECEIVED' } },
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;
