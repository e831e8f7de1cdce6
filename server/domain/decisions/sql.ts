import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** Removes up to $2 decisions that were written more than $1 days ago. */
export const PRUNE = `/* decisions.prune */
  delete from policy_decision where ctid = any (array(
    select ctid from policy_decision where recorded_at < now() - make_interval(days => $1) limit $2))`;

/** Decisions of transactions before this one are all there: none of them comes later. */
const SETTLED = 'written < pg_snapshot_xmin(pg_current_snapshot())::text::bigint';

const LATER = 'not pg_visible_in_snapshot(written::text::xid8, $5::pg_snapshot)';

/** What the log of decisions has by now, and a place before all that comes. */
export const READ_LOG_END = `/* decisions.readLogEnd */
  select (pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)::text as written, pg_current_snapshot()::text as began`;

/** Decisions of the policy $1 after the place ($2, $3), without those of the snapshot $5, as they were written, up to $4. */
export const READ_LOG = `/* decisions.readLog */
  select id, question, outcome, facts, answer, written::text as written from policy_decision
  where policy_id = $1 and written >= $2::bigint and (written, id) > ($2::bigint, $3::uuid) and ${SETTLED} and ${LATER}
  order by written, id limit $4`;

/** How many of those come before the last $4, and the last of them. */
export const READ_OVERFLOW = `/* decisions.readOverflow */
  with overflow as (
    select written, id from policy_decision
    where policy_id = $1 and written >= $2::bigint and (written, id) > ($2::bigint, $3::uuid) and ${SETTLED} and ${LATER}
    order by written desc, id desc offset $4
  ) select (select count(*)::int from overflow) as count, written::text as written, id from overflow limit 1`;

/** How many of a question about customers of a tier were asked, and decided otherwise. */
export interface ShadowCount {
  readonly question: string;
  readonly tier: string;
  asked: number;
  different: number;
}

/** Adds to the counts of a shadow. */
export async function addCounts(
  tx: TransactionClient,
  shadowId: string,
  counts: readonly ShadowCount[],
): Promise<void> {
  await tx.$executeRaw`
    /* decisions.addCounts */
    insert into policy_shadow_count (shadow_id, question, tier, asked, different)
    select ${shadowId}::uuid, question, tier, asked, different
    from jsonb_to_recordset(${JSON.stringify(counts)}::jsonb) as g(question text, tier text, asked int, different int)
    on conflict (shadow_id, question, tier) do update
      set asked = policy_shadow_count.asked + excluded.asked, different = policy_shadow_count.different + excluded.different`;
}
