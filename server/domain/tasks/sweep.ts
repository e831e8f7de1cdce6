import { Prisma } from '../../../prisma/generated/client/client.ts';
import { type SweptBatch, sweepBatches } from '../../engine/alert-log/batches.ts';
import type { Services } from '../../engine/services/services.ts';
import { nowSql } from '../../platform/storage/now.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import type { Text } from '../../platform/values/text.ts';
import { lateFromSql } from './late.ts';

const BATCH = 500;

interface DueTask {
  id: string;
  customer_id: string | null;
  policy_id: string;
  branch_id: string;
  assignee_id: string | null;
  ticket_id: string | null;
  tier_rank: number | null;
  title: Text;
  /** It is not late yet: a warning. */
  warned: boolean;
  now: Date;
}

/** Warns of tasks that are to be done soon, marks those that were not done in time, and tells whose they are; once each. Returns how many alerts were raised. */
export function sweepTasks(services: Services): Promise<number> {
  return sweepBatches(services, BATCH, () => sweepBatch(services));
}

function sweepBatch({ database, clock }: Services): Promise<SweptBatch> {
  return inTransaction(database, async (tx) => {
    const now = nowSql(clock);
    const due = await tx.$queryRaw<DueTask[]>`
      with due as (
        select id from task where next_fire_at <= ${now} order by next_fire_at limit ${BATCH} for update skip locked
      ), late as (
        update task t set status = 'OVERDUE', next_fire_at = null from due where t.id = due.id and t.status = 'OPEN' and t.due_at <= ${now} returning t.*
      ), warned as (
        update task t set next_fire_at = ${lateFromSql(Prisma.sql`t.due_at`)}
        from due where t.id = due.id and t.status = 'OPEN' and t.due_at > ${now} returning t.*
      ), moved as (
        update plan_measure m set status = 'OVERDUE' from late where m.id = late.measure_id and m.status = 'OPEN' returning m.id
      ), told as (
        select late.*, false as warned from late union all select warned.*, true from warned
      )
      select told.id, told.customer_id, told.policy_id, told.branch_id, told.assignee_id, told.ticket_id, told.title, told.warned,
        c.tier_rank, ${now} as now
      from told left join customer c on c.id = told.customer_id`;
    const writes = new WriteSet();
    for (const task of due) {
      writes.insert('alert', {
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
      });
    }
    await writes.execute(tx);
    return { taken: due.length, raised: due.length };
  });
}
