import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import { refuse } from '../../platform/values/refusals.ts';

/** A task of a plan: only its milestone's lead completes it; its measure is done with it, and the plan is in progress. */
export const planTasks: TaskCompletion = {
  origin: 'PLAN',
  isFrom: ({ planId, measureId, leadRole }) => planId !== null || measureId !== null || leadRole !== null,
  mayComplete({ leadRole }, { actor }) {
    if (leadRole && !actor.roles.includes(leadRole)) throw refuse('WRONG_LEAD', { role: leadRole });
  },
  async onDone(tx, { task: { measureId, planId } }, { now }) {
    if (measureId)
      await tx.planMeasure.update({ where: { id: measureId }, data: { status: 'DONE' }, select: { id: true } });
    if (planId) {
      await tx.maintenancePlan.updateMany({
        where: { id: planId, status: 'APPROVED' },
        data: { status: 'IN_PROGRESS', updatedAt: now },
      });
    }
  },
};
