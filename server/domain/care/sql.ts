import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import type { Database } from '../../platform/storage/database.ts';
import { directSql } from '../../platform/storage/raw-sql.ts';
import { recordOf } from '../../platform/storage/write-set.ts';
import { CUSTOMER_ROW, type CustomerRow, type KnownGrade } from '../customers/sql.ts';
import type { OpenTask } from './reconcile.ts';

type Reader = Pick<PrismaClient, '$queryRaw'>;
type Writer = Pick<Prisma.TransactionClient, '$executeRaw'>;

// Which customers are cared for, and what is known of them

/** A grade as JSON has it. */
export type GradeJson = Omit<KnownGrade, 'since' | 'state'> & {
  readonly since: string;
  readonly state: 'ACTIVE' | 'WATCH';
};

/** A customer with the grades that are held, with contact of the past and with what is open. */
export interface CustomerToCareFor extends CustomerRow {
  readonly birthday: string | null;
  readonly createdOn: string;
  readonly updatedOn: string;
  readonly grades: GradeJson[] | null;
  readonly contacts: [on: string, channel: Channel, purpose: Purpose, isMessage: boolean][] | null;
  readonly open: OpenTask[] | null;
}

/** Which customers of a line are read, and since when and until when contact with them counts. */
interface CareRange {
  readonly policyId: string;
  readonly timeZone: string;
  /** Customers behind this one, in order of their ids. */
  readonly after: string | null;
  readonly limit: number;
  /** One who departed before is not looked at any more. */
  readonly departedAfter: Date;
  readonly contactFrom: Date;
  readonly contactUntil: Date;
}

/** The next customers of a line. Each one's own rows by their index: joins of sets that the planner knows nothing of can cost a thousand times more. */
export function customersToCareFor(
  database: Pick<Database, 'pool'>,
  { policyId, timeZone, after, limit, departedAfter, contactFrom, contactUntil }: CareRange,
): Promise<CustomerToCareFor[]> {
  return directSql(
    database,
    Prisma.sql`/* care.customersToCareFor */
    select ${CUSTOMER_ROW}, c.birthday::text as birthday, to_char(c.created_at at time zone ${timeZone}, 'YYYY-MM-DD') as "createdOn",
      to_char(c.updated_at at time zone ${timeZone}, 'YYYY-MM-DD') as "updatedOn",
      (select json_agg(json_build_object('schemeId', g.scheme_id, 'tierCode', g.tier_code, 'tierRank', g.tier_rank, 'since', g.since, 'state', g.state, 'misses', g.misses))
        from grade g where g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled) as grades,
      (select json_agg(distinct jsonb_build_array(to_char(i.happened_at at time zone ${timeZone}, 'YYYY-MM-DD'), i.channel, i.purpose, i.message_id is not null))
        from interaction i
        where i.customer_id = c.id and i.channel <> 'INTERNAL'
          and i.happened_at >= ${contactFrom} and i.happened_at < ${contactUntil}) as contacts,
      (select json_agg(json_build_object('id', t.id, 'key', t.key, 'status', t.status, 'dueAt', t.due_at, 'from', t.period_from, 'to', t.period_to, 'metBy', t.met_by))
        from task t
        where t.customer_id = c.id and t.status in ('OPEN', 'OVERDUE') and (t.key like 'care:%' or t.key like 'duty:%')) as open
    from customer c
    where c.policy_id = ${policyId} and c.erased_at is null
      and (c.departed_at is null or c.departed_at > ${departedAfter})
      and (${after}::uuid is null or c.id > ${after}::uuid)
    order by c.id limit ${limit}`,
  );
}

/** Takes customers of a line who departed before an instant out of the active archive. */
export function archiveCustomers(
  tx: Reader,
  policyId: string,
  departedBefore: Date,
  now: Date,
): Promise<{ readonly id: string; readonly branch_id: string }[]> {
  return tx.$queryRaw`/* care.archiveCustomers */
    update customer set archived_at = ${now}, version = version + 1, updated_at = ${now}
    where policy_id = ${policyId} and departed_at < ${departedBefore} and archived_at is null returning id, branch_id`;
}

// The runs of the days

/** How long a node may be silent before another one goes on with its run. */
const LEASE_SECONDS = 60;

/** The run of a line and day, as the node with this name holds it. */
export interface RunLease {
  readonly policyId: string;
  /** YYYY-MM-DD in the policy's zone. */
  readonly day: string;
  readonly by: string;
}

/** How far a run is; null where it is done, or another node holds it. */
export async function claimRun(
  prisma: Reader,
  { policyId, day, by }: RunLease,
  now: Date,
): Promise<{ readonly cursor: string | null } | null> {
  const [row] = await prisma.$queryRaw<{ cursor: string | null }[]>`/* care.claimRun */
    insert into care_run (policy_id, day, started_at, lease_by, lease_until)
    values (${policyId}, ${day}::date, ${now}, ${by}::uuid, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}))
    on conflict (policy_id, day) do update set lease_by = excluded.lease_by, lease_until = excluded.lease_until
    where care_run.finished_at is null and (care_run.lease_by is null or care_run.lease_by = excluded.lease_by or care_run.lease_until < clock_timestamp())
    returning cursor`;
  return row ?? null;
}

/** Leaves the run to the next node that claims it. */
export async function releaseRun(prisma: Writer, { policyId, day, by }: RunLease): Promise<void> {
  await prisma.$executeRaw`/* care.releaseRun */
    update care_run set lease_until = null, lease_by = null
    where policy_id = ${policyId} and day = ${day}::date and lease_by = ${by}::uuid and finished_at is null`;
}

/** Moves the run behind a batch. False where the run goes on elsewhere. */
export async function advanceRun(
  tx: Writer,
  { policyId, day, by }: RunLease,
  {
    from,
    to,
    customers,
    failed,
  }: {
    readonly from: string | null;
    readonly to: string | undefined;
    readonly customers: number;
    readonly failed: number;
  },
): Promise<boolean> {
  const moved = await tx.$executeRaw`/* care.advanceRun */
        update care_run set cursor = ${to}::uuid, customers = customers + ${customers}, failed = failed + ${failed},
          lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
        where policy_id = ${policyId} and day = ${day}::date and lease_by = ${by}::uuid and finished_at is null
          and cursor is not distinct from ${from}::uuid`;
  return moved > 0;
}

/** Adds what a batch opened and closed to the run's numbers. */
export async function countTasks(
  tx: Writer,
  { policyId, day }: RunLease,
  { opened, closed }: { readonly opened: number; readonly closed: number },
): Promise<void> {
  await tx.$executeRaw`/* care.countTasks */
    update care_run set opened = opened + ${opened}, closed = closed + ${closed} where policy_id = ${policyId} and day = ${day}::date`;
}

/** Ends the run. False where it was ended before, or goes on elsewhere. */
export async function finishRun(to: Writer, { policyId, day, by }: RunLease, now: Date): Promise<boolean> {
  const ended = await to.$executeRaw`/* care.finishRun */
    update care_run set finished_at = ${now}, lease_until = null
    where policy_id = ${policyId} and day = ${day}::date and lease_by = ${by}::uuid and finished_at is null`;
  return ended > 0;
}

/** The last day of lines whose run is done, and whether they have customers: now, and when the day began. */
export async function runsOfLines(
  prisma: Reader,
  policyIds: readonly string[],
  midnights: readonly Date[],
): Promise<{ readonly id: string; readonly last: string | null; readonly had: boolean; readonly has: boolean }[]> {
  return prisma.$queryRaw`/* care.runsOfLines */
    select p.id, (select max(r.day)::text from care_run r where r.policy_id = p.id and r.finished_at is not null) as last,
      coalesce(f.created_at < p.midnight, false) as had, f.created_at is not null as has
    from unnest(${policyIds}::text[], ${midnights}::timestamptz[]) as p(id, midnight)
    -- The line's first customer, from the index by time of creation: whether there is one at all would be looked for from end to end.
    left join lateral (select c.created_at from customer c where c.policy_id = p.id order by c.created_at limit 1) f on true`;
}

// Tasks

const TASK_COLUMNS =
  Prisma.raw(`id, key, customer_id, policy_id, branch_id, title, origin, status, due_at, next_fire_at, purpose,
  channel, assignee_id, created_at, duty_code, in_time_until, period_from, period_to, met_by, planned_on`);

const WITHDRAWN = 'No longer due.';

/** Adds tasks; one that was withdrawn and is asked for again is open again, and any other stays as it is. How many are open now. */
export async function insertTasks(tx: Writer, tasks: readonly object[]): Promise<number> {
  if (tasks.length === 0) return 0;
  return tx.$executeRaw`/* care.insertTasks */
    insert into task (${TASK_COLUMNS})
    select ${TASK_COLUMNS} from jsonb_populate_recordset(null::task, ${JSON.stringify(tasks.map(recordOf))}::jsonb)
    on conflict (key) do update set status = 'OPEN', due_at = excluded.due_at, next_fire_at = excluded.next_fire_at, outcome = null,
      in_time_until = excluded.in_time_until, completed_at = null, assignee_id = excluded.assignee_id
    where task.status = 'CANCELLED' and task.outcome = ${WITHDRAWN}`;
}

/** A task that contact did on a day, or that is no longer asked for. */
export interface Closing {
  readonly id: string;
  readonly status: 'DONE' | 'CANCELLED';
  readonly on: string | null;
}

/** Closes tasks that are still open. How many were. */
export async function closeTasks(
  tx: Writer,
  closings: readonly Closing[],
  timeZone: string,
  now: Date,
): Promise<number> {
  if (closings.length === 0) return 0;
  return tx.$executeRaw`/* care.closeTasks */
    update task t set status = s.status, next_fire_at = null,
      outcome = case s.status when 'DONE' then 'Met by contact on ' || s."on" || '.' else ${WITHDRAWN} end,
      completed_at = case s.status when 'DONE' then least(((s."on" || ' 12:00')::timestamp at time zone ${timeZone}), ${now}::timestamptz) end
    from jsonb_to_recordset(${JSON.stringify(closings)}::jsonb) as s(id uuid, status "TaskStatus", "on" text)
    where t.id = s.id and t.status in ('OPEN', 'OVERDUE')`;
}

/** How many tasks of a line are planned, by person and day, from a day on. */
export function plannedTasks(
  prisma: Reader,
  policyId: string,
  day: string,
): Promise<{ readonly staff: string; readonly day: string; readonly count: number }[]> {
  return prisma.$queryRaw`/* care.plannedTasks */
    select assignee_id as staff, planned_on::text as day, count(*)::int as count from task
    where policy_id = ${policyId} and status = 'OPEN' and planned_on >= ${day}::date and assignee_id is not null group by 1, 2`;
}

/** How many open tasks of some origins are due, by person and day. */
export function dueTasks(
  prisma: Reader,
  policyId: string,
  origins: readonly string[],
  timeZone: string,
): Promise<
  {
    readonly staff: string;
    readonly branch: string;
    readonly name: string;
    readonly day: string;
    readonly count: number;
  }[]
> {
  return prisma.$queryRaw`/* care.dueTasks */
    select t.assignee_id as staff, s.branch_id as branch, s.name, to_char(t.due_at at time zone ${timeZone}, 'YYYY-MM-DD') as day,
      count(*)::int as count
    from task t join staff s on s.id = t.assignee_id
    where t.policy_id = ${policyId} and t.status = 'OPEN' and t.origin = any(${[...origins]}::"TaskOrigin"[]) group by 1, 2, 3, 4`;
}
