import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { TaskStatus } from '../../../prisma/generated/client/enums.ts';
import type { Actors, RecordDeclaration, RecordStep } from '../../engine/policy/contract/records.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import type { PolicyCalendars } from '../../engine/sla/calendars.ts';
import { endSubjectClocks, subjectClockRow } from '../../engine/sla/subject-clock.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { ROLES, type Role } from '../../platform/values/enums.ts';
import { newId } from '../../platform/values/ids.ts';
import { lateFrom } from '../../platform/values/late.ts';
import { type DueFrom, promiseOfStep } from './due-steps.ts';
import { roundOf } from './rules.ts';

/** Whose record it is, as clocks and alerts know it. */
export interface RecordOwner {
  readonly id: string;
  readonly branchId: string;
  readonly customer: { readonly id: string; readonly tierRank: number | null } | null;
  readonly personId: string | null;
  readonly ticketId: string | null;
  readonly startedById: string;
}

/** A promise about a step: a clock that is told when it falls due, or a task that is to be done by then. */
export interface StepClock {
  readonly code: string;
  readonly key: string;
  readonly clock: Prisma.SubjectClockUncheckedCreateInput | null;
  readonly task: Prisma.TaskUncheckedCreateInput | null;
  readonly dueAt: Date;
}

/** Begins the keys of tasks that steps open. */
export const STEP_TASK = 'step:';

/** The clocks of the steps that were not taken and whose due instants are known. Their keys tell the step, its round and when. */
export function stepClocks(
  calendars: PolicyCalendars,
  declared: RecordDeclaration,
  owner: RecordOwner,
  about: DueFrom,
): StepClock[] {
  const { policy, standing, taken } = about;
  return (declared.steps ?? []).flatMap((step): StepClock[] => {
    const promise = standing.done.includes(step.code) ? null : promiseOfStep(step, about);
    if (!promise) return [];
    const { roles, assigneeId } = audienceOf(policy.declaration, declared, step, owner);
    const row = subjectClockRow(
      calendars,
      {
        key: '',
        subject: { type: 'Record', id: owner.id },
        policyId: policy.declaration.id,
        branchId: owner.branchId,
        customer: owner.customer,
        assigneeId,
        alertKind: 'TASK_OVERDUE',
        label: { en: `${declared.label.en}: ${step.label.en}`, zh: `${declared.label.zh}：${step.label.zh}` },
        audience: roles,
        policyVersion: policy.version,
        within: promise.within,
      },
      promise.from,
    );
    const dueAt = new Date(row.dueAt);
    const name = `${owner.id}:${step.code}:${roundOf(taken, step.code)}:${dueAt.getTime()}`;
    const key = `${step.task ? STEP_TASK : 'record:'}${name}`;
    const common = { code: step.code, key, dueAt };
    if (!step.task) return [{ ...common, clock: { ...row, key }, task: null }];
    return [
      {
        ...common,
        clock: null,
        task: stepTask(owner, { key, dueAt, title: row.label, assigneeId, policyId: row.policyId }),
      },
    ];
  });
}

function stepTask(
  { branchId, customer, ticketId, startedById }: RecordOwner,
  task: Pick<Prisma.TaskUncheckedCreateInput, 'key' | 'title' | 'policyId'> & {
    readonly dueAt: Date;
    readonly assigneeId: string | null;
  },
): Prisma.TaskUncheckedCreateInput {
  return {
    ...task,
    id: newId(),
    assigneeId: task.assigneeId ?? startedById,
    origin: 'REVIEW',
    status: 'OPEN',
    purpose: 'FOLLOW_UP',
    channel: null,
    nextFireAt: lateFrom(task.dueAt),
    customerId: customer?.id ?? null,
    ticketId,
    branchId,
    createdAt: task.dueAt,
  };
}

/** Adds the clocks and tasks of a record's steps; those that there are stay as they are. */
export function addStepClocks(writes: WriteSet, clocks: readonly StepClock[], at: Date): void {
  writes.insert('subject_clock', ...clocks.flatMap(({ clock }) => clock ?? []));
  writes.insert('task', ...clocks.flatMap(({ task }) => (task ? [{ ...task, createdAt: at }] : [])));
}

/** The earliest of them. */
export function nextDue(clocks: readonly StepClock[]): Date | null {
  return clocks.reduce<Date | null>((first, { dueAt }) => (first && first <= dueAt ? first : dueAt), null);
}

/** Ends the clocks of a record: that of a step that was taken as kept, those that are no longer owed as cancelled. */
export async function endOtherClocks(
  tx: TransactionClient,
  recordId: string,
  {
    keep,
    fulfilled,
    at,
  }: { readonly keep: readonly StepClock[]; readonly fulfilled: string | null; readonly at: Date },
): Promise<void> {
  const running = await tx.subjectClock.findMany({
    where: { subjectId: recordId, subjectType: 'Record', endedAt: null },
    select: { key: true },
  });
  const kept = new Set(keep.map(({ key }) => key));
  await endTasks(tx, recordId, { kept, fulfilled, at });
  const over = running.flatMap(({ key }) => (kept.has(key) ? [] : [key]));
  const ofStep = (key: string) => fulfilled !== null && key.startsWith(`record:${recordId}:${fulfilled}:`);
  await endSubjectClocks(tx, over.filter(ofStep), 'FULFILLED', at);
  await endSubjectClocks(
    tx,
    over.filter((key) => !ofStep(key)),
    'CANCELLED',
    at,
  );
}

async function endTasks(
  tx: TransactionClient,
  recordId: string,
  { kept, fulfilled, at }: { readonly kept: ReadonlySet<string>; readonly fulfilled: string | null; readonly at: Date },
): Promise<void> {
  const prefix = `${STEP_TASK}${recordId}:`;
  const open = { key: { startsWith: prefix, notIn: [...kept] }, status: { in: ['OPEN', 'OVERDUE'] as TaskStatus[] } };
  if (fulfilled !== null)
    await tx.task.updateMany({
      where: { AND: [open, { key: { startsWith: `${prefix}${fulfilled}:` } }] },
      data: { status: 'DONE', completedAt: at, nextFireAt: null, outcome: fulfilled },
    });
  await tx.task.updateMany({ where: open, data: { status: 'CANCELLED', nextFireAt: null } });
}

const LEADERS: readonly Role[] = ['SUPERVISOR', 'DIRECTOR'];

/** Who hears that a step falls due: the roles that take it, else the leaders; and the person who takes it, where it is one. */
function audienceOf(
  { posts = {} }: Policy,
  { startedBy }: RecordDeclaration,
  step: RecordStep,
  { personId, startedById }: RecordOwner,
): { roles: readonly Role[]; assigneeId: string | null } {
  const actors: Actors = step.by ?? startedBy ?? ['STARTER'];
  const isRole = (one: string): one is Role => (ROLES as readonly string[]).includes(one);
  const roles = actors.flatMap((one) => (isRole(one) ? [one] : (posts[one]?.role ?? [])));
  const assigneeId = actors.includes('SUBJECT') ? personId : actors.includes('STARTER') ? startedById : null;
  return { roles: roles.length > 0 ? [...new Set(roles)] : LEADERS, assigneeId };
}
