import { Decimal } from 'decimal.js';
import type { Prisma } from '../../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../../engine/policy/policies.ts';
import type { Period } from '../../../engine/sla/periods.ts';
import type { Database } from '../../../platform/storage/database.ts';
import type { Figure } from '../../../platform/values/enums.ts';
import { countFigures, type FigureRow } from '../sql.ts';
import { lineRecordFigures } from './staff-figures.ts';

/**
 * What is counted of a period, by key; a rate of nothing is absent. Rates are per cent.
 *
 * SATISFACTION: answers of 4 or 5 of 5 over all answers. COMPLAINT_RATE: complaints over all tickets. RESOLUTION_RATE: tickets
 * of the period that were resolved before it ended. CHURN: of the customers who held a tier when the year began, those who
 * left from then to the period's end (S03-telecom-vip-work: cumulative, of the year); their tier is the one of that day,
 * whatever became of it. CHURN_TOP_TIERS: the same of the tiers that the policy declares as the top ones. REPORTS_MISSED and
 * TASKS_MISSED: what fell due in the period and was not there in time. PLANS_MISSING: customers who hold a tier and have no
 * approved plan that reaches into the period. Beside them, what the policy's kinds of records count.
 *
 * @param scope the rows that count, as a condition on a table aliased `t` with `policy_id` and `branch_id`
 */
export async function figuresOf(
  { prisma }: Pick<Database, 'prisma'>,
  policy: InstalledPolicy,
  scope: Prisma.Sql,
  period: Period,
): Promise<Record<string, string>> {
  const { declaration } = policy;
  const counted = { policyId: declaration.id, scope, zone: zoneOf(declaration) };
  const row = await countFigures(prisma, counted, period, declaration.performance?.topTiers ?? {});
  const records = await lineRecordFigures({ prisma }, policy, scope, period);
  if (!row) return records;
  return { ...records, ...ratesOf(row), ...countsOf(row) };
}

type Rate = 'SATISFACTION' | 'COMPLAINT_RATE' | 'RESOLUTION_RATE' | 'CHURN' | 'CHURN_TOP_TIERS';

function ratesOf(row: FigureRow): Record<string, string> {
  const rates: Readonly<Record<Rate, readonly [part: number, whole: number]>> = {
    SATISFACTION: [row.satisfied, row.responses],
    COMPLAINT_RATE: [row.complaints, row.opened],
    RESOLUTION_RATE: [row.resolved, row.opened],
    CHURN: [row.lost, row.vips],
    CHURN_TOP_TIERS: [row.top_lost, row.top_vips],
  };
  const known = Object.entries(rates).filter(([, [, whole]]) => whole > 0);
  return Object.fromEntries(known.map(([key, [part, whole]]) => [key, percent(part, whole)]));
}

function countsOf(row: FigureRow): Record<string, string> {
  const counts: Readonly<Record<Exclude<Figure, Rate>, number>> = {
    COMPLAINTS: row.complaints,
    TICKETS: row.opened,
    REPORTS_MISSED: row.reports_missed,
    TASKS_MISSED: row.tasks_missed,
    PLANS_MISSING: row.held - row.planned,
  };
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, String(count)]));
}

/** A share in per cent, four places at most: cut and not rounded, because what is just below a target is not on it. */
export function percent(part: number, whole: number): string {
  return new Decimal(part).times(100).div(whole).toDecimalPlaces(4, Decimal.ROUND_DOWN).toFixed();
}
