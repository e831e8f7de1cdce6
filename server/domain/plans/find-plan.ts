import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Act, Subject } from '../../engine/services/act.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { refuseErased } from '../customers/find-customer.ts';

export const FOUND = {
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
export async function findPlan(act: Act, id: string, expectedVersion?: number): Promise<FoundPlan> {
  const where = { id, ...visibleThroughCustomer(act.actor) };
  const plan = await act.found('MaintenancePlan', act.prisma.maintenancePlan.findFirst({ where, include: FOUND }));
  refuseErased(plan.customer);
  if (expectedVersion !== undefined && plan.version !== expectedVersion) throw new Conflict(plan.version);
  return plan;
}

/** Whom and what the audit trail names of every act on a plan. */
export function planSubject({ id, policyId, branchId, customerId }: FoundPlan): Subject {
  return { type: 'MaintenancePlan', id, policyId, branchId, customerId };
}
