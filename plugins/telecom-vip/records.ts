import { field, type RecordDeclaration, record, step, z } from '../../server/engine/policy/contract.ts';

/** What managers and their superiors keep: work logs, evaluations, rewards, missed calls, market research. */
export const records = {
  WORK_LOG: record({
    label: { en: 'Work log of a day', zh: '工作日志' },
    source: 'S03-telecom-vip-work',
    about: 'PERSON',
    startedBy: ['SUBJECT'],
    fields: z.object({
      day: field.day({ en: 'Day', zh: '日期' }),
      work: field.text({ en: 'What was done', zh: '工作内容' }, 4000),
      open: field.text({ en: 'What is open', zh: '未尽事项' }).optional(),
    }),
    // Units review plans and logs periodically.
    steps: [
      step(
        'REVIEWED',
        { en: 'Reviewed by the unit', zh: '单位检查' },
        { by: ['SUPERIOR'], brings: z.object({ remarks: field.text({ en: 'Remarks', zh: '检查意见' }) }) },
      ),
    ],
    figures: { WORK_LOGS: { label: { en: 'Work logs', zh: '工作日志数' }, when: 'START', person: 'SUBJECT' } },
  }),
  MISSED_CALL: record({
    label: { en: 'Call that was not answered', zh: '未接来电' },
    source: 'S03-telecom-vip-work',
    about: 'CUSTOMER',
    fields: z.object({
      calledAt: field.instant({ en: 'Called', zh: '来电时间' }),
      reason: field.text({ en: 'Why nobody answered', zh: '未接原因' }),
    }),
    steps: [
      step(
        'CALLED_BACK',
        { en: 'Called back', zh: '已回电' },
        { brings: z.object({ result: field.text({ en: 'Result', zh: '回电结果' }) }) },
      ),
    ],
  }),
  TEAM_EVALUATION: record({
    label: { en: "Evaluation of the team's tasks", zh: '团队任务评估' },
    source: 'S04-telecom-service-manager',
    about: 'BRANCH',
    startedBy: ['SUPERVISOR', 'DIRECTOR'],
    fields: z.object({
      tasks: field.text({ en: 'Tasks', zh: '任务' }, 4000),
      evaluation: field.text({ en: 'Evaluation', zh: '评估' }, 4000),
    }),
  }),
  REWARD_OR_PENALTY: record({
    label: { en: 'Reward, commendation or penalty', zh: '奖励、表彰或处罚' },
    source: 'S04-telecom-cm',
    about: 'PERSON',
    startedBy: ['SUPERIOR'],
    fields: z.object({
      form: field.choice({ en: 'Form', zh: '方式' }, [
        'SALES_REWARD',
        'SATISFACTION_REWARD',
        'COMMENDATION',
        'PENALTY',
      ]),
      reason: field.text({ en: 'Reason', zh: '原因' }),
    }),
  }),
  MARKET_RESEARCH: record({
    label: { en: 'Market research', zh: '市场调研' },
    source: 'S04-telecom-cm',
    about: 'BRANCH',
    fields: z.object({ findings: field.text({ en: 'Findings', zh: '调研结果' }, 4000) }),
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;
