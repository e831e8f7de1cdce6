import { Act } from '../../engine/services/act.ts';
import { type AllowedMove, refusalOf } from '../../engine/services/refusal-of.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { COMPLETED, checkComplete } from './complete.ts';
import { requireTaskChange, TASK_CHANGES } from './rules.ts';

/** Moves of a task as screens offer them; each is the mutation of that name. */
export const TASK_MOVES = ['COMPLETE', ...TASK_CHANGES] as const;
export type TaskMove = (typeof TASK_MOVES)[number];

/** Which moves of the task the caller may make now, by the rules that judge them; contact is not spoken of. */
export async function allowedTaskMoves(
  services: Services,
  caller: Caller,
  id: string,
): Promise<AllowedMove<TaskMove>[]> {
  const act = Act.begin(services, caller, null);
  const task = await act.found('Task', act.prisma.task.findFirst({ where: act.one(id), include: COMPLETED }));
  const complete = await refusalOf(async () => {
    requirePermission(act.actor, 'completeTask');
    refuseErased(task.customer);
    await checkComplete(act, task, { id, outcome: '-' });
  });
  const changes = TASK_CHANGES.map(async (move) => ({
    move,
    refusal: await refusalOf(() => {
      requirePermission(act.actor, 'changeTask');
      refuseErased(task.customer);
      requireTaskChange(move, task);
    }),
  }));
  return [{ move: 'COMPLETE', refusal: complete }, ...(await Promise.all(changes))];
}
