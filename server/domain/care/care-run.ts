import { policyFailedAlert } from '../../engine/alert-log/raise.ts';
import { mayAnswer } from '../../engine/policy/answer.ts';
import type { TaskProposal } from '../../engine/policy/answers.ts';
import { keepDecisions } from '../../engine/policy/decisions/decision-row.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { startOfDayIn } from '../../platform/values/days.ts';
import { PolicyFailure } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { dateColumn, dutiesOpenOn } from '../duties/open-duties.ts';
import { proposedTask } from '../tasks/proposed.ts';
import { archiveDeparted } from './archive-departed.ts';
import { BATCH, type Cared, decideCare } from './batch.ts';
import { overloadAlerts, plannedFrom, SPREAD } from './care-workload.ts';
import type { Workload } from './level.ts';
import { reconcile } from './reconcile.ts';
import { addRenewalApprovals, renewalAlert, type Wanting } from './renewals.ts';
import {
  advanceRun,
  type Closing,
  claimRun,
  closeTasks,
  countTasks,
  finishRun,
  insertTasks,
  type RunLease,
  releaseRun,
} from './sql.ts';

// A run is the care of one business line on one day: claimed -> batches of customers, in order of their ids -> duties ->
// finished. The row `care_run` holds how far it is; a batch is written in the transaction that moves the cursor, so that a
// run that was cut off goes on behind the last batch, on this node or on another, and nothing is written twice.

/** The name by which the app of this process claims runs. */
const names = new WeakMap<Services, string>();

export interface CareTally {
  readonly opened: number;
  readonly closed: number;
  readonly failed: number;
}

/**
 * Runs the care of a business line on a day, once, however often and from wherever it is asked for.
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
  const at = startOfDayIn(day, zoneOf(policy.declaration));
  const run: Run = { policyId: policy.declaration.id, policy, day, at, by: nameOf(services) };
  const claimed = await claimRun(services.database.prisma, run, services.clock.now());
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
        await releaseRun(services.database.prisma, run);
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

interface Run extends RunLease {
  readonly policy: InstalledPolicy;
  /** The instant at which the day begins. */
  readonly at: Date;
}

/** Customers that are decided about, the cursor before them, and what their managers have planned so far. */
interface Batch {
  readonly cursor: string | null;
  readonly cared: readonly Cared[];
  readonly load: Workload;
}

function nameOf(services: Services): string {
  const known = names.get(services) ?? newId();
  names.set(services, known);
  return known;
}

/** Writes what a batch decided, as sets, in the transaction that moves the cursor; null where the run goes on elsewhere. */
async function writeBatch(services: Services, run: Run, batch: Batch): Promise<CareTally | null> {
  const { cursor, cared } = batch;
  const now = services.clock.now();
  const { tasks, closings, wanting, failed, failure, writes } = changesOf(run, batch, now);
  await addRenewalApprovals(services, run.policy, writes, wanting, now);
  if (failure) writes.insert('alert', failureAlert(run, cared, failure, now));
  // The last batch of a day on which nothing happened leaves no trace but that the day is done.
  const isQuiet = tasks.length + closings.length === 0 && writes.of('alert').length === 0;
  if (isQuiet && failed === 0 && cared.length < BATCH) return { opened: 0, closed: 0, failed };
  const progress = { from: cursor, to: cared.at(-1)?.customer.id, customers: cared.length, failed };
  return inTransaction(
    services.database,
    async (tx) => {
      if (!(await advanceRun(tx, run, progress))) return null;
      const opened = await insertTasks(tx, tasks);
      const closed = await closeTasks(tx, closings, zoneOf(run.policy.declaration), now);
      await writes.execute(tx);
      if (opened > 0 || closed > 0) await countTasks(tx, run, { opened, closed });
      return { opened, closed, failed };
    },
    { timeoutMs: 30_000 },
  );
}

/** What the decisions of a batch come to, to be written as sets. */
interface BatchChanges {
  readonly tasks: object[];
  readonly closings: Closing[];
  readonly wanting: Wanting[];
  readonly writes: WriteSet;
  /** Customers about whom the policy could not be asked. */
  readonly failed: number;
  /** Why, of one of them, where it is the policy's own fault. */
  readonly failure: PolicyFailure | null;
}

function changesOf({ day, at }: Run, { cared, load }: Batch, now: Date): BatchChanges {
  const [tasks, closings, wanting, writes]: [object[], Closing[], Wanting[], WriteSet] = [[], [], [], new WriteSet()];
  let failed = 0;
  let failure: PolicyFailure | null = null;
  for (const { customer, facts, contacts, open, decision } of cared) {
    if (decision instanceof Error) failed += 1;
    if (decision instanceof PolicyFailure) failure = decision;
    const asked = decision instanceof Error ? null : decision.answer;
    const { added, met, withdrawn } = reconcile(customer, asked, open, contacts, at);
    if (added.length > 0 && !(decision instanceof Error)) keepDecisions(writes, [decision]);
    for (const { key, task } of added) {
      const plannedOn = plan(load, customer.managerId, task, day);
      tasks.push({ ...proposedTask(task, { key, customer, assigneeId: customer.managerId, at: now }), plannedOn });
      const alert = renewalAlert(customer, key, task, now);
      if (alert) writes.insert('alert', alert);
      if (task.approval) wanting.push({ key, task, customer, facts });
    }
    for (const { id, on } of met) closings.push({ id, status: 'DONE', on });
    for (const id of withdrawn) closings.push({ id, status: 'CANCELLED', on: null });
  }
  return { tasks, closings, wanting, writes, failed, failure };
}

function failureAlert({ policyId, day }: Run, cared: readonly Cared[], failure: PolicyFailure, now: Date) {
  const branchId = cared[0]?.customer.branchId ?? '';
  const detail = failure.cause instanceof Error ? failure.cause.message : failure.message;
  return policyFailedAlert(policyId, branchId, detail, `care:${day}`, now);
}

/** The day of its period on which its manager has least to do. */
function plan(load: Workload, staffId: string | null, { origin, period }: TaskProposal, day: string): Date | null {
  if (staffId === null || !period || !SPREAD.includes(origin)) return null;
  const on = load.place(staffId, period.from < day ? day : period.from, period.to);
  return on === null ? null : dateColumn(on);
}

/** What belongs to the line as a whole: duties, and the customers who leave the active archive. Then the day is done. */
async function finish(services: Services, run: Run): Promise<{ opened: number } | null> {
  const { policy, day, at } = run;
  const duties = (await dutiesOpenOn(services, policy, day, at)).of('task');
  const now = services.clock.now();
  const overloaded = await overloadAlerts(services, policy, day, now);
  if (duties.length + overloaded.length === 0 && !policy.declaration.clearsDeparted)
    return (await finishRun(services.database.prisma, run, now)) ? { opened: 0 } : null;
  return inTransaction(services.database, async (tx) => {
    if (!(await finishRun(tx, run, now))) return null;
    const { count } =
      duties.length > 0 ? await tx.task.createMany({ data: [...duties], skipDuplicates: true }) : { count: 0 };
    if (overloaded.length > 0) await tx.alert.createMany({ data: overloaded, skipDuplicates: true });
    await archiveDeparted(tx, policy.declaration, day, now);
    return { opened: count };
  });
}
