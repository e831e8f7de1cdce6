import type { Pool } from 'pg';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { ClockMetric } from '../../../prisma/generated/client/enums.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** Open tickets of a tier by the worst of their clocks. */
export interface TierCounts {
  readonly policy_id: string;
  readonly tier_rank: number | null;
  readonly tier_code: string | null;
  readonly open: number;
  readonly on_track: number;
  readonly at_risk: number;
  readonly breached: number;
  readonly paused: number;
}

/**
 * The tiers that have open tickets, at most 100.
 *
 * @param where which rows of `ticket_count` are counted, over the alias `t`
 */
export function openTicketsByTier(prisma: Pick<PrismaClient, '$queryRaw'>, where: Prisma.Sql): Promise<TierCounts[]> {
  return prisma.$queryRaw`
      /* tickets.openTicketsByTier */
      select t.policy_id, t.tier_code, t.tier_rank, sum(t.count)::int as open,
        coalesce(sum(t.count) filter (where t.sla_state = 'ON_TRACK'), 0)::int as on_track,
        coalesce(sum(t.count) filter (where t.sla_state = 'AT_RISK'), 0)::int as at_risk,
        coalesce(sum(t.count) filter (where t.sla_state = 'BREACHED'), 0)::int as breached,
        coalesce(sum(t.count) filter (where t.is_waiting), 0)::int as paused
      from ticket_count t
      where ${where}
      group by 1, 2, 3 having sum(t.count) <> 0 order by 1, 3 desc nulls last, 2 limit 100`;
}

/** How the promises of a metric were kept. */
export interface MetricOutcome {
  readonly metric: ClockMetric;
  readonly fulfilled: number;
  readonly breached: number;
  readonly mean_ms: number | null;
  readonly max_ms: number | null;
}

/**
 * The metrics whose clocks have ended or are breached, by when each first fell due.
 *
 * @param where which rows of `sla_clock` are counted, over the alias `t`
 */
export function outcomesByMetric(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  where: Prisma.Sql,
  { from, to }: { readonly from: Date | null; readonly to: Date | null },
): Promise<MetricOutcome[]> {
  return prisma.$queryRaw`
      /* tickets.outcomesByMetric */
      select t.metric::text as metric,
        count(*) filter (where t.state = 'FULFILLED')::int as fulfilled,
        count(*) filter (where t.state = 'BREACHED')::int as breached,
        (avg(t.counted_ms) filter (where t.fulfilled_at is not null))::float8 as mean_ms,
        (max(t.counted_ms) filter (where t.fulfilled_at is not null))::float8 as max_ms
      from sla_clock t
      where t.state in ('FULFILLED', 'BREACHED') and ${where}
        and (${from}::timestamptz is null or coalesce(t.breached_at, t.due_at) >= ${from})
        and (${to}::timestamptz is null or coalesce(t.breached_at, t.due_at) < ${to})
      group by 1 order by 1`;
}

/** Which tickets or clocks are summarised: what the viewer may see, of a line, of branches; null does not narrow. */
export function inScope(scope: Prisma.Sql, policyId: string | null, branchIds: readonly string[] | null): Prisma.Sql {
  return Prisma.sql`${scope}
    and (${policyId}::text is null or t.policy_id = ${policyId})
    and (${branchIds === null} or t.branch_id = any(${[...(branchIds ?? [])]}::uuid[]))`;
}

/** What the dashboard tells open tickets apart by. */
const COUNT_KEY = '(policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting)';

/**
 * Adds the rows of `ticket_count` up to one a key, where there are more than `spare` beyond one a key and no other node does it.
 *
 * @returns how many rows there are fewer
 */
export async function addUpCounts(
  pool: Pick<Pool, 'query'>,
  { spare, batch, lock }: { readonly spare: number; readonly batch: number; readonly lock: number },
): Promise<number> {
  // One statement, so that nobody sees the rows gone and their sum not there yet.
  const { rows } = await pool.query<{ fewer: number }>(
    `/* tickets.addUpCounts */
     with turn as materialized (
       select from (select count(*) as rows, count(distinct ${COUNT_KEY}) as keys from (
         select * from ticket_count order by id limit $3
       ) known) counted
       where rows > keys + $1 and pg_try_advisory_xact_lock($2)
     ), gone as (
       delete from ticket_count where id in (select id from ticket_count, turn order by id limit $3) returning *
     ), sums as (
       insert into ticket_count (policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, count)
       select policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, sum(count)
       from gone group by 1, 2, 3, 4, 5, 6 having sum(count) <> 0 returning 1
     )
     select ((select count(*) from gone) - (select count(*) from sums))::int as fewer`,
    [spare, lock, batch],
  );
  return rows[0]?.fewer ?? 0;
}

/** Of these alerts those that still await a reaction and that no other node holds, locked. */
export async function lockAwaiting(tx: TransactionClient, alertIds: readonly string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
        /* tickets.lockAwaiting */
        select id from alert where id = any(${alertIds}::uuid[]) and awaits_reaction for update skip locked`;
  return rows.map(({ id }) => id);
}

/** The reactions that are owed and to be asked for now: it is time, or the policy has another version by now. */
export async function owedReactions(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  policies: readonly { readonly id: string; readonly version: string }[],
  now: Prisma.Sql,
  limit: number,
): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    /* tickets.owedReactions */
    select u.id from unsaid_reaction u
    join unnest(${policies.map(({ id }) => id)}::text[], ${policies.map(({ version }) => version)}::text[]) p (id, version)
      on p.id = u.policy_id
    where u.next_try_at <= ${now} or u.policy_version <> p.version
    order by u.attempts, u.id limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Of these owed reactions those that no other node holds, locked. */
export async function lockOwed(tx: TransactionClient, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
      /* tickets.lockOwed */
      select id from unsaid_reaction where id = any(${ids}::uuid[]) for update skip locked`;
  return rows.map(({ id }) => id);
}

/** When the last complaint since an instant was opened; null where there is none. */
export async function lastComplaintSince(prisma: Pick<PrismaClient, '$queryRaw'>, since: Date): Promise<Date | null> {
  const [row] = await prisma.$queryRaw<{ at: Date | null }[]>`
    /* tickets.lastComplaintSince */
    select max(opened_at) as at from ticket where type = 'COMPLAINT' and opened_at >= ${since}`;
  return row?.at ?? null;
}

/**
 * Complaints of a line by the week that they were opened in; weeks without any are left out.
 *
 * @param starts the weeks' beginnings, ascending
 * @param end what was opened from here on is not counted
 */
export function complaintsByWeek(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  policyId: string,
  starts: readonly Date[],
  end: Date,
): Promise<{ week: number; complaints: number }[]> {
  return prisma.$queryRaw`
    /* tickets.complaintsByWeek */
    select (width_bucket(opened_at, ${starts}::timestamptz[]) - 1) as week, count(*)::int as complaints
    from ticket
    where policy_id = ${policyId} and type = 'COMPLAINT'
      and opened_at >= ${starts[0]} and opened_at < ${end}
    group by 1`;
}

/** Tickets that a ticket is a duplicate of or went into, and those beyond them; itself among them. */
export async function ticketsBeyond(prisma: Pick<PrismaClient, '$queryRaw'>, id: string): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ id: string }[]>`/* tickets.ticketsBeyond */
    with recursive beyond (id) as (
      select ${id}::uuid
      union select l.other_id from ticket_link l join beyond b on b.id = l.ticket_id where l.kind in ('DUPLICATE', 'MERGED')
    ) select id from beyond`;
  return rows.map((row) => row.id);
}
