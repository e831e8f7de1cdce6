import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Services } from '../../engine/services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../../engine/services/sweep-batches.ts';
import { nowSql } from '../../platform/storage/now-sql.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { peopleOfLines } from './line-people.ts';
import { ownerOrStandIn, type People } from './rules.ts';
import { type Expired, lockExpired, lockMatters, takeExpired } from './sql.ts';
import { linesOf } from './sql-ladder.ts';

/**
 * Acknowledgements that ran out: where the matter (a promise, a task, an approval, a ticket) is still open, it comes back as
 * an alert of its own, once for each acknowledgement, to the person who has it now, or is on duty in their place. It begins at
 * the first rung. Returns how many came back.
 */
export function sweepAcknowledgements(services: Services): Promise<number> {
  return sweepBatches(services, 'alerts.acknowledgements', (batch) => sweepBatch(services, batch));
}

async function sweepBatch(services: Services, batch: Batch): Promise<SweptBatch> {
  const { database, clock } = services;
  const lines = await linesOf(database.prisma, 'EXPIRED', nowSql(clock));
  if (lines.length === 0) return { taken: 0, raised: 0 };
  const people = await peopleOfLines(services, lines);
  return inTransaction(database, async (tx) => {
    const now = nowSql(clock);
    const due = await lockMatters(tx, lines, now, batch);
    const ids = await lockExpired(tx, due, now);
    batch.took(ids);
    const expired = await takeExpired(tx, ids, now);
    const alerts = expired.filter(({ is_open }) => is_open).map((alert) => alertOf(alert, people.get(alert.policy_id)));
    await new WriteSet().insert('alert', ...alerts).execute(tx);
    return { taken: due.length, raised: alerts.length };
  });
}

function alertOf(alert: Expired, people: People | undefined): Prisma.AlertUncheckedCreateInput {
  const matter = {
    policyId: alert.policy_id,
    branchId: alert.branch_id,
    customerId: alert.customer_id,
    ownerId: alert.assignee_id,
    audience: alert.audience,
  };
  return {
    id: newId(),
    dedupeKey: `ack:${alert.id}:${alert.expires_at.getTime()}`,
    kind: 'ACKNOWLEDGEMENT_EXPIRED',
    severity: alert.severity,
    raisedAt: alert.now,
    message: { en: 'It was acknowledged, and is still open.', zh: '已确认但仍未处理完毕。' },
    audience: alert.audience,
    assigneeId: (people && ownerOrStandIn(matter, people)) ?? alert.assignee_id,
    policyId: alert.policy_id,
    branchId: alert.branch_id,
    customerId: alert.customer_id,
    ticketId: alert.ticket_id,
    clockId: alert.clock_id,
    taskId: alert.task_id,
    approvalId: alert.approval_id,
    tierRank: alert.tier_rank,
    asRaised: alert.as_raised,
    ...(alert.ladder && { ladder: alert.ladder }),
  };
}
