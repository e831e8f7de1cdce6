import type { DutyDeclaration } from '../../server/policy/contract.ts';

/** What key-account managers owe every week: a review of each account, and the statistics of opinions and complaints. */
export const duties = {
  WEEKLY_REVIEW: {
    label: { en: 'Weekly review of situation and needs', zh: '每周客户情况与需求分析' },
    every: 'WEEK',
    of: 'CUSTOMER',
    due: { after: 'END', days: 0 },
    source: 'S03-broadband-key-account',
  },
  WEEKLY_STATISTICS: {
    label: { en: 'Weekly statistics of opinions and complaints', zh: '意见投诉单每周统计' },
    every: 'WEEK',
    of: 'BRANCH',
    due: { after: 'END', days: 1, time: '12:00' },
    source: 'S03-broadband-key-account',
    ours: true,
  },
} as const satisfies Readonly<Record<string, DutyDeclaration>>;
