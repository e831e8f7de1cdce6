import { requirePermission } from '../access/permissions.ts';
import { changesBetween, writeAudit } from '../audit/audit.ts';
import type { Caller, Services } from '../context.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../errors.ts';
import { newId } from '../ids.ts';
import { inTransaction } from '../storage/transaction.ts';
import { findPlan, planAudit } from './find.ts';
import { checkPlan, checkPlanKind } from './rules.ts';
import type { PlanDraft } from './service.ts';
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
  input: Omit<PlanDraft, 'customerId'> & { readonly id: string; readonly expectedVersion: number },
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
  const issues = [...checkPlan(input), ...checkPlanKind(policy.declaration, input)];
  const people = [
    ...new Set([input.ownerId, ...input.measures.map(({ assigneeId }) => assigneeId)].filter((id) => id != null)),
  ];
  const known = await database.prisma.staff.count({ where: { id: { in: people }, active: true } });
  if (known < people.length) issues.push({ path: 'input.measures', message: 'names somebody who does not work here' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const data = {
    objective: input.objective.trim(),
    startsOn: input.startsOn,
    endsOn: input.endsOn,
    budget: input.budget.amount,
    currency: input.budget.currency ?? 'CNY',
    kind: input.kind ?? 'MAINTENANCE',
    parts: [...new Set(input.parts ?? [])],
  };
  const measures = input.measures.map(({ way, measure, assigneeId, dueAt, budget }, position) => ({
    id: newId(),
    position,
    way,
    measure: measure.trim(),
    assigneeId: assigneeId ?? null,
    dueAt,
    budget: budget?.amount ?? null,
    status: 'OPEN' as const,
  }));
  await inTransaction(database, async (tx) => {
    const { count } = await tx.maintenancePlan.updateMany({
      where: { id: plan.id, version: plan.version, status: plan.status, updatedAt: plan.updatedAt },
      data: { ...data, ownerId: input.ownerId ?? plan.ownerId, updatedAt: now },
    });
    if (count === 0) throw new Conflict(plan.version);
    await tx.planMeasure.deleteMany({ where: { planId: plan.id } });
    await tx.planMeasure.createMany({ data: measures.map((measure) => ({ ...measure, planId: plan.id })) });
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
