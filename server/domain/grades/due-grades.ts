import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { type SweptBatch, sweepBatches } from '../../engine/alert-log/batches.ts';
import { gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import type { Services } from '../../engine/services/services.ts';
import { nowSql } from '../../platform/storage/now-sql.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { refreshBestGrades } from './best-grade.ts';
import { fallBack } from './fall-back.ts';
import { beginGrades, type DueGrade, expireGrades, lockGradesToBegin, lockGradesToExpire } from './sql.ts';

const BATCH = 500;

/**
 * Brings scheduled grades into force, which ends what was held in their scheme, and ends those that run out: after an exception
 * what was assessed comes back. Returns how many alerts were raised.
 */
export async function sweepGrades(services: Services): Promise<number> {
  let raised = 0;
  for (const sweep of [activate, expire]) raised += await sweepBatches(services, BATCH, () => sweep(services));
  return raised;
}

function activate(services: Services): Promise<SweptBatch> {
  return inTransaction(services.database, async (tx) => {
    const now = nowSql(services.clock);
    const ids = await lockGradesToBegin(tx, now, BATCH);
    if (ids.length === 0) return { taken: 0, raised: 0 };
    const due = await beginGrades(tx, ids, now);
    return tell(tx, due, (grade) => ({ from: grade.held_tier, to: grade.tier_code, key: `${grade.id}:begun` }));
  });
}

function expire(services: Services): Promise<SweptBatch> {
  return inTransaction(services.database, async (tx) => {
    const now = nowSql(services.clock);
    const ids = await lockGradesToExpire(tx, now, BATCH);
    if (ids.length === 0) return { taken: 0, raised: 0 };
    const due = await expireGrades(tx, ids, now);
    const raised = await tell(tx, due, (grade) => ({ from: grade.tier_code, to: null, key: `${grade.id}:expired` }));
    const writes = new WriteSet();
    await fallBack(tx, writes, services.policies, due);
    await writes.execute(tx);
    return raised;
  });
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
