import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { Shift } from './rules.ts';
import type { NewShift } from './shifts.ts';

type Reader = Pick<PrismaClient, '$queryRaw'>;

/** Shifts of a line, and absences of its people, at an instant: of people who are still here, in the order in which they began. */
export function shiftsAt(
  db: Reader,
  policyId: string,
  at: Date,
): Promise<Pick<Shift, 'branchId' | 'post' | 'staffId'>[]> {
  return db.$queryRaw`/* rota.shiftsAt */
    select r.branch_id as "branchId", r.post, r.staff_id as "staffId"
    from rota_shift r join staff s on s.id = r.staff_id and s.active
    where r.valid_from <= ${at} and r.valid_until > ${at} and (r.policy_id = ${policyId} or r.post is null)
    order by r.valid_from, r.id`;
}

/** Shifts and absences that touch a window; of posts, those that end after `since` tell that a rota is kept. */
export function shiftsWithin(
  db: Reader,
  since: Date,
  until: Date,
): Promise<(Shift & { readonly policyId: string; readonly isActive: boolean })[]> {
  return db.$queryRaw`/* rota.shiftsWithin */
    select r.policy_id as "policyId", r.branch_id as "branchId", r.post, r.staff_id as "staffId", r.valid_from as "validFrom",
      r.valid_until as "validUntil", s.active as "isActive"
    from rota_shift r join staff s on s.id = r.staff_id
    where r.valid_until > ${since} and r.valid_from < ${until}
    order by r.valid_from, r.id`;
}

/** Locks the person, so that two shifts of theirs are set one after the other. */
export async function lockPerson(tx: TransactionClient, staffId: string): Promise<void> {
  await tx.$queryRaw`/* rota.lockPerson */ select from staff where id = ${staffId}::uuid for no key update`;
}

/** How many shifts of the person overlap with a new one: of the same post at the same branch, or absences where it is one. */
export async function overlapping(
  tx: TransactionClient,
  { policyId, branchId, post, staffId, from, until }: NewShift,
): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`/* rota.overlapping */
    select count(*)::int as count from rota_shift
    where staff_id = ${staffId}::uuid and valid_from < ${until} and valid_until > ${from} and valid_until > valid_from
      and post is not distinct from ${post} and (post is null or (policy_id = ${policyId} and branch_id = ${branchId}::uuid))`;
  return row?.count ?? 0;
}

/** Posts of a person, as `policy/POST`. */
export async function postsOf(db: Reader, staffId: string): Promise<string[]> {
  const [row] = await db.$queryRaw<{ posts: string[] }[]>`/* rota.postsOf */
    select posts from staff where id = ${staffId}::uuid`;
  return row?.posts ?? [];
}

/** Ends alerts of gaps that are filled by now. Returns how many. */
export async function endFilledGaps(tx: TransactionClient, keys: readonly string[], now: Date): Promise<number> {
  const rows = await tx.$queryRaw<{ id: string }[]>`/* rota.endFilledGaps */
    with filled as materialized (
      select id from alert where kind = 'ROTA_GAP' and ended_at is null and not dedupe_key = any(${[...keys]})
      order by id for update skip locked
    ), ended as materialized (
      select end_alerts(coalesce(array_agg(id), '{}'), ${now}) from filled
    )
    select f.id from filled f, ended`;
  return rows.length;
}
