import { type DutyDeclaration, z } from '../../server/engine/policy/contract.ts';

const count = (what: string) => z.number().int().nonnegative().optional().describe(what);

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
    record: z.object({
      opinions: count('Opinions of the week (意见数).'),
      complaints: count('Complaints of the week (投诉数).'),
      repairs: count('Repairs of the week (报修数).'),
      typicalProblem: z.string().max(500).optional().describe('A problem that came up again and again (典型问题).'),
      improvement: z.string().max(500).optional().describe('What departments are to improve (改进措施).'),
    }),
    source: 'S03-broadband-key-account',
    ours: true,
  },
} as const satisfies Readonly<Record<string, DutyDeclaration>>;
