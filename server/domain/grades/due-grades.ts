import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { alertAbout, gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../../engine/services/sweep-batches.ts';
import { nowSql } from '../../platform/storage/now-sql.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dueAtEndOf } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';
import { lateFrom } from '../../platform/values/late.ts';
import { refreshBestGrades } from './best-grade.ts';
import { fallBack } from './fall-back.ts';
import { barTo } from './may-hold.ts';
import { type DueReview, lockDueReviews, takeDueReviews } from './sql-assessments.ts';
import {
  beginGrades,
  type DueGrade,
  dropGrades,
  expireGrades,
  lockGradesToBegin,
  lockGradesToExpire,
  scheduledOf,
} from './sql-due.ts';
import { REVIEW_KEY } from './terms.ts';

/**
 * Brings scheduled grades into force, which ends what was held in their scheme, and ends those that run out: after an exception
 * what was assessed comes back. Returns how many alerts were raised.
 */
export async function sweepGrades(services: Services): Promise<number> {
  let raised = 0;
  for (const [name, sweep] of Object.entries(SWEEPS))
    raised += await sweepBatches(services, name, (batch) => sweep(services, batch));
  return raised;
}

function activate(services: Services, batch: Batch): Promise<SweptBatch> {
  return inTransaction(services.database, async (tx) => {
    const now = nowSql(services.clock);
    const ids = await lockGradesToBegin(tx, now, batch);
    batch.took(ids);
    if (ids.length === 0) return { taken: 0, raised: 0 };
    const barred = (await scheduledOf(tx, ids)).filter((grade) => isBarred(services.policies, grade));
    const lost = new Set(barred.map(({ id }) => id));
    await dropGrades(tx, [...lost], now);
    const due = await beginGrades(
      tx,
      ids.filter((id) => !lost.has(id)),
      now,
    );
    const told = await tell(tx, due, (grade) => ({
      from: grade.held_tier,
      to: grade.tier_code,
      key: `${grade.id}:begun`,
    }));
    return { ...told, taken: ids.length };
  });
}

/** Whether the customer left or lost what the scheme asks for, since the tier was decided. */
function isBarred(
  policies: Policies,
  { policy_id, scheme_id, holder }: Pick<DueGrade, 'policy_id' | 'scheme_id' | 'holder'>,
) {
  return barTo(policies.get(policy_id)?.declaration.schemes?.[scheme_id], holder) !== null;
}

function expire(services: Services, batch: Batch): Promise<SweptBatch> {
  return inTransaction(services.database, async (tx) => {
    const now = nowSql(services.clock);
    const ids = await lockGradesToExpire(tx, now, batch);
    batch.took(ids);
    if (ids.length === 0) return { taken: 0, raised: 0 };
    const due = await expireGrades(tx, ids, now);
    const raised = await tell(tx, due, (grade) => ({ from: grade.tier_code, to: null, key: `${grade.id}:expired` }));
    const writes = new WriteSet();
    await fallBack(tx, writes, services.policies, due);
    await writes.execute(tx);
    return { ...raised, taken: ids.length };
  });
}

/** Tells of grades that are to be reviewed, and leaves each to the customer's manager as a task of the day. */
function review({ database, clock, policies }: Services, batch: Batch): Promise<SweptBatch> {
  return inTransaction(database, async (tx) => {
    const now = nowSql(clock);
    const ids = await lockDueReviews(tx, now, batch);
    batch.took(ids);
    const due = await takeDueReviews(tx, ids, now);
    const writes = new WriteSet();
    for (const grade of due) addReview(writes, grade, zoneOf(policies.get(grade.policy_id)?.declaration));
    await writes.execute(tx);
    return { taken: ids.length, raised: due.length };
  });
}

const SWEEPS = { 'grades.begin': activate, 'grades.expire': expire, 'grades.review': review };

function addReview(writes: WriteSet, grade: DueReview, timeZone: string): void {
  const { customer_id: customerId, policy_id: policyId, branch_id: branchId, manager_id: managerId, now } = grade;
  const day = grade.review_due_on.toISOString().slice(0, 10);
  const title = {
    en: `Review the tier ${grade.tier_code}, due on ${day}`,
    zh: `复评等级 ${grade.tier_code}（${day} 到期）`,
  };
  const dueAt = dueAtEndOf(grade.review_due_on, timeZone);
  const taskId = newId();
  writes.insert('task', {
    id: taskId,
    key: `${REVIEW_KEY}${grade.id}:${day}`,
    title,
    origin: 'REVIEW',
    status: 'OPEN',
    dueAt,
    nextFireAt: lateFrom(dueAt),
    purpose: 'OTHER',
    customerId,
    policyId,
    branchId,
    assigneeId: managerId,
    createdAt: now,
  });
  const customer = { id: customerId, policyId, branchId, managerId, tierRank: grade.tier_rank };
  const audience = ['CUSTOMER_MANAGER', 'SUPERVISOR'] as const;
  writes.insert(
    'alert',
    alertAbout(customer, {
      key: `${REVIEW_KEY}${grade.id}:${day}`,
      kind: 'GRADE_REVIEW_DUE',
      severity: 'INFO',
      message: title,
      audience,
      at: now,
      taskId,
    }),
  );
}

async function tell(
  tx: Prisma.TransactionClient,
  due: readonly DueGrade[],
  changeOf: (grade: DueGrade) => { from: string | null; to: string | null; key: string },
): Promise<SweptBatch> {
  const writes = new WriteSet();
  for (const grade of due) {
    const customer = {
      id: grade.customer_id,
      policyId: grade.policy_id,
      branchId: grade.branch_id,
      managerId: grade.manager_id,
      tierRank: grade.tier_rank,
    };
    writes.insert('alert', gradeChangedAlert(customer, changeOf(grade), grade.now));
  }
  await writes.execute(tx);
  await refreshBestGrades(
    tx,
    due.map(({ customer_id }) => customer_id),
  );
  return { taken: due.length, raised: due.length };
}
