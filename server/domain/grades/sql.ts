import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { CustomerKind } from '../../../prisma/generated/client/enums.ts';
import type { Database } from '../../platform/storage/database.ts';
import { directSql } from '../../platform/storage/raw-sql.ts';
import { CUSTOMER_ROW, type CustomerRow } from '../customers/sql.ts';
import type { HeldGrade } from './life-cycle.ts';

type Writer = Pick<Prisma.TransactionClient, '$executeRaw'>;
type Client = Pick<Prisma.TransactionClient, '$queryRaw'>;

/** Holds customers, in order of their ids: who changes a customer's grades holds the customer, so that no two do at once. */
export async function lockCustomers(tx: Writer, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`/* grades.lockCustomers */
    select from customer where id = any(${[...new Set(ids)]}::uuid[]) order by id for no key update`;
}

/** Copies the best grades in force onto customers, and their ranks onto the open tickets. */
export async function copyBestGrades(tx: Writer, customerIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`/* grades.copyBestGrades */
    with best as (
      select distinct on (c.id) c.id as customer_id, g.id, g.scheme_id, g.tier_code, g.tier_rank, g.review_due_on
      from customer c left join grade g on g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled
      where c.id = any(${[...new Set(customerIds)]}::uuid[])
      order by c.id, g.tier_rank desc nulls last, g.since desc, g.id desc
    ), updated as (
      update customer c set grade_id = b.id, scheme_id = b.scheme_id, tier_code = b.tier_code, tier_rank = b.tier_rank, review_due_on = b.review_due_on
      from best b
      where c.id = b.customer_id
        and (c.grade_id, c.tier_code, c.review_due_on) is distinct from (b.id, b.tier_code, b.review_due_on)
      returning c.id, b.tier_code, b.tier_rank
    )
    update ticket t set tier_code = u.tier_code, tier_rank = u.tier_rank
    from updated u
    where t.customer_id = u.id and t.status <> 'CLOSED' and t.tier_code is distinct from u.tier_code`;
}

/**
 * Closes the cards of customers whose tier is no longer held: a card goes with its tier. Grades are in force again before this is asked.
 */
export async function closeCardsWithoutTier(tx: Writer, customerIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`/* grades.closeCardsWithoutTier */
    update vip_card v set state = 'CLOSED', version = v.version + 1,
      updated_at = greatest(v.updated_at, (select max(g.ended_at) from grade g where g.customer_id = v.customer_id))
    where v.customer_id = any(${[...new Set(customerIds)]}::uuid[]) and v.state <> 'CLOSED'
      and not exists (
        select from grade g where g.customer_id = v.customer_id and g.tier_code = v.tier_code and g.state <> 'ENDED' and not g.scheduled)`;
}

/** Whose list of which year entries are put on, and by whom. */
interface ListOfYear {
  readonly schemeId: string;
  readonly year: number;
  readonly policyId: string;
  readonly byId: string;
  readonly at: Date;
}

/** Puts customers on an annual list; one who is on it takes the new tier. */
export async function putOnAnnualList(
  tx: Writer,
  { schemeId, year, policyId, byId, at }: ListOfYear,
  entries: readonly { readonly customer_id: string | undefined; readonly tier_code: string }[],
): Promise<void> {
  await tx.$executeRaw`/* grades.putOnAnnualList */
      insert into annual_list_entry (scheme_id, year, customer_id, policy_id, tier_code, by_id, at)
      select ${schemeId}, ${year}, g.customer_id, ${policyId}, g.tier_code, ${byId}::uuid, ${at}
      from (select distinct on (customer_id) * from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as r(customer_id uuid, tier_code text)) g
      on conflict (scheme_id, year, customer_id) do update set tier_code = excluded.tier_code, by_id = excluded.by_id, at = excluded.at`;
}

/** The customers of a line whom its schemes grade, over the alias `c`. */
export function gradedBy(policyId: string, kinds: readonly CustomerKind[]): Prisma.Sql {
  return Prisma.sql`c.policy_id = ${policyId} and c.departed_at is null and c.kind = any(${kinds}::"CustomerKind"[])`;
}

/** The customers of branches, over the alias `c`. */
export function ofBranches(branchIds: readonly string[]): Prisma.Sql {
  return Prisma.sql`c.branch_id = any(${branchIds}::uuid[])`;
}

/** What is in both of two sets. */
export function both(one: Prisma.Sql, other: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${one} and ${other}`;
}

/** How many customers there are in a set over the alias `c`. */
export async function countCustomers(tx: Client, set: Prisma.Sql): Promise<number> {
  const [count] = await tx.$queryRaw<{ total: number }[]>`/* grades.countCustomers */
    select count(*)::int as total from customer c where ${set}`;
  return count?.total ?? 0;
}

/** A grade that is held, as a batch reads it. */
export interface HeldGradeRow extends HeldGrade {
  readonly id: string;
  readonly schemeId: string;
  readonly state: 'ACTIVE' | 'WATCH';
  readonly since: string;
}

/** A customer with the figures, the grades that are held, and the annual lists of a year. */
export interface CustomerToGrade extends CustomerRow {
  readonly figures: [key: string, value: string, asOf: string][] | null;
  readonly grades: HeldGradeRow[] | null;
  readonly lists: { schemeId: string; year: number; tierCode: string }[] | null;
}

/** The next customers of a set over the alias `c`: those behind `after`, up to `upTo` where it is given, in order of their ids. */
export function customersToGrade(
  database: Pick<Database, 'pool'>,
  set: Prisma.Sql,
  year: number,
  { after, upTo, limit }: { readonly after: string | null; readonly upTo: string | null; readonly limit: number },
): Promise<CustomerToGrade[]> {
  return directSql(
    database,
    Prisma.sql`/* grades.customersToGrade */
    select ${CUSTOMER_ROW},
      (select json_agg(json_build_array(f.key, trim_scale(f.value)::text, f.as_of::text)) from current_figure f where f.customer_id = c.id) as figures,
      (select json_agg(json_build_object('id', g.id, 'schemeId', g.scheme_id, 'tierCode', g.tier_code, 'tierRank', g.tier_rank, 'state', g.state,
          'reason', g.reason, 'misses', g.misses, 'since', g.since))
        from grade g where g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled) as grades,
      (select json_agg(json_build_object('schemeId', a.scheme_id, 'year', a.year, 'tierCode', a.tier_code))
        from annual_list_entry a where a.customer_id = c.id and a.year = ${year}) as lists
    from customer c
    where ${set} and (${after}::uuid is null or c.id > ${after}::uuid)
      and (${upTo}::uuid is null or c.id <= ${upTo}::uuid)
    order by c.id limit ${limit}`,
  );
}

/** Lets starts of grading runs of a line wait for each other until the transaction ends. */
export async function lockRunsOf(tx: Writer, policyId: string): Promise<void> {
  await tx.$executeRaw`/* grades.lockRunsOf */ select pg_advisory_xact_lock(hashtext(${`grading ${policyId}`}))`;
}

/** Leaves proposed assessments to an approval. */
export async function leaveToApproval(tx: Writer, assessmentIds: readonly string[], approvalId: string): Promise<void> {
  await tx.$executeRaw`/* grades.leaveToApproval */
          update assessment set status = 'PENDING_APPROVAL', approval_id = ${approvalId}::uuid
          where id = any(${assessmentIds}::uuid[]) and status = 'PROPOSED'`;
}

/** Gives the assessments that await an approval their status. */
export async function closeAssessments(
  tx: Writer,
  approvalId: string,
  status: 'APPROVED' | 'PROPOSED' | 'REJECTED',
): Promise<void> {
  await tx.$executeRaw`/* grades.closeAssessments */
    update assessment set status = ${status}::"AssessmentStatus"
    where approval_id = ${approvalId}::uuid and status = 'PENDING_APPROVAL'`;
}

/** Ends grades, each for its reason. */
export async function endGrades(
  tx: Writer,
  ended: readonly { readonly id: string; readonly because: string }[],
  at: Date,
): Promise<void> {
  if (ended.length === 0) return;
  await tx.$executeRaw`/* grades.endGrades */
      update grade g set state = 'ENDED', ended_at = ${at}, ended_because = e.because::"GradeReason"
      from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as e(id uuid, because text)
      where g.id = e.id`;
}

/** Ends grades that an assessment replaced or took away. */
export async function endAssessedGrades(tx: Writer, ids: readonly string[], at: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`/* grades.endAssessedGrades */
          update grade set state = 'ENDED', ended_at = ${at}, ended_because = 'ASSESSED' where id = any(${ids}::uuid[])`;
}

/** Notes that grades missed their bar once more. */
export async function watchGrades(
  tx: Writer,
  watched: readonly { readonly id: string; readonly misses: number }[],
): Promise<void> {
  if (watched.length === 0) return;
  await tx.$executeRaw`/* grades.watchGrades */
          update grade g set misses = w.misses, state = 'WATCH' from jsonb_to_recordset(${JSON.stringify(watched)}::jsonb) as w(id uuid, misses int)
          where g.id = w.id`;
}

/** A grade that is confirmed, and until when; by the columns' names. */
export interface KeptGrade {
  readonly id: string;
  readonly until: Date | null;
  readonly ends_at: Date | null;
}

/** Confirms grades that met their bar; where they end by themselves, later than before. */
export async function confirmGrades(tx: Writer, kept: readonly KeptGrade[]): Promise<void> {
  if (kept.length === 0) return;
  await tx.$executeRaw`/* grades.confirmGrades */
          update grade g set misses = 0, state = 'ACTIVE', until = coalesce(k.until, g.until), ends_at = coalesce(k.ends_at, g.ends_at)
          from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(id uuid, until date, ends_at timestamptz)
          where g.id = k.id and (g.misses <> 0 or k.until is not null)`;
}

/** Gives grades that are given once more their new dates. */
export async function renewGrades(
  tx: Writer,
  kept: readonly (KeptGrade & { readonly review_due_on: Date | null })[],
): Promise<void> {
  if (kept.length === 0) return;
  await tx.$executeRaw`/* grades.renewGrades */
      update grade g set review_due_on = k.review_due_on, until = k.until, ends_at = k.ends_at, misses = 0, state = 'ACTIVE'
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(id uuid, review_due_on date, until date, ends_at timestamptz)
      where g.id = k.id`;
}

/** The consent of customers who have not departed, and the ids of the grades that they hold. */
export function heldGrades(
  tx: Client,
  customerIds: readonly string[],
): Promise<{ readonly id: string; readonly vip_consent: boolean | null; readonly held: readonly string[] }[]> {
  return tx.$queryRaw`/* grades.heldGrades */
    select c.id, c.vip_consent,
      array(select g.id::text from grade g where g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled) as held
    from customer c where c.id = any(${customerIds}::uuid[]) and c.departed_at is null`;
}

/** A grade that began or ended by itself, with its customer. */
export interface DueGrade {
  readonly id: string;
  readonly customer_id: string;
  readonly policy_id: string;
  readonly branch_id: string;
  readonly manager_id: string | null;
  readonly scheme_id: string;
  readonly tier_code: string;
  readonly tier_rank: number;
  /** What it replaces; null where that is nothing. */
  readonly held_tier: string | null;
  readonly now: Date;
}

/** Ids of scheduled grades that are to begin, their customers locked; one whose customer is locked by another has its turn later. */
export async function lockGradesToBegin(tx: Client, now: Prisma.Sql, limit: number): Promise<string[]> {
  return lockDue(tx, Prisma.sql`g.scheduled and g.since <= ${now} order by g.since`, limit);
}

/** Ids of grades that run out, their customers locked; one whose customer is locked by another has its turn later. */
export async function lockGradesToExpire(tx: Client, now: Prisma.Sql, limit: number): Promise<string[]> {
  return lockDue(tx, Prisma.sql`g.ends_at <= ${now} and g.state <> 'ENDED' order by g.ends_at`, limit);
}

async function lockDue(tx: Client, isDue: Prisma.Sql, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`/* grades.lockDue */
    select g.id from grade g join customer c on c.id = g.customer_id where ${isDue} limit ${limit} for no key update of c skip locked`;
  return rows.map(({ id }) => id);
}

/** Brings scheduled grades into force, which ends what was held in their scheme. */
export function beginGrades(tx: Client, ids: readonly string[], now: Prisma.Sql): Promise<DueGrade[]> {
  return tx.$queryRaw`/* grades.beginGrades */
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
}

/** Ends grades that run out. */
export function expireGrades(tx: Client, ids: readonly string[], now: Prisma.Sql): Promise<DueGrade[]> {
  return tx.$queryRaw`/* grades.expireGrades */
      with ended as (
        update grade g set state = 'ENDED', ended_at = g.ends_at, ended_because = 'EXPIRED'
        where g.id = any(${ids}::uuid[]) and g.state <> 'ENDED' and g.ends_at <= ${now} returning g.*
      )
      select ended.id, ended.customer_id, ended.policy_id, c.branch_id, c.manager_id, ended.scheme_id, ended.tier_code, ended.tier_rank,
        null as held_tier, ${now} as now
      from ended join customer c on c.id = ended.customer_id`;
}
