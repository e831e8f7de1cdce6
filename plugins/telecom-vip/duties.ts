import type { DutyDeclaration } from '../../server/engine/policy/contract.ts';

const PLAN = { of: 'MANAGER', source: 'S03-telecom-vip-work', ours: true } as const;

/** Service plans of each manager by week, month and year, and the team's monthly report. The due days are ours. */
export const duties = {
  WEEKLY_PLAN: {
    ...PLAN,
    label: { en: 'Weekly service plan', zh: '周服务计划' },
    every: 'WEEK',
    due: { after: 'BEGIN', days: 0, time: '12:00' },
  },
  MONTHLY_PLAN: {
    ...PLAN,
    label: { en: 'Monthly service plan', zh: '月服务计划' },
    every: 'MONTH',
    due: { after: 'BEGIN', days: 0 },
  },
  YEARLY_PLAN: {
    ...PLAN,
    label: { en: 'Yearly service plan', zh: '年度服务计划' },
    every: 'YEAR',
    due: { after: 'BEGIN', days: 0 },
  },
  TEAM_REPORT: {
    label: { en: 'Report on team progress and customer feedback', zh: '团队进展及客户反馈报告' },
    every: 'MONTH',
    of: 'BRANCH',
    due: { after: 'END', days: 1 },
    doneBy: { report: 'TEAM' },
    source: 'S04-telecom-service-manager',
    ours: true,
  },
} as const satisfies Readonly<Record<string, DutyDeclaration>>;
