import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Share } from '../../engine/services/sweep-batches.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** An alert whose acknowledgement ran out, and whether its matter is still open. */
export interface Expired {
  id: string;
  severity: 'INFO' | 'WARNING' | 'CRITICAL';
  audience: ('CUSTOMER_MANAGER' | 'SUPERVISOR' | 'DIRECTOR')[];
  assignee_id: string | null;
  policy_id: string;
  branch_id: string;
  customer_id: string | null;
  ticket_id: string | null;
  clock_id: string | null;
  task_id: string | null;
  approval_id: string | null;
  tier_rank: number | null;
  /** The one that it had climbed. */
  ladder: Prisma.InputJsonObject | null;
  expires_at: Date;
  is_open: boolean;
  as_raised: Prisma.InputJsonObject;
  now: Date;
}

/**
 * Locks what alerts whose acknowledgement ran out are about, before the alerts: whoever ends a matter locks in that order, and finds
 * the alert that is raised about it here.
 */
export async function lockMatters(
  tx: TransactionClient,
  lines: readonly string[],
  now: Prisma.Sql,
  { limit, without }: Share,
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
      /* alerts.lockMatters */
      with due as materialized (
        select id, clock_id, task_id, approval_id, ticket_id from alert
        where acknowledgement_expires_at <= ${now} and policy_id = any(${[...lines]}) and id <> all(${without}::uuid[])
        order by acknowledgement_expires_at limit ${limit}
      ), t as (select id from ticket where id in (select ticket_id from due) order by id for share
      ), k as (select id from sla_clock where id in (select clock_id from due) order by id for share
      ), w as (select id from task where id in (select task_id from due) order by id for share
      ), p as (select id from approval where id in (select approval_id from due) order by id for share
      )
      select id from due where (select count(*) from t) + (select count(*) from k) + (select count(*) from w) + (select count(*) from p) >= 0`;
  return rows.map(({ id }) => id);
}

/** Those of the alerts that nobody else takes, locked. */
export async function lockExpired(tx: TransactionClient, ids: readonly string[], now: Prisma.Sql): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
      /* alerts.lockExpired */
      select id from alert where id = any(${ids}::uuid[]) and acknowledgement_expires_at <= ${now}
      order by acknowledgement_expires_at for update skip locked`;
  return rows.map(({ id }) => id);
}

/** Takes acknowledgements that ran out: they run no longer. */
export function takeExpired(tx: TransactionClient, ids: readonly string[], now: Prisma.Sql): Promise<Expired[]> {
  return tx.$queryRaw`
      /* alerts.takeExpired */
      with due as (
        select id, acknowledgement_expires_at as expires_at from alert where id = any(${ids}::uuid[])
      ), cleared as (
        update alert a set acknowledgement_expires_at = null from due where a.id = due.id returning a.*, due.expires_at
      )
      select c.id, c.severity, c.audience::text[] as audience, c.policy_id, c.branch_id, c.customer_id, c.ticket_id, c.clock_id,
        c.task_id, c.approval_id, c.tier_rank, c.ladder, c.expires_at, ${now} as now,
        coalesce(w.assignee_id, t.assignee_id, t.owner_id, c.assignee_id) as assignee_id,
        case
          when k.id is not null then k.fulfilled_at is null and k.cancelled_at is null
          when w.id is not null then w.status in ('OPEN', 'OVERDUE')
          when p.id is not null then p.awaiting_role is not null
          when t.id is not null then t.status not in ('RESOLVED', 'CLOSED')
          else true
        end as is_open,
        jsonb_build_object('level', t.level, 'status', t.status, 'metric', k.metric, 'state', k.state,
          'dueAt', coalesce(k.due_at, w.due_at), 'percent', null, 'beyondHorizon', coalesce(k.beyond_horizon, false)) as as_raised
      from cleared c left join sla_clock k on k.id = c.clock_id left join task w on w.id = c.task_id
        left join approval p on p.id = c.approval_id left join ticket t on t.id = c.ticket_id`;
}
