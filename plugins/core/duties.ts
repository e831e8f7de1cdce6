import { type DutyDeclaration, field, z } from '../../server/engine/policy/contract.ts';

const plan = z.object({
  target: field.text({ en: 'Sales target', zh: '销售目标' }),
  measures: field.text({ en: 'Measures', zh: '措施' }, 4000),
});

/** A sales plan is due on the first day of its period (S04-enterprise-cm, A-185). */
const SALES_PLAN = {
  of: 'MANAGER',
  due: { after: 'BEGIN', days: 0 },
  record: plan,
  source: 'S04-enterprise-cm',
  ours: true,
} as const;

/** Regular work of customer managers. */
export const duties = {
  MONTHLY_SALES_PLAN: { ...SALES_PLAN, every: 'MONTH', label: { en: 'Sales plan of the month', zh: '月度销售计划' } },
  QUARTERLY_SALES_PLAN: {
    ...SALES_PLAN,
    every: 'QUARTER',
    label: { en: 'Sales plan of the quarter', zh: '季度销售计划' },
  },
  YEARLY_SALES_PLAN: { ...SALES_PLAN, every: 'YEAR', label: { en: 'Sales plan of the year', zh: '年度销售计划' } },
  // Performance, work, tests and the customers' rating, all four yearly (A-206); the end of January is ours.
  YEARLY_ASSESSMENT: {
    label: { en: 'Yearly assessment', zh: '年度考核' },
    every: 'YEAR',
    of: 'PERSON',
    holders: ['CUSTOMER_MANAGER'],
    due: { after: 'END', days: 31 },
    doneBy: { record: 'YEARLY_ASSESSMENT' },
    source: 'S04-cm-assessment',
    ours: true,
  },
} as const satisfies Readonly<Record<string, DutyDeclaration>>;
