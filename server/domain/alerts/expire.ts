import { type SweptBatch, sweepBatches } from '../../engine/alert-log/batches.ts';
import type { Services } from '../../engine/services/services.ts';
import { nowSql } from '../../platform/storage/now.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';

const BATCH = 500;

interface Expired {
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
  expires_at: Date;
  is_open: boolean;
  now: Date;
}

/**
 * Acknowledgements that ran out: where the matter (a promise, a task, an approval, a ticket) is still open, it comes back as
 * an alert of its own, once for each acknowledgement, to whoever has it now. Returns how many came back.
 */
export function sweepAcknowledgements(services: Services): Promise<number> {
  return sweepBatches(services, BATCH, () => sweepBatch(services));
}

function sweepBatch({ database, clock }: Services): Promise<SweptBatch> {
  return inTransaction(database, async (tx) => {
    const now = nowSql(clock);
    const expired = await tx.$queryRaw<Expired[]>`
      with due as (
        select id, acknowledgement_expires_at as expires_at from alert
        where acknowledgement_expires_at <= ${now} order by acknowledgement_expires_at limit ${BATCH} for update skip locked
      ), cleared as (
        update alert a set acknowledgement_expires_at = null from due where a.id = due.id returning a.*, due.expires_at
      )
      select c.id, c.severity, c.audience::text[] as audience, c.policy_id, c.branch_id, c.customer_id, c.ticket_id, c.clock_id,
        c.task_id, c.approval_id, c.tier_rank, c.expires_at, ${now} as now,
        coalesce(w.assignee_id, t.assignee_id, t.owner_id, c.assignee_id) as assignee_id,
        case
          when k.id is not null then k.fulfilled_at is null and k.cancelled_at is null
          when w.id is not null then w.status in ('OPEN', 'OVERDUE')
          when p.id is not null then p.awaiting_role is not null
          when t.id is not null then t.status not in ('RESOLVED', 'CLOSED')
          else true
        end as is_open
      from cleared c left join sla_clock k on k.id = c.clock_id left join task w on w.id = c.task_id
        left join approval p on p.id = c.approval_id left join ticket t on t.id = c.ticket_id`;
    const writes = new WriteSet();
    for (const alert of expired.filter(({ is_open }) => is_open)) {
      writes.insert('alert', {
        id: newId(),
        dedupeKey: `ack:${alert.id}:${alert.expires_at.getTime()}`,
        kind: 'ACKNOWLEDGEMENT_EXPIRED',
        severity: alert.severity,
        raisedAt: alert.now,
        message: { en: 'It was acknowledged, and is still open.', zh: '已确认但仍未处理完毕。' },
        audience: alert.audience,
        assigneeId: alert.assignee_id,
        policyId: alert.policy_id,
        branchId: alert.branch_id,
        customerId: alert.customer_id,
        ticketId: alert.ticket_id,
        clockId: alert.clock_id,
        taskId: alert.task_id,
        approvalId: alert.approval_id,
        tierRank: alert.tier_rank,
      });
    }
    await writes.execute(tx);
    return { taken: expired.length, raised: writes.of('alert').length };
  });
}
