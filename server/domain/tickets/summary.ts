import { Decimal } from 'decimal.js';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { ClockMetric } from '../../../prisma/generated/client/enums.ts';
import type { Services } from '../../engine/services/services.ts';
import { inScope, openTicketsByTier, outcomesByMetric } from './sql.ts';

export interface Summary {
  readonly openTickets: number;
  readonly onTrack: number;
  readonly atRisk: number;
  readonly breached: number;
  readonly paused: number;
  readonly byTier: {
    policyId: string;
    tierRank: number | null;
    tierCode: string | null;
    onTrack: number;
    atRisk: number;
    breached: number;
  }[];
}

/** How the promises of a metric were kept. */
export interface Attainment {
  readonly metric: ClockMetric;
  readonly fulfilled: number;
  readonly breached: number;
  readonly percent: string | null;
  readonly meanElapsedMs: number | null;
  readonly maxElapsedMs: number | null;
}

/** Which tickets and clocks are meant: of a line, of branches, of clocks due in a time; null does not narrow. */
export interface Narrowing {
  readonly policyId: string | null;
  readonly branchIds: readonly string[] | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/**
 * Open tickets by the worst of their clocks, and by tier.
 *
 * @param scope which rows the viewer may see, over the alias `t`
 */
export async function slaSummary(
  { database }: Services,
  scope: Prisma.Sql,
  { policyId, branchIds }: Narrowing,
): Promise<Summary> {
  const tiers = await openTicketsByTier(database.prisma, inScope(scope, policyId, branchIds));
  const sum = (field: 'open' | 'on_track' | 'at_risk' | 'breached' | 'paused') =>
    tiers.reduce((total, row) => total + row[field], 0);
  return {
    openTickets: sum('open'),
    onTrack: sum('on_track'),
    atRisk: sum('at_risk'),
    breached: sum('breached'),
    paused: sum('paused'),
    byTier: tiers.map((row) => ({
      policyId: row.policy_id,
      tierRank: row.tier_rank,
      tierCode: row.tier_code,
      onTrack: row.on_track,
      atRisk: row.at_risk,
      breached: row.breached,
    })),
  };
}

/**
 * How the promises of the clocks that fell due in a time were kept. It reads those clocks, where the open tickets are counts
 * that are kept.
 *
 * @param scope which rows the viewer may see, over the alias `t`
 */
export async function attainmentOf(
  { database }: Pick<Services, 'database'>,
  scope: Prisma.Sql,
  { policyId, branchIds, from, to }: Narrowing,
): Promise<Attainment[]> {
  const ended = await outcomesByMetric(database.prisma, inScope(scope, policyId, branchIds), { from, to });
  return ended.map(({ metric, fulfilled, breached, mean_ms, max_ms }) => ({
    metric,
    fulfilled,
    breached,
    percent: percentOf(fulfilled, fulfilled + breached),
    meanElapsedMs: mean_ms === null ? null : Math.round(mean_ms),
    maxElapsedMs: max_ms,
  }));
}

function percentOf(part: number, whole: number): string | null {
  return whole === 0 ? null : new Decimal(part).times(100).div(whole).toDecimalPlaces(2).toFixed();
}
