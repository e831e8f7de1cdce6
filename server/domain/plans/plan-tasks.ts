import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { planKind, takesConfirmation } from './milestones.ts';
import { PLAN } from './plan-states.ts';

/**
 * A plan that is confirmed with the customer first is not begun before that (S04-cm-service-standard, A-193). The closing acceptance comes after the customer confirmed, as the completion of the plan does (S01-bank-relationship-dept, A-065). Looked
 * at in the transaction: what was confirmed may be taken back until then.
 *
 * @throws {Refused} NO_CUSTOMER_CONFIRMATION
 */
async function refuseUnconfirmed(
  tx: TransactionClient,
  { declaration }: InstalledPolicy,
  planId: string,
  milestone: string | null,
): Promise<void> {
  const { kind, confirmed } = await tx.maintenancePlan.findUniqueOrThrow({
    where: { id: planId },
    select: { kind: true, confirmed: true },
  });
  const declared = planKind(declaration, kind);
  if (declared?.beginsConfirmed && confirmed !== true) throw refuse('NO_CUSTOMER_CONFIRMATION/begin');
  if (milestone && takesConfirmation(declared, milestone) && confirmed !== true)
    throw refuse('NO_CUSTOMER_CONFIRMATION');
}

/** A task of a plan: only its milestone's lead completes it; its measure is done with it, and the plan is in progress. */
export const planTasks: TaskCompletion = {
  origin: 'PLAN',
  isFrom: ({ planId, measureId, leadRole }) => planId !== null || measureId !== null || leadRole !== null,
  mayComplete({ leadRole }, { actor }) {
    if (leadRole && !actor.roles.includes(leadRole)) throw refuse('WRONG_LEAD', { role: leadRole });
  },
  async onDone(tx, { task: { measureId, planId, milestone }, policy }, { now }) {
    if (planId) await refuseUnconfirmed(tx, policy, planId, milestone);
    if (measureId)
      await tx.planMeasure.update({ where: { id: measureId }, data: { status: 'DONE' }, select: { id: true } });
    if (planId) {
      await tx.maintenancePlan.updateMany({
        where: { id: planId, status: { in: [...PLAN.begin.from] } },
        data: { status: PLAN.begin.to, updatedAt: now },
      });
    }
  },
};
