import type { Act } from '../../engine/services/act.ts';
import { requireMove } from '../../engine/services/move-table.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { refuseDeparted } from '../customers/find-customer.ts';
import type { FoundPlan } from './find-plan.ts';
import { planKind } from './milestones.ts';
import { PLAN } from './plan-states.ts';

// What speaks against a command on a plan, whatever its input says: asked by the command, and by whoever shows what may be done.

/** @throws {Refused} it is not in a state to be submitted, the customer departed, or the policy's guard refuses */
export async function requireSubmittable(act: Act, plan: FoundPlan): Promise<void> {
  requireMove(PLAN.submit, plan.status);
  refuseDeparted(plan.customer);
  await act.guard(plan.policyId, {
    action: 'SUBMIT_PLAN',
    customer: customerFacts(act.policyOf(plan).declaration, plan.customer),
    input: {
      budget: plan.budget.toFixed(),
      measures: plan.measures.map(({ assigneeId }) => ({ assigned: assigneeId !== null })),
    },
  });
}

/** @throws {Refused} NOT_IN_EXECUTION, NO_CUSTOMER_CONFIRMATION, or the policy's guard refuses */
export async function requireCompletable(act: Act, plan: FoundPlan): Promise<void> {
  requireMove(PLAN.complete, plan.status);
  const { declaration } = act.policyOf(plan);
  if (planKind(declaration, plan.kind)?.needsConfirmation && plan.confirmed !== true)
    throw refuse('NO_CUSTOMER_CONFIRMATION');
  await act.guard(plan.policyId, {
    action: 'COMPLETE_PLAN',
    customer: customerFacts(declaration, plan.customer),
    input: {},
  });
}

/** @throws {Refused} NO_SUMMARY: the plan was not summarised yet */
export function requireSummary({ status, summary }: FoundPlan): void {
  requireMove(PLAN.improve, status);
  if (summary === null) throw refuse('NO_SUMMARY');
}
