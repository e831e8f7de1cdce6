import { zoneOf } from '../../engine/policy/zone.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { changesBetween, writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { checkPeople, measureRows, type PlanText, planColumns } from './draft.ts';
import { findPlan, planAudit } from './find.ts';
import { checkPlan, checkPlanKind } from './rules.ts';
import { contentOf } from './versions.ts';

/**
 * Changes a draft or a returned plan as a whole; the version counts submissions, so it stays. What was submitted before stays
 * readable under its own version.
 *
 * @throws {Refused} LOCKED: it is being decided, or was
 * @throws {Conflict} somebody else changed it meanwhile
 */
export async function revisePlan(
  services: Services,
  caller: Caller,
  input: PlanText & { readonly id: string; readonly expectedVersion: number },
): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'draftPlan');
  const now = clock.now();
  const plan = await findPlan(services, actor, input.id, input.expectedVersion);
  if (plan.status !== 'DRAFT' && plan.status !== 'RETURNED')
    throw Refused.because('LOCKED', `A plan that is ${plan.status} is not changed.`);
  const policy = policies.get(plan.policyId);
  if (!policy) throw new NotFound('Policy');
  const issues = [
    ...checkPlan(input, zoneOf(policy.declaration)),
    ...checkPlanKind(policy.declaration, input),
    ...(await checkPeople(database, input)),
  ];
  if (issues.length > 0) throw new InvalidInput(issues);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.maintenancePlan.updateMany({
      where: { id: plan.id, version: plan.version, status: plan.status, updatedAt: plan.updatedAt },
      data: { ...planColumns(input), ownerId: input.ownerId ?? plan.ownerId, updatedAt: now },
    });
    if (count === 0) throw new Conflict(plan.version);
    await tx.planMeasure.deleteMany({ where: { planId: plan.id } });
    await tx.planMeasure.createMany({ data: measureRows(plan.id, input) });
    const before = contentOf(plan);
    const after = await tx.maintenancePlan.findUniqueOrThrow({
      where: { id: plan.id },
      include: { measures: { orderBy: { position: 'asc' } } },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'REVISE_PLAN',
      ...planAudit(plan),
      changes: changesBetween(before, contentOf(after)),
    });
  });
  return plan.id;
}
