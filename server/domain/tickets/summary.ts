import { Decimal } from 'decimal.js';
import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { ClockMetric } from '../../../prisma/generated/client/enums.ts';
import type { Services } from '../../engine/services/services.ts';

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
  readonly attainment: {
    metric: ClockMetric;
    fulfilled: number;
    breached: number;
    percent: string | null;
    meanElapsedMs: number | null;
    maxElapsedMs: number | null;
  }[];
}

interface Narrowing {
  readonly policyId: string | null;
  readonly branchIds: readonly string[] | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/**
 * Open tickets by the worst of their clocks, by tier, and how promises were kept.
 *
 * @param scope which rows the viewer may see, over the alias `t`
 */
export async function slaSummary(
  { database }: Services,
  scope: Prisma.Sql,
  { policyId, branchIds, from, to }: Narrowing,
): Promise<Summary> {
  const narrow = Prisma.sql`${scope}
    and (${policyId}::text is null or t.policy_id = ${policyId})
    and (${branchIds === null} or t.branch_id = any(${[...(branchIds ?? [])]}::uuid[]))`;
  const [tiers, ended] = await Promise.all([
    database.prisma.$queryRaw<
      {
        policy_id: string;
        tier_rank: number | null;
        tier_code: string | null;
        open: number;
        on_track: number;
        at_risk: number;
        breached: number;
        paused: number;
      }[]
    >`
      select t.policy_id, t.tier_code, t.tier_rank, sum(t.count)::int as open,
        coalesce(sum(t.count) filter (where t.sla_state = 'ON_TRACK'), 0)::int as on_track,
        coalesce(sum(t.count) filter (where t.sla_state = 'AT_RISK'), 0)::int as at_risk,
        coalesce(sum(t.count) filter (where t.sla_state = 'BREACHED'), 0)::int as breached,
        coalesce(sum(t.count) filter (where t.is_waiting), 0)::int as paused
      from ticket_count t
      where ${narrow}
      group by 1, 2, 3 having sum(t.count) <> 0 order by 1, 3 desc nulls last, 2 limit 100`,
    database.prisma.$queryRaw<
      { metric: ClockMetric; fulfilled: number; breached: number; mean_ms: number | null; max_ms: number | null }[]
    >`
      select t.metric::text as metric,
        count(*) filter (where t.state = 'FULFILLED')::int as fulfilled,
        count(*) filter (where t.state = 'BREACHED')::int as breached,
        (avg(t.counted_ms) filter (where t.fulfilled_at is not null))::float8 as mean_ms,
        (max(t.counted_ms) filter (where t.fulfilled_at is not null))::float8 as max_ms
      from sla_clock t
      where t.state in ('FULFILLED', 'BREACHED') and ${narrow}
        and (${from}::timestamptz is null or t.due_at >= ${from}) and (${to}::timestamptz is null or t.due_at < ${to})
      group by 1 order by 1`,
  ]);
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
    attainment: ended.map(({ metric, fulfilled, breached, mean_ms, max_ms }) => ({
      metric,
      fulfilled,
      breached,
      percent:
        fulfilled + breached === 0
          ? null
          : new Decimal(fulfilled)
              .times(100)
              .div(fulfilled + breached)
              .toDecimalPlaces(2)
              .toFixed(),
      meanElapsedMs: mean_ms === null ? null : Math.round(mean_ms),
      maxElapsedMs: max_ms,
    })),
  };
}
