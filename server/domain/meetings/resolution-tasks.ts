import type { Meeting, Prisma, Resolution } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Act } from '../../engine/services/act.ts';
import type { Services } from '../../engine/services/services.ts';
import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import { dayIn } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';
import { lateFrom } from '../../platform/values/late.ts';
import { RESOLUTION } from './meeting-states.ts';
import { resolutionDueAt } from './rules.ts';

// A resolution with an owner and a deadline is a task of the owner: one that is open at a time. Completing either completes the
// other. An owner who takes it over from another, or gets another deadline, gets a task of their own, and the one before is cancelled:
// what was missed stays to be seen.

/** What of a task is not done. */
const UNDONE = { in: ['OPEN', 'OVERDUE'] as ('OPEN' | 'OVERDUE')[] };

/** How long the text of a resolution may be in the title of its task. */
const TITLE_LENGTH = 200;

type Owned = Pick<Resolution, 'id' | 'policyId' | 'branchId' | 'text' | 'dueOn'> & { readonly ownerId: string };

/** Where the owner sees the task: at their own branch, where that runs the line. */
async function placeOf(tx: Prisma.TransactionClient, { policyId, branchId, ownerId }: Owned): Promise<string> {
  const { branch } = await tx.staff.findUniqueOrThrow({
    where: { id: ownerId },
    select: { branch: { select: { id: true, policyIds: true } } },
  });
  return branch.policyIds.includes(policyId) ? branch.id : branchId;
}

/** Gives the owner of a resolution its task, in the transaction that says who owns it; none where there is no deadline. */
export async function giveResolutionTask(
  { policies }: Pick<Services, 'policies'>,
  tx: Prisma.TransactionClient,
  { kind, heldAt }: Pick<Meeting, 'kind' | 'heldAt'>,
  resolution: Owned,
  at: Date,
): Promise<void> {
  const { id, policyId, text, dueOn, ownerId } = resolution;
  const policy = policies.get(policyId)?.declaration;
  const heldOn = dayIn(heldAt, zoneOf(policy));
  const dueAt = policy ? resolutionDueAt(policy, { kind, heldOn, dueOn }) : null;
  const open = await tx.task.findMany({ where: { resolutionId: id, status: UNDONE } });
  const isTheSame = (task: { assigneeId: string | null; dueAt: Date }) =>
    task.assigneeId === ownerId && task.dueAt.getTime() === dueAt?.getTime();
  if (open.some(isTheSame)) return;
  await tx.task.updateMany({
    where: { resolutionId: id, status: UNDONE },
    data: { status: 'CANCELLED', nextFireAt: null },
  });
  if (!dueAt) return;
  const title = text.slice(0, TITLE_LENGTH);
  const taskId = newId();
  await tx.task.create({
    data: {
      id: taskId,
      key: `resolution:${id}:${taskId}`,
      title: { en: `Resolution: ${title}`, zh: `决议：${title}` },
      origin: 'RESOLUTION',
      status: 'OPEN',
      purpose: 'OTHER',
      channel: 'INTERNAL',
      dueAt,
      nextFireAt: lateFrom(dueAt),
      policyId,
      branchId: await placeOf(tx, resolution),
      assigneeId: ownerId,
      resolutionId: id,
      createdAt: at,
    },
    select: { id: true },
  });
}

/** Completes the task of a resolution that was executed. */
export async function completeResolutionTask(
  tx: Prisma.TransactionClient,
  resolutionId: string,
  outcome: string,
  at: Date,
): Promise<void> {
  await tx.task.updateMany({
    where: { resolutionId, status: UNDONE },
    data: { status: 'DONE', outcome, completedAt: at, nextFireAt: null },
  });
}

/** Marks a resolution as executed by the actor; false where it was before. */
export async function executeResolution(
  tx: Prisma.TransactionClient,
  act: Act,
  { id, outcome }: { readonly id: string; readonly outcome: string },
): Promise<boolean> {
  const [done] = await tx.resolution.updateManyAndReturn({
    where: { id, state: { in: [...RESOLUTION.complete.from] } },
    data: { state: RESOLUTION.complete.to, outcome, doneAt: act.now },
    select: { policyId: true, branchId: true },
  });
  if (!done) return false;
  await act.record(tx, act.audit('COMPLETE_RESOLUTION', { type: 'Resolution', id, ...done }));
  return true;
}

/** Completing the task of a resolution executes it. Both are completed in this order, so that none waits for the other. */
export const resolutionTasks: TaskCompletion = {
  origin: 'RESOLUTION',
  isFrom: ({ resolutionId }) => resolutionId !== null,
  async beforeDone(tx, { task: { resolutionId }, outcome }, act) {
    if (resolutionId) await executeResolution(tx, act, { id: resolutionId, outcome });
  },
};
