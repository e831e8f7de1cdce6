import { Prisma } from '../../../prisma/generated/client/client.ts';
import { type SweptBatch, sweepBatches } from '../../engine/alert-log/batches.ts';
import { gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import type { Services } from '../../engine/services/services.ts';
import { nowSql } from '../../platform/storage/now.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { refreshBestGrades } from './best.ts';

const BATCH = 500;

interface Due {
  id: string;
  customer_id: string;
  policy_id: string;
  branch_id: string;
  manager_id: string | null;
  scheme_id: string;
  tier_code: string;
  tier_rank: number;
  held_tier: string | null;
  now: Date;
}

/**
 * Brings scheduled grades into force, which ends what was held in their scheme, and ends those that run out. Returns how
 * many alerts were raised.
 */
export async function sweepGrades(services: Services): Promise<number> {
  let raised = 0;
  for (const sweep of [activate, expire]) raised += await sweepBatches(services, BATCH, () => sweep(services));
  return raised;
}

function activate(services: Services): Promise<SweptBatch> {
  return inTransaction(services.database, async (tx) => {
    const now = nowSql(services.clock);
    const ids = await lockDue(tx, Prisma.sql`g.scheduled and g.since <= ${now} order by g.since`);
    if (ids.length === 0) return { taken: 0, raised: 0 };
    const due = await tx.$queryRaw<Due[]>`
      with begun as (
        update grade g set scheduled = false where g.id = any(${ids}::uuid[]) and g.scheduled and g.state <> 'ENDED' returning g.*
      ), ended as (
        update grade h set state = 'ENDED', ended_at = begun.since, ended_because = 'ASSESSED' from begun
        where h.customer_id = begun.customer_id and h.scheme_id = begun.scheme_id and h.id <> begun.id and h.state <> 'ENDED' and not h.scheduled
        returning h.customer_id, h.scheme_id, h.tier_code
      )
      select begun.id, begun.customer_id, begun.policy_id, c.branch_id, c.manager_id, begun.scheme_id, begun.tier_code, begun.tier_rank,
        (select tier_code from ended e where e.customer_id = begun.customer_id and e.scheme_id = begun.scheme_id limit 1) as held_tier, ${now} as now
      from begun join customer c on c.id = begun.customer_id`;
    return tell(tx, due, (grade) => ({ from: grade.held_tier, to: grade.tier_code, key: `${grade.id}:begun` }));
  });
}

function expire(services: Services): Promise<SweptBatch> {
  return inTransaction(services.database, async (tx) => {
    const now = nowSql(services.clock);
    const ids = await lockDue(tx, Prisma.sql`g.ends_at <= ${now} and g.state <> 'ENDED' order by g.ends_at`);
    if (ids.length === 0) return { taken: 0, raised: 0 };
    const due = await tx.$queryRaw<Due[]>`
      with ended as (
        update grade g set state = 'ENDED', ended_at = g.ends_at, ended_because = 'EXPIRED'
        where g.id = any(${ids}::uuid[]) and g.state <> 'ENDED' and g.ends_at <= ${now} returning g.*
      )
      select ended.id, ended.customer_id, ended.policy_id, c.branch_id, c.manager_id, ended.scheme_id, ended.tier_code, ended.tier_rank,
        null as held_tier, ${now} as now
      from ended join customer c on c.id = ended.customer_id`;
    return tell(tx, due, (grade) => ({ from: grade.tier_code, to: null, key: `${grade.id}:expired` }));
  });
}

/** The grades that are due, their customers locked; one at which somebody else is at work has its turn later. */
async function lockDue(tx: Prisma.TransactionClient, isDue: Prisma.Sql): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select g.id from grade g join customer c on c.id = g.customer_id where ${isDue} limit ${BATCH} for no key update of c skip locked`;
  return rows.map(({ id }) => id);
}

async function tell(
  tx: Prisma.TransactionClient,
  due: readonly Due[],
  changeOf: (grade: Due) => { from: string | null; to: string | null; key: string },
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
