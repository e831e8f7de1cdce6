import type { Services } from '../context.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { newId } from '../ids.ts';
import type { Text } from '../policy/text.ts';
import { inTransaction } from '../storage/transaction.ts';
import { WriteSet } from '../storage/write-set.ts';

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
  now: Date;
}

/** Marks tasks that were not done in time and tells whose they are; once each. Returns how many alerts were raised. */
export async function sweepTasks(services: Services): Promise<number> {
  let raised = 0;
  for (;;) {
    const count = await sweepBatch(services);
    raised += count;
    if (count < BATCH) break;
  }
  if (raised > 0) services.alerts.wake();
  return raised;
}

async function sweepBatch({ database, clock }: Services): Promise<number> {
  return inTransaction(database, async (tx) => {
    const now = clock.held ? Prisma.sql`${clock.now()}::timestamptz` : Prisma.sql`clock_timestamp()`;
    const due = await tx.$queryRaw<DueTask[]>`
      with due as (
        select id from task where next_fire_at <= ${now} order by next_fire_at limit ${BATCH} for update skip locked
      ), late as (
        update task t set status = 'OVERDUE', next_fire_at = null from due where t.id = due.id and t.status = 'OPEN' returning t.*
      ), moved as (
        update plan_measure m set status = 'OVERDUE' from late where m.id = late.measure_id and m.status = 'OPEN' returning m.id
      )
      select late.id, late.customer_id, late.policy_id, late.branch_id, late.assignee_id, late.ticket_id, late.title,
        c.tier_rank, ${now} as now
      from late left join customer c on c.id = late.customer_id`;
    const writes = new WriteSet();
    for (const task of due) {
      writes.insert('alert', {
        id: newId(),
        dedupeKey: `task:${task.id}:overdue`,
        kind: 'TASK_OVERDUE',
        severity: 'WARNING',
        raisedAt: task.now,
        message: { en: `Overdue: ${task.title.en}`, zh: `已逾期：${task.title.zh}` },
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
    return due.length;
  });
}
