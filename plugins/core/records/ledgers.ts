import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

/** What is kept current: equipment, risks, leads, events, market studies. */
export const ledgers = {
  EQUIPMENT: record({
    label: { en: 'Equipment of a shop', zh: '门店设备台账' },
    source: 'S04-terminal-store',
    about: 'BRANCH',
    fields: z.object({
      name: field.text({ en: 'Equipment', zh: '设备名称' }, 200),
      code: field.text({ en: 'Number', zh: '设备编号' }, 64),
      acquiredOn: field.day({ en: 'Acquired', zh: '购置日期' }).optional(),
      keeper: field.text({ en: 'Keeper', zh: '保管人' }, 200).optional(),
      remarks: field.text({ en: 'Remarks', zh: '备注' }).optional(),
    }),
    statuses: {
      IN_USE: { label: { en: 'In use', zh: '使用中' } },
      IN_REPAIR: { label: { en: 'In repair', zh: '维修中' } },
      REPLACED: { label: { en: 'Replaced', zh: '已更换' }, closes: true },
      SCRAPPED: { label: { en: 'Scrapped', zh: '已报废' }, closes: true },
    },
  }),
  EQUIPMENT_WORK: record({
    label: { en: 'Maintenance or repair of equipment', zh: '设备维护与维修' },
    source: 'S04-terminal-store',
    about: 'RECORD',
    partOf: 'EQUIPMENT',
    fields: z.object({
      work: field.choice({ en: 'Work', zh: '类别' }, ['MAINTENANCE', 'REPAIR']),
      done: field.text({ en: 'What was done', zh: '内容' }),
      doneOn: field.day({ en: 'Done', zh: '日期' }),
    }),
  }),
  // Replacement is reported beforehand and approved, and tied to its thing.
  EQUIPMENT_REPLACEMENT: record({
    label: { en: 'Replacement of equipment', zh: '设备更换' },
    source: 'S04-terminal-store',
    about: 'RECORD',
    partOf: 'EQUIPMENT',
    single: true,
    fields: z.object({ reason: field.text({ en: 'Reason', zh: '更换原因' }) }),
    steps: [
      step('APPROVED', { en: 'Approved beforehand', zh: '事先批准' }, { approval: true }),
      step(
        'REPLACED',
        { en: 'Replaced', zh: '已更换' },
        { brings: z.object({ replacedBy: field.text({ en: 'Replaced by', zh: '新设备' }, 200) }) },
      ),
    ],
  }),
  STORE_INSPECTION: record({
    label: { en: 'Inspection of a shop', zh: '门店检查' },
    source: 'S04-terminal-store',
    about: 'BRANCH',
    startedBy: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'],
    fields: z.object({
      findings: field.text({ en: 'Findings', zh: '检查情况' }, 4000),
      equipmentInOrder: field.yes({ en: 'Equipment in order', zh: '设备完好' }),
      ledgerInOrder: field.yes({ en: 'Ledger in order', zh: '台账完整' }),
    }),
  }),
  // Approved by the board, in force from publication.
  RULE_CHANGE: record({
    label: { en: 'Change of a rule', zh: '制度变更' },
    source: 'S00-internal-customer',
    about: 'LINE',
    startedBy: ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE'],
    fields: z.object({
      rule: field.text({ en: 'The rule', zh: '制度条款' }),
      change: field.text({ en: 'The change', zh: '变更内容' }, 4000),
    }),
    steps: [
      step('APPROVED', { en: 'Approved by the board', zh: '董事会批准' }, { approval: true }),
      step(
        'PUBLISHED',
        { en: 'Published, in force from that day', zh: '公布，自公布之日起施行' },
        { brings: z.object({ publishedOn: field.day({ en: 'Published', zh: '公布日期' }) }) },
      ),
    ],
  }),
  RISK: record({
    label: { en: 'Risk', zh: '风险' },
    source: 'S00-finance-co-b',
    about: 'LINE',
    startedBy: ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'FINANCE', 'EXECUTIVE'],
    fields: z.object({
      risk: field.text({ en: 'Risk', zh: '风险描述' }),
      prevention: field.text({ en: 'Prevention', zh: '预防措施' }),
    }),
    steps: [
      step(
        'ASSESSED',
        { en: 'Assessed', zh: '风险评估' },
        {
          brings: z.object({
            likelihood: field.choice({ en: 'Likelihood', zh: '可能性' }, ['LOW', 'MEDIUM', 'HIGH']),
            impact: field.choice({ en: 'Impact', zh: '影响' }, ['LOW', 'MEDIUM', 'HIGH']),
          }),
        },
      ),
      step(
        'WARNED',
        { en: 'Early warning given', zh: '风险预警' },
        {
          optional: true,
          brings: z.object({ warning: field.text({ en: 'Warning', zh: '预警内容' }) }),
        },
      ),
      step(
        'HANDLED',
        { en: 'Handled', zh: '风险处置' },
        {
          brings: z.object({
            way: field.choice({ en: 'Way', zh: '处置方式' }, ['AVOIDED', 'REDUCED', 'TRANSFERRED', 'ACCEPTED']),
            measure: field.text({ en: 'Measure', zh: '处置措施' }),
          }),
        },
      ),
    ],
  }),
  // Leads from marketing are screened, their potential assessed, the target chosen.
  LEAD: record({
    label: { en: 'Lead', zh: '销售线索' },
    source: 'S00-crm-process',
    about: 'BRANCH',
    fields: z.object({
      name: field.text({ en: 'Who it is', zh: '线索名称' }, 200),
      origin: field.text({ en: 'Where it comes from', zh: '来源' }, 200),
      phone: field.text({ en: 'Telephone', zh: '电话' }, 40).optional(),
    }),
    sensitive: ['phone'],
    steps: [
      step(
        'SCREENED',
        { en: 'Screened', zh: '筛选' },
        {
          brings: z.object({
            fits: field.yes({ en: 'Fits', zh: '符合条件' }),
            why: field.text({ en: 'Why', zh: '依据' }),
          }),
        },
      ),
      step(
        'ASSESSED',
        { en: 'Potential assessed', zh: '潜力评估' },
        {
          brings: z.object({ potential: field.choice({ en: 'Potential', zh: '潜力' }, ['LOW', 'MEDIUM', 'HIGH']) }),
        },
      ),
      step(
        'CHOSEN',
        { en: 'Chosen as a target', zh: '确定为目标客户' },
        {
          optional: true,
          closes: true,
          brings: z.object({ plan: field.text({ en: 'Development plan', zh: '开发方案' }, 4000) }),
        },
      ),
      step(
        'LEFT',
        { en: 'Left', zh: '放弃' },
        { optional: true, closes: true, brings: z.object({ why: field.text({ en: 'Why', zh: '原因' }) }) },
      ),
    ],
    figures: {
      LEADS: { label: { en: 'Leads', zh: '线索数' }, when: 'START' },
      TARGETS_CHOSEN: { label: { en: 'Targets chosen', zh: '目标客户数' }, when: 'CHOSEN' },
    },
  }),
  REFERRAL: record({
    label: { en: 'Recommendation', zh: '客户推荐' },
    source: 'S03-vip-loyalty',
    about: 'CUSTOMER',
    fields: z.object({
      recommended: field.text({ en: 'Who was recommended', zh: '被推荐人' }, 200),
      phone: field.text({ en: 'Telephone', zh: '电话' }, 40).optional(),
    }),
    sensitive: ['phone'],
    figures: { REFERRALS: { label: { en: 'Recommendations', zh: '推荐数' }, when: 'START' } },
  }),
  EVENT: record({
    label: { en: 'Event for customers', zh: '客户活动' },
    source: 'S03-vip-general',
    about: 'BRANCH',
    startedBy: ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE'],
    fields: z.object({
      form: field.choice({ en: 'Form', zh: '形式' }, [
        'LECTURE',
        'DISCUSSION',
        'ROUND_TABLE',
        'SYMPOSIUM',
        'EVENING',
        'TRIP',
        'OTHER',
      ]),
      title: field.text({ en: 'Title', zh: '主题' }, 200),
      heldAt: field.instant({ en: 'Held', zh: '举办时间' }),
      invited: field.whole({ en: 'Invited', zh: '邀请人数' }, { max: 100_000 }).optional(),
    }),
    steps: [
      step(
        'HELD',
        { en: 'Held', zh: '已举办' },
        {
          due: { at: 'heldAt' },
          brings: z.object({ attended: field.whole({ en: 'Attended', zh: '参加人数' }, { max: 100_000 }) }),
        },
      ),
      step(
        'REVIEWED',
        { en: 'Reviewed', zh: '总结' },
        { brings: z.object({ review: field.text({ en: 'Review', zh: '总结' }) }) },
      ),
    ],
    figures: { EVENTS: { label: { en: 'Events held', zh: '举办活动数' }, when: 'HELD' } },
  }),
  MARKET_STUDY: record({
    label: { en: 'Market study', zh: '市场调研' },
    source: 'S04-cm-system',
    about: 'BRANCH',
    fields: z.object({
      subject: field.text({ en: 'Subject', zh: '调研主题' }, 200),
      findings: field.text({ en: 'Findings', zh: '调研结果' }, 4000),
    }),
  }),
  PROCESS_REVIEW: record({
    label: { en: 'Review of the customer process', zh: '客户流程评估' },
    source: 'S00-crm-process',
    about: 'LINE',
    startedBy: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE'],
    fields: z.object({
      findings: field.text({ en: 'Findings', zh: '评估结果' }, 4000),
      improvement: field.text({ en: 'Improvement', zh: '改进措施' }, 4000),
    }),
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;
