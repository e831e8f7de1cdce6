import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Services } from '../../engine/services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../../engine/services/sweep-batches.ts';
import { nowSql } from '../../platform/storage/now-sql.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { type Expired, lockExpired, takeExpired } from './sql.ts';

/**
 * Acknowledgements that ran out: where the matter (a promise, a task, an approval, a ticket) is still open, it comes back as
 * an alert of its own, once for each acknowledgement, to the person who has it now. Returns how many came back.
 */
export function sweepAcknowledgements(services: Services): Promise<number> {
  return sweepBatches(services, 'alerts.acknowledgements', (batch) => sweepBatch(services, batch));
}

function sweepBatch({ database, clock }: Services, batch: Batch): Promise<SweptBatch> {
  return inTransaction(database, async (tx) => {
    const now = nowSql(clock);
    const ids = await lockExpired(tx, now, batch);
    batch.took(ids);
    const expired = await takeExpired(tx, ids, now);
    const alerts = expired.filter(({ is_open }) => is_open).map(alertOf);
    await new WriteSet().insert('alert', ...alerts).execute(tx);
    return { taken: ids.length, raised: alerts.length };
  });
}

function alertOf(alert: Expired): Prisma.AlertUncheckedCreateInput {
  return {
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
    asRaised: alert.as_raised,
  };
}
