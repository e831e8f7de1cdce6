import type { Act } from '../../engine/services/act.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { refuseDeparted } from '../customers/find-customer.ts';
import { type FoundPlan, requireExecution } from './find-plan.ts';
import { planKind } from './milestones.ts';

// What speaks against a command on a plan, whatever its input says: asked by the command, and by whoever shows what may be done.

/** @throws {Refused} LOCKED: it is being decided, or was */
export function requireRevisable({ status }: FoundPlan): void {
  if (status !== 'DRAFT' && status !== 'RETURNED') throw refuse('LOCKED', { status, done: 'changed' });
}

/** @throws {Refused} it is not in a state to be submitted, the customer departed, or the policy's guard refuses */
export async function requireSubmittable(act: Act, plan: FoundPlan): Promise<void> {
  const { status } = plan;
  if (status !== 'DRAFT' && status !== 'RETURNED') throw refuse('NOT_A_DRAFT', { status });
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

/** @throws {Refused} LOCKED: it is being decided, or it has ended */
export function requireCancellable({ status }: FoundPlan): void {
  if (status === 'SUBMITTED' || status === 'COMPLETED' || status === 'CANCELLED')
    throw refuse('LOCKED', { status, done: 'cancelled' });
}

/** @throws {Refused} NOT_IN_EXECUTION, NO_CUSTOMER_CONFIRMATION, or the policy's guard refuses */
export async function requireCompletable(act: Act, plan: FoundPlan): Promise<void> {
  requireExecution(plan, 'closed');
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
  if (status !== 'COMPLETED' || summary === null) throw refuse('NO_SUMMARY');
}
