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
          'reason', g.reason, 'misses', g.misses, 'missedOn', g.missed_on, 'since', g.since))
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

/** Ends what was to come into force in schemes in which something else was decided since. */
export async function dropScheduled(
  tx: Writer,
  moved: readonly { readonly customer: string; readonly scheme: string }[],
  at: Date,
): Promise<void> {
  if (moved.length === 0) return;
  await tx.$executeRaw`/* grades.dropScheduled */
          update grade g set state = 'ENDED', scheduled = false, ended_at = ${at}, ended_because = 'ASSESSED'
          from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as m(customer uuid, scheme text)
          where g.customer_id = m.customer and g.scheme_id = m.scheme and g.scheduled and g.state <> 'ENDED'`;
}

/** Notes that grades missed their bar once more. */
export async function watchGrades(
  tx: Writer,
  watched: readonly { readonly id: string; readonly misses: number }[],
  today: Date,
): Promise<void> {
  if (watched.length === 0) return;
  await tx.$executeRaw`/* grades.watchGrades */
          update grade g set misses = w.misses, missed_on = ${today}, state = 'WATCH' from jsonb_to_recordset(${JSON.stringify(watched)}::jsonb) as w(id uuid, misses int)
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
          update grade g set misses = 0, missed_on = null, state = 'ACTIVE', until = coalesce(k.until, g.until), ends_at = coalesce(k.ends_at, g.ends_at)
          from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(id uuid, until date, ends_at timestamptz)
          where g.id = k.id and (g.misses <> 0 or k.until is not null)`;
}

/** Gives grades that are given once more their new dates. */
export async function renewGrades(
  tx: Writer,
  kept: readonly (KeptGrade & { readonly review_due_on: Date | null; readonly review_at: Date | null })[],
): Promise<void> {
  if (kept.length === 0) return;
  await tx.$executeRaw`/* grades.renewGrades */
      update grade g set review_due_on = k.review_due_on, review_at = k.review_at, until = k.until, ends_at = k.ends_at, misses = 0, missed_on = null, state = 'ACTIVE'
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(id uuid, review_due_on date, review_at timestamptz, until date, ends_at timestamptz)
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
