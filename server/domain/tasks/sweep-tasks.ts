import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { AsRaised } from '../../engine/alert-log/row.ts';
import type { Services } from '../../engine/services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../../engine/services/sweep-batches.ts';
import { nowSql } from '../../platform/storage/now-sql.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { type DueTask, lockDueTasks, moveDueTasks } from './sql.ts';

/** Warns of tasks that are to be done soon, marks those that were not done in time, and tells whose they are; once each. Returns how many alerts were raised. */
export function sweepTasks(services: Services): Promise<number> {
  return sweepBatches(services, 'tasks.overdue', (batch) => sweepBatch(services, batch));
}

function sweepBatch({ database, clock }: Services, batch: Batch): Promise<SweptBatch> {
  return inTransaction(database, async (tx) => {
    const now = nowSql(clock);
    const ids = await lockDueTasks(tx, now, batch);
    batch.took(ids);
    const due = await moveDueTasks(tx, ids, now);
    await new WriteSet().insert('alert', ...due.map(alertOf)).execute(tx);
    return { taken: ids.length, raised: due.length };
  });
}

function alertOf(task: DueTask): Prisma.AlertUncheckedCreateInput {
  return {
    id: newId(),
    dedupeKey: `task:${task.id}:${task.warned ? 'warned' : 'overdue'}`,
    kind: task.warned ? 'SLA_AT_RISK' : 'TASK_OVERDUE',
    severity: task.warned ? 'INFO' : 'WARNING',
    raisedAt: task.now,
    message: task.warned
      ? { en: `Due soon: ${task.title.en}`, zh: `即将到期：${task.title.zh}` }
      : { en: `Overdue: ${task.title.en}`, zh: `已逾期：${task.title.zh}` },
    audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
    assigneeId: task.assignee_id,
    policyId: task.policy_id,
    branchId: task.branch_id,
    customerId: task.customer_id,
    ticketId: task.ticket_id,
    taskId: task.id,
    tierRank: task.tier_rank,
    asRaised: {
      level: null,
      status: null,
      metric: null,
      state: task.warned ? 'RUNNING' : 'BREACHED',
      dueAt: task.due_at.toISOString(),
      percent: null,
      beyondHorizon: false,
    } satisfies AsRaised,
  };
}
