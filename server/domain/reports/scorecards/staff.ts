import { Decimal } from 'decimal.js';
import type { Prisma } from '../../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../../engine/policy/policies.ts';
import { monthsInARow, type Period } from '../../../engine/sla/periods.ts';
import type { Database } from '../../../platform/storage/database.ts';
import { groupBy } from '../../../platform/values/group-by.ts';
import { type StaffMonth, ticketsByStaffAndMonth } from '../sql.ts';
import { percent } from './scorecard-figures.ts';

export interface StaffScore {
  readonly staffId: string;
  readonly handled: number;
  readonly resolved: number;
  /** Per cent of the handled, two places; null when nothing was handled. */
  /** Per cent, to the nearest hundredth, as it is shown. */
  readonly resolutionRate: string | null;
  /** The same to four places, cut and not rounded: by this a target is judged. */
  readonly resolutionShare: string | null;
  /** Months in a row, up to the period's last, in which the resolution rate reached the policy's target. */
  readonly consecutiveMonthsOnTarget: number;
  /** Whether these are enough for the bonus of the quarter; null where the policy grants none. */
  readonly bonusDue: boolean | null;
}

/** Months that are looked back at for months in a row. */
const LOOK_BACK = 13;

const MAX_STAFF = 100;

/**
 * The resolution rate that a person's month has to reach, per cent: the parameter that the policy declares for it. Null
 * where there is none or it is blank: then no month is on target.
 */
function monthlyTarget({ declaration, parameters }: InstalledPolicy): string | null {
  const name = declaration.performance?.monthlyTarget;
  return name === undefined || parameters[name] === undefined ? null : String(parameters[name]);
}

/**
 * What each person did in a period (S01-bank-relationship-dept): tickets opened in it, and those of them resolved before it
 * ended. A month is judged by what was resolved within it, so a month that is over never changes.
 */
export async function staffScores(
  { prisma }: Pick<Database, 'prisma'>,
  policy: InstalledPolicy,
  scope: Prisma.Sql,
  period: Period,
): Promise<StaffScore[]> {
  const { to } = period;
  const from = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() - LOOK_BACK, 1));
  const since = from < period.from ? from : period.from;
  const counted = { policyId: policy.declaration.id, scope, zone: zoneOf(policy.declaration) };
  const rows = await ticketsByStaffAndMonth(prisma, counted, period, since);
  return [...groupBy(rows, ({ staff_id }) => staff_id)]
    .map(([staffId, months]) => scoreOf(policy, staffId, months, to))
    .filter(({ handled }) => handled > 0)
    .slice(0, MAX_STAFF);
}

function scoreOf(policy: InstalledPolicy, staffId: string, months: readonly StaffMonth[], to: Date): StaffScore {
  const target = monthlyTarget(policy);
  const bonusMonths = policy.declaration.performance?.bonusMonths ?? null;
  const sum = (field: 'handled' | 'resolved') => months.reduce((total, row) => total + row[field], 0);
  const [handled, resolved] = [sum('handled'), sum('resolved')];
  const share = handled === 0 ? null : percent(resolved, handled);
  const onTarget = months.map(
    ({ month, in_month, in_time }) =>
      [month, target !== null && new Decimal(in_time).times(100).gte(new Decimal(target).times(in_month))] as const,
  );
  const consecutiveMonthsOnTarget = monthsInARow(new Map(onTarget), to);
  return {
    staffId,
    handled,
    resolved,
    resolutionRate: share && new Decimal(share).toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toFixed(),
    resolutionShare: share,
    consecutiveMonthsOnTarget,
    bonusDue: bonusMonths === null ? null : consecutiveMonthsOnTarget >= bonusMonths,
  };
}
