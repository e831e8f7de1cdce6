import { Prisma } from '../../../prisma/generated/client/client.ts';
import { policyFailedAlert } from '../../engine/alert-log/raise.ts';
import { mayAnswer } from '../../engine/policy/answer.ts';
import type { TaskProposal } from '../../engine/policy/answers.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Services } from '../../engine/services/services.ts';
import { inTransaction, type TransactionClient } from '../../platform/storage/transaction.ts';
import { recordOf, WriteSet } from '../../platform/storage/write-set.ts';
import { startOfDayIn } from '../../platform/values/days.ts';
import { PolicyFailure } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { dateColumn, dutiesOpenOn } from '../duties/open.ts';
import { proposedTask } from '../tasks/proposed.ts';
import { BATCH, type Cared, decideCare } from './batch.ts';
import { clearDeparted } from './departed.ts';
import type { Workload } from './level.ts';
import { addRenewalApprovals, renewalAlert, type Wanting } from './renewals.ts';
import { settle } from './settle.ts';
import { overloadAlerts, plannedFrom, SPREAD } from './workload.ts';

// A run is the care of one business line on one day: claimed -> batches of customers, in order of their ids -> duties ->
// finished. The row `care_run` holds how far it is; a batch is written in the transaction that moves the cursor, so that a
// run that was cut off goes on behind the last batch, on this node or on another, and nothing is written twice.

/** How long a node may be silent before another one goes on with its run. */
const LEASE_SECONDS = 60;

/** By which the app of this process claims runs. */
const names = new WeakMap<Services, string>();

export interface CareTally {
  readonly opened: number;
  readonly closed: number;
  readonly failed: number;
}

/**
 * Runs the care of a business line on a day, once, whoever asks and however often.
 *
 * @param day YYYY-MM-DD in the policy's zone
 * @param signal ends it after the batch that is under way; it goes on another time
 * @returns what was written; null where it is done already, was ended, or another node is at it
 */
export async function runCare(
  services: Services,
  policy: InstalledPolicy,
  day: string,
  signal?: AbortSignal,
): Promise<CareTally | null> {
  const run: Run = {
    policy,
    day,
    at: startOfDayIn(day, zoneOf(policy.declaration)),
    by: nameOf(services),
  };
  const claimed = await claim(services, run);
  if (!claimed) return null;
  let cursor = claimed.cursor;
  const tally = { opened: 0, closed: 0, failed: 0 };
  const add = (more: CareTally) => {
    tally.opened += more.opened;
    tally.closed += more.closed;
    tally.failed += more.failed;
  };
  if (mayAnswer(policy.declaration, 'care')) {
    // While a batch is written the next one is read and decided.
    const load = await plannedFrom(services, policy.declaration.id, day);
    let ahead: Promise<Cared[]> | null = decideCare(services, policy, day, cursor);
    while (ahead) {
      const cared: Cared[] = await ahead;
      const last = cared.at(-1)?.customer.id ?? null;
      ahead = cared.length < BATCH ? null : decideCare(services, policy, day, last);
      ahead?.catch(() => undefined);
      if (cared.length === 0) break;
      if (signal?.aborted) {
        await release(services, run);
        return null;
      }
      const written = await writeBatch(services, run, { cursor, cared, load });
      if (!written) return null;
      add(written);
      cursor = last;
    }
  }
  const finished = await finish(services, run);
  if (!finished) return null;
  add({ opened: finished.opened, closed: 0, failed: 0 });
  services.alerts.wake();
  return tally;
}

interface Run {
  readonly policy: InstalledPolicy;
  readonly day: string;
  /** The instant at which the day begins. */
  readonly at: Date;
  readonly by: string;
}

function nameOf(services: Services): string {
  const known = names.get(services) ?? newId();
  names.set(services, known);
  return known;
}

async function claim(
  { database, clock }: Services,
  { policy, day, by }: Run,
): Promise<{ cursor: string | null } | null> {
  const [row] = await database.prisma.$queryRaw<{ cursor: string | null }[]>`
    insert into care_run (policy_id, day, started_at, lease_by, lease_until)
    values (${policy.declaration.id}, ${day}::date, ${clock.now()}, ${by}::uuid, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}))
    on conflict (policy_id, day) do update set lease_by = excluded.lease_by, lease_until = excluded.lease_until
    where care_run.finished_at is null and (care_run.lease_by is null or care_run.lease_by = excluded.lease_by or care_run.lease_until < clock_timestamp())
    returning cursor`;
  return row ?? null;
}

/** Leaves the run to whoever comes next. */
async function release({ database }: Services, { policy, day, by }: Run): Promise<void> {
  await database.prisma.$executeRaw`
    update care_run set lease_until = null, lease_by = null
    where policy_id = ${policy.declaration.id} and day = ${day}::date and lease_by = ${by}::uuid and finished_at is null`;
}

/** Writes what a batch decided, as sets, in the transaction that moves the cursor; null where the run goes on elsewhere. */
async function writeBatch(
  services: Services,
  run: Run,
  {
    cursor,
    cared,
    load,
  }: { readonly cursor: string | null; readonly cared: readonly Cared[]; readonly load: Workload },
): Promise<CareTally | null> {
  const { policy, day, at, by } = run;
  const { declaration } = policy;
  const now = services.clock.now();
  const writes = new WriteSet();
  const tasks: ReturnType<typeof proposedTask>[] = [];
  const closings: { id: string; status: 'DONE' | 'CANCELLED'; on: string | null; outcome: string }[] = [];
  let failed = 0;
  let failure: PolicyFailure | null = null;
  const wanting: Wanting[] = [];
  for (const { customer, facts, contacts, open, decision } of cared) {
    if (decision instanceof Error) failed += 1;
    if (decision instanceof PolicyFailure) failure = decision;
    const asked = decision instanceof Error ? null : decision.answer;
    const { added, met, withdrawn } = settle(customer, asked, open, contacts, at);
    for (const { key, task } of added) {
      const plannedOn = plan(load, customer.managerId, task, day);
      tasks.push({ ...proposedTask(task, { key, customer, assigneeId: customer.managerId, at: now }), plannedOn });
      const alert = renewalAlert(customer, key, task, now);
      if (alert) writes.insert('alert', alert);
      if (task.approval) wanting.push({ key, task, customer, facts });
    }
    for (const { id, on } of met) closings.push({ id, status: 'DONE', on, outcome: 'met' });
    for (const id of withdrawn) closings.push({ id, status: 'CANCELLED', on: null, outcome: 'withdrawn' });
  }
  await addRenewalApprovals(services, policy, writes, wanting, now);
  if (failure) {
    const branchId = cared[0]?.customer.branchId ?? '';
    const detail = failure.cause instanceof Error ? failure.cause.message : failure.message;
    writes.insert('alert', policyFailedAlert(declaration.id, branchId, detail, `care:${day}`, now));
  }
  // The last batch of a day on which nothing happened leaves no trace but that the day is done.
  const isQuiet = tasks.length + closings.length === 0 && writes.of('alert').length === 0;
  if (isQuiet && failed === 0 && cared.length < BATCH) return { opened: 0, closed: 0, failed };
  return inTransaction(
    services.database,
    async (tx) => {
      const moved = await tx.$executeRaw`
        update care_run set cursor = ${cared.at(-1)?.customer.id}::uuid, customers = customers + ${cared.length}, failed = failed + ${failed},
          lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
        where policy_id = ${declaration.id} and day = ${day}::date and lease_by = ${by}::uuid and finished_at is null
          and cursor is not distinct from ${cursor}::uuid`;
      if (moved === 0) return null;
      const opened = await insertTasks(tx, tasks);
      const closed = await closeTasks(tx, closings, zoneOf(declaration), now);
      await writes.execute(tx);
      if (opened > 0 || closed > 0)
        await tx.$executeRaw`update care_run set opened = opened + ${opened}, closed = closed + ${closed} where policy_id = ${declaration.id} and day = ${day}::date`;
      return { opened, closed, failed };
    },
    { timeoutMs: 30_000 },
  );
}

/** The day of its period on which whoever does it has least to do. */
function plan(load: Workload, staffId: string | null, { origin, period }: TaskProposal, day: string): Date | null {
  if (staffId === null || !period || !SPREAD.includes(origin)) return null;
  const on = load.place(staffId, period.from < day ? day : period.from, period.to);
  return on === null ? null : dateColumn(on);
}

const TASK_COLUMNS =
  Prisma.raw(`id, key, customer_id, policy_id, branch_id, title, origin, status, due_at, next_fire_at, purpose,
  channel, assignee_id, created_at, duty_code, in_time_until, period_from, period_to, met_by, planned_on`);

/** Adds tasks; one that was withdrawn and is asked for again is open again, and any other stays as it is. */
async function insertTasks(tx: TransactionClient, tasks: readonly object[]): Promise<number> {
  if (tasks.length === 0) return 0;
  return tx.$executeRaw`
    insert into task (${TASK_COLUMNS})
    select ${TASK_COLUMNS} from jsonb_populate_recordset(null::task, ${JSON.stringify(tasks.map(recordOf))}::jsonb)
    on conflict (key) do update set status = 'OPEN', due_at = excluded.due_at, next_fire_at = excluded.next_fire_at, outcome = null,
      in_time_until = excluded.in_time_until, completed_at = null, assignee_id = excluded.assignee_id
    where task.status = 'CANCELLED' and task.outcome = ${WITHDRAWN}`;
}

const WITHDRAWN = 'No longer due.';

async function closeTasks(
  tx: TransactionClient,
  closings: readonly { readonly id: string; readonly status: string; readonly on: string | null }[],
  timeZone: string,
  now: Date,
): Promise<number> {
  if (closings.length === 0) return 0;
  return tx.$executeRaw`
    update task t set status = s.status, next_fire_at = null,
      outcome = case s.status when 'DONE' then 'Met by contact on ' || s."on" || '.' else ${WITHDRAWN} end,
      completed_at = case s.status when 'DONE' then least(((s."on" || ' 12:00')::timestamp at time zone ${timeZone}), ${now}::timestamptz) end
    from jsonb_to_recordset(${JSON.stringify(closings)}::jsonb) as s(id uuid, status "TaskStatus", "on" text)
    where t.id = s.id and t.status in ('OPEN', 'OVERDUE')`;
}

/** What belongs to the line as a whole: duties, and who is cleared from the archive. Then the day is done. */
async function finish(services: Services, { policy, day, at, by }: Run): Promise<{ opened: number } | null> {
  const { id } = policy.declaration;
  const duties = (await dutiesOpenOn(services, policy, day, at)).of('task');
  const now = services.clock.now();
  const end = (db: Pick<TransactionClient, '$executeRaw'>) => db.$executeRaw`
    update care_run set finished_at = ${now}, lease_until = null
    where policy_id = ${id} and day = ${day}::date and lease_by = ${by}::uuid and finished_at is null`;
  const overloaded = await overloadAlerts(services, policy, day, now);
  if (duties.length + overloaded.length === 0 && !policy.declaration.clearsDeparted)
    return (await end(services.database.prisma)) > 0 ? { opened: 0 } : null;
  return inTransaction(services.database, async (tx) => {
    if ((await end(tx)) === 0) return null;
    const { count } =
      duties.length > 0 ? await tx.task.createMany({ data: [...duties], skipDuplicates: true }) : { count: 0 };
    if (overloaded.length > 0) await tx.alert.createMany({ data: overloaded, skipDuplicates: true });
    await clearDeparted(tx, policy.declaration, day, now);
    return { opened: count };
  });
}
