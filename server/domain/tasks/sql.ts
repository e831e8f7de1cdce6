import { Prisma, type PrismaClient, type Staff } from '../../../prisma/generated/client/client.ts';
import type { MetBy, SelectionProposal } from '../../engine/policy/answers.ts';
import type { Share } from '../../engine/services/sweep-batches.ts';
import type { Database } from '../../platform/storage/database.ts';
import { directSql } from '../../platform/storage/raw-sql.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { Text } from '../../platform/values/text.ts';

export type SelectionMethod = SelectionProposal['method'];

/** Below this score of 5 satisfaction is low (A-053); ours. */
const LOW_BELOW = 3;

/** What a customer said last, in a survey or on the telephone. */
const LAST_SCORE = Prisma.sql`(
  select s.score from (
    select r.score, r.submitted_at as at from survey_response r where r.customer_id = c.id
    union all
    select i.satisfaction, i.happened_at from interaction i where i.customer_id = c.id and i.satisfaction is not null
  ) s order by s.at desc limit 1)`;

const LAST_CONTACT = Prisma.sql`(
  select max(i.happened_at) from interaction i where i.customer_id = c.id and i.channel <> 'INTERNAL' and i.message_id is null)`;

/** The last need that was heard and that nobody followed up since. */
const OPEN_NEED = Prisma.sql`(
  select max(i.happened_at) from interaction i where i.customer_id = c.id and btrim(coalesce(i.needs, '')) <> ''
    and not exists (select 1 from interaction f where f.customer_id = c.id and f.purpose = 'FOLLOW_UP' and f.happened_at > i.happened_at))`;

const WHO: Readonly<Record<SelectionMethod, Prisma.Sql>> = {
  RANDOM: Prisma.sql`true`,
  SATISFACTION: Prisma.sql`${LAST_SCORE} < ${LOW_BELOW}`,
  SERVICE: Prisma.sql`${OPEN_NEED} is not null`,
  EMOTIONAL: Prisma.sql`true`,
};

const IN_ORDER: Readonly<Record<SelectionMethod, (seed: string) => Prisma.Sql>> = {
  RANDOM: (seed) => Prisma.sql`md5(${seed} || c.id::text)`,
  SATISFACTION: () => LAST_SCORE,
  SERVICE: () => Prisma.sql`${OPEN_NEED} desc`,
  EMOTIONAL: () => Prisma.sql`${LAST_CONTACT} asc nulls first`,
};

/** The customers of a line and branch, as SQL over the alias `c`. */
export function ofPlace(policyId: string, branchId: string): Prisma.Sql {
  return Prisma.sql`c.policy_id = ${policyId} and c.branch_id = ${branchId}::uuid`;
}

/** The customers of a line whom a viewer may see, as SQL over the alias `c`. */
export function ofLine(policyId: string, visible: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`c.policy_id = ${policyId} and ${visible}`;
}

/** A customer who is to be called back, and by whom. */
export interface ChosenCustomer {
  readonly id: string;
  readonly policy_id: string;
  readonly branch_id: string;
  readonly manager_id: string | null;
}

/**
 * The customers whom a method chooses; nobody who cannot be called, or is to be called anyhow.
 *
 * @param scope whom it may choose from, over the alias `c`
 * @param seed makes a random choice the same again
 */
export function customersToCall(
  tx: TransactionClient,
  scope: Prisma.Sql,
  { method, seed, count }: { readonly method: SelectionMethod; readonly seed: string; readonly count: number },
): Promise<ChosenCustomer[]> {
  return tx.$queryRaw`
    /* tasks.customersToCall */
    select c.id, c.policy_id, c.branch_id, c.manager_id from customer c
    where ${scope} and c.departed_at is null and c.phone_sealed is not null
      and not exists (select 1 from task t where t.customer_id = c.id and t.origin = 'CALLBACK' and t.status in ('OPEN', 'OVERDUE'))
      and ${WHO[method]}
    order by ${IN_ORDER[method](seed)}, c.id limit ${count}`;
}

/** An open task that contact may do. */
export interface OpenNeed {
  readonly id: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly metBy: MetBy;
}

/** The open tasks of a customer that contact may do. */
export function openNeeds(tx: Pick<PrismaClient, '$queryRaw'>, customerId: string): Promise<OpenNeed[]> {
  return tx.$queryRaw`
    /* tasks.openNeeds */
    select id, period_from::text as "from", period_to::text as "to", met_by as "metBy" from task
    where customer_id = ${customerId}::uuid and status in ('OPEN', 'OVERDUE') and met_by is not null`;
}

/** The first instant at which something is late, as SQL over its due instant: what `lateFrom` says of one. */
export function lateFromSql(dueAt: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${dueAt} + make_interval(secs => (extract(epoch from ${dueAt})::numeric % 900 = 899)::int))`;
}

/** A task of which the sweep tells. */
export interface DueTask {
  readonly id: string;
  readonly customer_id: string | null;
  readonly policy_id: string;
  readonly branch_id: string;
  readonly assignee_id: string | null;
  readonly ticket_id: string | null;
  readonly tier_rank: number | null;
  readonly title: Text;
  readonly due_at: Date;
  /** It is not late yet: a warning. */
  readonly warned: boolean;
  readonly now: Date;
}

/** Ids of the tasks that are to be looked at, locked; what another holds has its turn later. */
export async function lockDueTasks(
  tx: TransactionClient,
  now: Prisma.Sql,
  { limit, without }: Share,
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
      /* tasks.lockDueTasks */
      select id from task where next_fire_at <= ${now} and id <> all(${without}::uuid[])
      order by next_fire_at limit ${limit} for update skip locked`;
  return rows.map(({ id }) => id);
}

/** Moves tasks on that were looked at: what is late becomes overdue, its measure too; the others are warned of. */
export function moveDueTasks(tx: TransactionClient, ids: readonly string[], now: Prisma.Sql): Promise<DueTask[]> {
  return tx.$queryRaw`
      /* tasks.moveDueTasks */
      with due as (select unnest(${ids}::uuid[]) as id), late as (
        update task t set status = 'OVERDUE', next_fire_at = null from due where t.id = due.id and t.status = 'OPEN' and ${lateFromSql(Prisma.sql`t.due_at`)} <= ${now} returning t.*
      ), warned as (
        update task t set next_fire_at = ${lateFromSql(Prisma.sql`t.due_at`)}
        from due where t.id = due.id and t.status = 'OPEN' and ${lateFromSql(Prisma.sql`t.due_at`)} > ${now} returning t.*
      ), moved as (
        update plan_measure m set status = 'OVERDUE' from late where m.id = late.measure_id and m.status = 'OPEN' returning m.id
      ), told as (
        select late.*, false as warned from late union all select warned.*, true from warned
      )
      select told.id, told.customer_id, told.policy_id, told.branch_id, told.assignee_id, told.ticket_id, told.title, told.due_at, told.warned,
        c.tier_rank, ${now} as now
      from told left join customer c on c.id = told.customer_id`;
}

/** What one person has; all of the person's columns are null where it is nobody's. */
export type WorkloadRow = { [K in keyof Staff]: Staff[K] | null } & {
  readonly customers: number;
  readonly openTasks: number;
  readonly overdueTasks: number;
};

/**
 * How much each person of a line has, those with most that is overdue first.
 *
 * @param visible which customers and tasks the viewer sees, over the alias `t`
 * @param branchIds of these alone; null: of all that the viewer sees
 */
export function workloadByStaff(
  database: Pick<Database, 'pool'>,
  visible: Prisma.Sql,
  {
    policyId,
    branchIds,
    now,
    limit,
  }: {
    readonly policyId: string;
    readonly branchIds: readonly string[] | null;
    readonly now: Date;
    readonly limit: number;
  },
): Promise<WorkloadRow[]> {
  const mine = Prisma.sql`${visible} and t.policy_id = ${policyId}
    and (${branchIds === null} or t.branch_id = any(${[...(branchIds ?? [])]}::uuid[]))`;
  const isLate = Prisma.sql`${lateFromSql(Prisma.sql`t.due_at`)} <= ${now}`;
  return directSql(
    database,
    Prisma.sql`
    /* tasks.workloadByStaff */
    with load as (
      select t.manager_id as staff_id, count(*) as customers, 0 as open, 0 as overdue
      from customer t where ${mine} and t.departed_at is null group by 1
      union all
      select t.assignee_id, 0, count(*), count(*) filter (where ${isLate})
      from task t where ${mine} and t.status in ('OPEN', 'OVERDUE') group by 1
    )
    select s.id, s.number, s.name, s.roles::text[] as roles, s.branch_id as "branchId", s.active, s.nda_signed_at as "ndaSignedAt",
      s.created_at as "createdAt", sum(l.customers)::int as customers, sum(l.open)::int as "openTasks", sum(l.overdue)::int as "overdueTasks"
    from load l left join staff s on s.id = l.staff_id
    group by s.id order by "overdueTasks" desc, "openTasks" desc, customers desc, s.number nulls last limit ${limit}`,
  );
}
