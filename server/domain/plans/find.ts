import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { Conflict, NotFound, Refused } from '../../platform/values/errors.ts';
import { CUSTOMER_FACTS } from '../customers/facts.ts';
import { refuseErased } from '../customers/find.ts';

const FOUND = {
  measures: { orderBy: { position: 'asc' } },
  customer: { select: CUSTOMER_FACTS },
} satisfies Prisma.MaintenancePlanInclude;

export type FoundPlan = Prisma.MaintenancePlanGetPayload<{ include: typeof FOUND }>;

/**
 * A plan that the actor may see, at the version that the caller has read.
 *
 * @throws {NotFound} there is none, or none of the actor's
 * @throws {Conflict} it is at another version
 */
export async function findPlan(
  { database }: Pick<Services, 'database'>,
  actor: Actor,
  id: string,
  expectedVersion?: number,
): Promise<FoundPlan> {
  const plan = await database.prisma.maintenancePlan.findFirst({
    where: { id, ...visibleThroughCustomer(actor) },
    include: FOUND,
  });
  if (!plan) throw new NotFound('MaintenancePlan');
  refuseErased(plan.customer);
  if (expectedVersion !== undefined && plan.version !== expectedVersion) throw new Conflict(plan.version);
  return plan;
}

/**
 * Lets only plans pass that were approved and are not closed.
 *
 * @throws {Refused} NOT_IN_EXECUTION
 */
export function requireExecution({ status }: Pick<FoundPlan, 'status'>, doing: string): void {
  if (status !== 'APPROVED' && status !== 'IN_PROGRESS')
    throw Refused.because('NOT_IN_EXECUTION', `A plan that is ${status} is not ${doing}.`);
}

/** What the trail says of every act on a plan. */
export function planAudit(plan: FoundPlan) {
  return {
    subject: { type: 'MaintenancePlan', id: plan.id },
    policyId: plan.policyId,
    branchId: plan.branchId,
    customerId: plan.customerId,
  };
}
