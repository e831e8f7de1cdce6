import { type Customer, type Grade, Prisma } from '../../../prisma/generated/client/client.ts';
import type { Database } from '../../platform/storage/database.ts';

/** Whose a customer is, and what policies know of everyone. */
export type CustomerRow = Pick<
  Customer,
  | 'id'
  | 'policyId'
  | 'branchId'
  | 'managerId'
  | 'kind'
  | 'stage'
  | 'departedAt'
  | 'tierRank'
  | 'vipConsent'
  | 'marketingConsent'
  | 'profile'
>;

/** The columns of `CustomerRow`, over the alias `c`. */
export const CUSTOMER_ROW = Prisma.sql`c.id, c.policy_id as "policyId", c.branch_id as "branchId", c.manager_id as "managerId",
  c.kind::text as kind, c.stage::text as stage, c.departed_at as "departedAt", c.tier_rank as "tierRank", c.vip_consent as "vipConsent",
  c.marketing_consent as "marketingConsent", c.profile`;

/** The columns of a customer that decisions are made from. */
export type KnownCustomerRow = CustomerRow & Pick<Customer, 'phoneMask' | 'tierCode' | 'version' | 'erasedAt'>;

/** The columns of a grade that policies know. */
export type KnownGrade = Pick<Grade, 'schemeId' | 'tierCode' | 'tierRank' | 'since' | 'state' | 'misses'>;

/** The columns of a customer's best grade, all of them null where it has none. */
type GradeColumns = { [K in keyof KnownGrade as `grade${Capitalize<K>}`]: KnownGrade[K] };
type NoGradeColumns = { [K in keyof GradeColumns]: null };

const KNOWN_CUSTOMER = Prisma.sql`/* customers.knownCustomer */
  select ${CUSTOMER_ROW}, c.phone_mask as "phoneMask", c.tier_code as "tierCode", c.version, c.erased_at as "erasedAt",
    g.scheme_id as "gradeSchemeId", g.tier_code as "gradeTierCode", g.tier_rank as "gradeTierRank",
    g.since as "gradeSince", g.state::text as "gradeState", g.misses as "gradeMisses"
  from customer c left join grade g on g.id = c.grade_id
  where c.id = any($1::uuid[])`.text;

/** A customer with its best grade, read together with those that others ask for at the same time; null where there is none. */
export function knownCustomer(
  { reads }: Pick<Database, 'reads'>,
  id: string,
): Promise<(KnownCustomerRow & (GradeColumns | NoGradeColumns)) | null> {
  return reads.byId(KNOWN_CUSTOMER, id);
}

/** Of records with the columns' names those whose value is not in force for its day already. */
const freshFigures = (records: readonly object[]) => Prisma.sql`
    given as (
      select * from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as g(id uuid, customer_id uuid, key text, value numeric(24,6), as_of date)
    ), fresh as (
      select g.* from given g
      where not exists (
        select 1 from (
          select f.value from figure f
          where f.customer_id = g.customer_id and f.key = g.key and f.as_of = g.as_of
          order by f.recorded_at desc limit 1
        ) last where last.value = g.value)
    )`;

/** How many figures are not stored yet. */
export async function countFreshFigures(
  prisma: Pick<Prisma.TransactionClient, '$queryRaw'>,
  records: readonly object[],
): Promise<number> {
  const [row] = await prisma.$queryRaw<{ count: number }[]>`/* customers.countFreshFigures */
    with ${freshFigures(records)} select count(*)::int as count from fresh`;
  return row?.count ?? 0;
}

/** Figures of a source that are not stored yet, as records with the columns' names; the current ones move. How many were new. */
export function insertFreshFigures(
  tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
  records: readonly object[],
  source: string,
  at: Date,
): Promise<number> {
  return tx.$executeRaw`/* customers.insertFreshFigures */
    with ${freshFigures(records)}, latest as (
      select distinct on (customer_id, key) * from fresh order by customer_id, key, as_of desc
    ), current as (
      insert into current_figure as c (customer_id, key, value, as_of, source, recorded_at)
      select customer_id, key, value, as_of, ${source}, ${at} from latest
      on conflict (customer_id, key) do update
        set value = excluded.value, as_of = excluded.as_of, source = excluded.source, recorded_at = excluded.recorded_at
        where (excluded.as_of, excluded.recorded_at) >= (c.as_of, c.recorded_at)
    )
    insert into figure (id, customer_id, key, value, as_of, source, recorded_at)
    select id, customer_id, key, value, as_of, ${source}, ${at} from fresh`;
}

/** What a file is found by, in clear and as it is kept. */
export type SearchRow = Pick<
  Customer,
  | 'id'
  | 'policyId'
  | 'name'
  | 'phoneSealed'
  | 'phoneMask'
  | 'phoneIndex'
  | 'emailSealed'
  | 'emailMask'
  | 'emailIndex'
  | 'idNumberSealed'
  | 'idNumberMask'
  | 'idNumberIndex'
>;

/** Files whose search columns are of an earlier form, locked; those that others hold are left to them. */
export function lockOutdated(
  tx: Pick<Prisma.TransactionClient, '$queryRaw'>,
  form: number,
  limit: number,
): Promise<SearchRow[]> {
  return tx.$queryRaw`/* customers.lockOutdated */
    select id, policy_id as "policyId", name,
      phone_sealed as "phoneSealed", phone_mask as "phoneMask", phone_index as "phoneIndex",
      email_sealed as "emailSealed", email_mask as "emailMask", email_index as "emailIndex",
      id_number_sealed as "idNumberSealed", id_number_mask as "idNumberMask", id_number_index as "idNumberIndex"
    from customer where search_form < ${form} order by search_form limit ${limit} for update skip locked`;
}

/** Writes search columns of many files; what the file says, and its version, stay. */
export function writeSearchColumns(
  tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
  rows: readonly object[],
  form: number,
): Promise<number> {
  return tx.$executeRaw`/* customers.writeSearchColumns */
    update customer c set search_form = ${form}, name_words = n.name_words, search_text = n.search_text,
      phone_mask = n.phone_mask, phone_index = n.phone_index, email_mask = n.email_mask, email_index = n.email_index,
      id_number_mask = n.id_number_mask, id_number_index = n.id_number_index
    from jsonb_populate_recordset(null::customer, ${JSON.stringify(rows)}::jsonb) n where c.id = n.id`;
}
