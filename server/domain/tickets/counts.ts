import type { Database } from '../../platform/storage/database.ts';

/** Rows of `ticket_count` above which it is worth to add them up. */
const MANY = 500;

/** Rows that are added up at once. */
const BATCH = 20_000;

/** The lock of whoever adds up, so that nodes do not do it for each other. */
const LOCK = 0x7c_0047;

/**
 * Adds the rows of `ticket_count` up to one a key, where there are many. The sums stay what they are, for all that read
 * before, meanwhile and after.
 *
 * @returns how many rows there are fewer
 */
export async function addUpTicketCounts({ pool }: Pick<Database, 'pool'>): Promise<number> {
  // One statement, so that nobody sees the rows gone and their sum not there yet.
  const { rows } = await pool.query<{ fewer: number }>(
    `with turn as materialized (
       select from (select from ticket_count limit $1 + 1) known having count(*) > $1 and pg_try_advisory_xact_lock($2)
     ), gone as (
       delete from ticket_count where id in (select id from ticket_count, turn order by id limit $3) returning *
     ), sums as (
       insert into ticket_count (policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, count)
       select policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, sum(count)
       from gone group by 1, 2, 3, 4, 5, 6 having sum(count) <> 0 returning 1
     )
     select ((select count(*) from gone) - (select count(*) from sums))::int as fewer`,
    [MANY, LOCK, BATCH],
  );
  return rows[0]?.fewer ?? 0;
}
