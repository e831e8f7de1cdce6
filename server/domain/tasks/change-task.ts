import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { Act } from '../../engine/services/act.ts';
import { eachByItself, type PartlyDone, severalIds } from '../../engine/services/each-by-itself.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import type { Change } from '../../platform/audit/audit.ts';
import { dateIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { lateFrom } from '../../platform/values/late.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { requireTaskChange, type TaskChange } from './rules.ts';

const FOUND = { customer: { select: { erasedAt: true } } } as const satisfies Prisma.TaskInclude;
type FoundTask = Prisma.TaskGetPayload<{ include: typeof FOUND }>;

/** What a change of a task does: its columns, what the trail keeps, and what else is written with it. */
interface Changed {
  readonly data: Prisma.TaskUncheckedUpdateManyInput;
  readonly changes: readonly Change[];
  readonly also?: (tx: Prisma.TransactionClient) => Promise<unknown>;
}

interface Asked {
  readonly id: string;
  /** Kept in the audit trail; nobody changes what others wait for without a word. */
  readonly reason: string;
}

async function changeTask(
  services: Services,
  caller: Caller,
  { id, reason: given }: Asked,
  change: TaskChange,
  decide: (task: FoundTask, act: Act) => Promise<Changed> | Changed,
): Promise<string> {
  const act = Act.begin(services, caller, 'changeTask');
  const reason = given.trim();
  if (reason === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  if (reason.length > 2000)
    throw new InvalidInput([{ path: 'input.reason', message: 'is longer than 2000 characters' }]);
  const task = await act.found('Task', act.prisma.task.findFirst({ where: act.one(id), include: FOUND }));
  refuseErased(task.customer);
  requireTaskChange(change, task);
  const { data, changes, also } = await decide(task, act);
  const { policyId, branchId, customerId } = task;
  await act.commit({
    audit: act.audit(`${change}_TASK`, { type: 'Task', id, policyId, branchId, customerId }, { reason, changes }),
    async change(tx) {
      const where = { id, status: task.status, dueAt: task.dueAt, assigneeId: task.assigneeId };
      const { count } = await tx.task.updateMany({ where, data });
      if (count === 0) throw new Conflict(null);
      await also?.(tx);
    },
  });
  return id;
}

/** Gives a task to somebody else, by the rule for all work (decision 0024); a plan's measure goes with it. */
export function reassignTask(
  services: Services,
  caller: Caller,
  input: Asked & { readonly assigneeId: string },
): Promise<string> {
  return changeTask(services, caller, input, 'REASSIGN', async (task) => {
    const { assigneeId } = input;
    const issues = await checkGiven(services, task, [{ work: 'TASK', staffId: assigneeId, path: 'input.assigneeId' }]);
    if (assigneeId === task.assigneeId) issues.push({ path: 'input.assigneeId', message: 'has it already' });
    if (issues.length > 0) throw new InvalidInput(issues);
    const { measureId } = task;
    return {
      data: { assigneeId },
      changes: [{ field: 'assigneeId', before: task.assigneeId, after: assigneeId }],
      ...(measureId && {
        also: (tx) => tx.planMeasure.updateMany({ where: { id: measureId }, data: { assigneeId } }),
      }),
    };
  });
}

/** Gives several tasks to somebody else, each by itself: one that they may not have, or that is done, is named. */
export function reassignTasks(
  services: Services,
  caller: Caller,
  { ids, ...input }: Omit<Asked, 'id'> & { readonly ids: readonly string[]; readonly assigneeId: string },
): Promise<PartlyDone> {
  requirePermission(caller.actor, 'changeTask');
  return eachByItself(severalIds(ids), (id) => reassignTask(services, caller, { ...input, id }));
}

/** Agrees on another due instant, within the task's period; what was late stays late. */
export function rescheduleTask(
  services: Services,
  caller: Caller,
  input: Asked & { readonly dueAt: Date },
): Promise<string> {
  return changeTask(services, caller, input, 'RESCHEDULE', (task, { now }) => {
    const { dueAt } = input;
    const issues: Issue[] = [];
    if (dueAt <= now) issues.push({ path: 'input.dueAt', message: 'does not lie ahead' });
    if (dueAt.getTime() === task.dueAt.getTime())
      issues.push({ path: 'input.dueAt', message: 'is the instant at which it is due already' });
    if (task.periodTo && dayOf(services, task, dueAt) > task.periodTo)
      issues.push({ path: 'input.dueAt', message: 'lies after the period within which it is to be done' });
    if (issues.length > 0) throw new InvalidInput(issues);
    return {
      // An overdue task was told of; what is due again is not told a second time.
      data: { dueAt, plannedOn: null, ...(task.status === 'OPEN' && { nextFireAt: lateFrom(dueAt) }) },
      changes: [{ field: 'dueAt', before: task.dueAt.toISOString(), after: dueAt.toISOString() }],
    };
  });
}

/** Why somebody did not get to it. */
export const PUT_OFF_REASONS = ['NOT_REACHED', 'NO_TIME', 'CUSTOMER_ASKED', 'OTHER'] as const;
export type PutOffReason = (typeof PUT_OFF_REASONS)[number];

export interface PuttingOff {
  readonly id: string;
  /** The day on which it is tried again, as midnight UTC. */
  readonly until: Date;
  readonly why: PutOffReason;
  readonly note?: string | null;
}

/** Plans a task for a later day. What it is owed for stays: it is due when it was, and late after that. */
export function putOffTask(services: Services, caller: Caller, input: PuttingOff): Promise<string> {
  const { id, until, why } = input;
  const note = input.note?.trim();
  const reason = note ? `${why}: ${note}` : why;
  return changeTask(services, caller, { id, reason }, 'PUT_OFF', (task, { now }) => {
    const issues: Issue[] = [];
    if (until <= dayOf(services, task, now)) issues.push({ path: 'input.until', message: 'does not lie ahead' });
    if (task.periodTo && until > task.periodTo)
      issues.push({ path: 'input.until', message: 'lies after the period within which it is to be done' });
    if (why === 'OTHER' && !note) issues.push({ path: 'input.note', message: 'is missing: it says why' });
    if (issues.length > 0) throw new InvalidInput(issues);
    const day = (date: Date | null) => date?.toISOString().slice(0, 10) ?? null;
    return {
      data: { plannedOn: until },
      changes: [{ field: 'plannedOn', before: day(task.plannedOn), after: day(until) }],
    };
  });
}

/** Leaves a task undone, for a reason that its outcome keeps. */
export function skipTask(services: Services, caller: Caller, input: Asked): Promise<string> {
  return changeTask(services, caller, input, 'SKIP', (task, act) => ended(task, act, 'SKIPPED', input.reason.trim()));
}

/** Takes a task back that a person made or selected. */
export function cancelTask(services: Services, caller: Caller, input: Asked): Promise<string> {
  return changeTask(services, caller, input, 'CANCEL', (task, act) =>
    ended(task, act, 'CANCELLED', input.reason.trim()),
  );
}

function ended({ status }: FoundTask, { now }: Act, after: 'SKIPPED' | 'CANCELLED', outcome: string): Changed {
  return {
    data: { status: after, outcome, completedAt: now, nextFireAt: null },
    changes: [{ field: 'status', before: status, after }],
  };
}

/** The day of the line on which the instant lies, as midnight UTC. */
function dayOf({ policies }: Services, { policyId }: FoundTask, at: Date): Date {
  return dateIn(at, zoneOf(policies.get(policyId)?.declaration));
}
