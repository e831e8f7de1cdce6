import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, InvalidInput, Refused } from '../../platform/values/errors.ts';
import { releaseBudget } from '../budget/ledger.ts';
import { findPlan, planAudit, requireExecution } from './find.ts';

/**
 * Gives a plan up: what it reserved is released, what it asked for is no longer owed.
 *
 * @throws {Refused} LOCKED: it is being decided, or it has ended
 */
export async function cancelPlan(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly expectedVersion: number; readonly reason: string },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'completePlan');
  const now = clock.now();
  if (input.reason.trim() === '') throw new InvalidInput([{ path: 'reason', message: 'is empty' }]);
  const plan = await findPlan(services, actor, input.id, input.expectedVersion);
  if (plan.status === 'SUBMITTED' || plan.status === 'COMPLETED' || plan.status === 'CANCELLED')
    throw Refused.because('LOCKED', `A plan that is ${plan.status} is not cancelled.`);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.maintenancePlan.updateMany({
      where: { id: plan.id, version: plan.version, status: plan.status },
      data: { status: 'CANCELLED', updatedAt: now },
    });
    if (count === 0) throw new Conflict(plan.version);
    const open = { planId: plan.id, status: { in: ['OPEN', 'OVERDUE'] as ('OPEN' | 'OVERDUE')[] } };
    await tx.planMeasure.updateMany({ where: open, data: { status: 'CANCELLED' } });
    await tx.task.updateMany({ where: open, data: { status: 'CANCELLED', completedAt: now, nextFireAt: null } });
    await releaseBudget(tx, plan, { byId: actor.id, at: now, purpose: input.reason.trim() });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'CANCEL_PLAN',
      ...planAudit(plan),
      reason: input.reason.trim(),
      changes: [{ field: 'status', before: plan.status, after: 'CANCELLED' }],
    });
  });
  return plan.id;
}

/** Records whether the customer is satisfied with what a plan did, and how that is known (S01-bank-relationship-dept). */
export async function confirmPlan(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly satisfied: boolean; readonly evidence: string },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'completePlan');
  const now = clock.now();
  if (input.evidence.trim() === '') throw new InvalidInput([{ path: 'evidence', message: 'is empty' }]);
  const plan = await findPlan(services, actor, input.id);
  requireExecution(plan, 'confirmed by the customer');
  await inTransaction(database, async (tx) => {
    const { count } = await tx.maintenancePlan.updateMany({
      where: { id: plan.id, status: plan.status },
      data: { confirmed: input.satisfied, confirmedAt: now, evidence: input.evidence.trim(), updatedAt: now },
    });
    if (count === 0) throw new Conflict(plan.version);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'CONFIRM_PLAN',
      ...planAudit(plan),
      reason: input.evidence.trim(),
      changes: [{ field: 'confirmed', before: plan.confirmed?.toString() ?? null, after: String(input.satisfied) }],
    });
  });
  return plan.id;
}

/**
 * Records what is done otherwise from now on; the summary precedes it (S02-bank-maintenance).
 *
 * @throws {Refused} NO_SUMMARY: the plan was not summarised yet
 */
export async function improvePlan(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly improvement: string },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'completePlan');
  const now = clock.now();
  if (input.improvement.trim() === '') throw new InvalidInput([{ path: 'improvement', message: 'is empty' }]);
  const plan = await findPlan(services, actor, input.id);
  if (plan.status !== 'COMPLETED' || plan.summary === null)
    throw Refused.because('NO_SUMMARY', 'The plan is summarised first: the summary precedes the improvement.');
  await inTransaction(database, async (tx) => {
    await tx.maintenancePlan.update({
      where: { id: plan.id },
      data: { improvement: input.improvement.trim(), updatedAt: now },
      select: { id: true },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'IMPROVE_PLAN',
      ...planAudit(plan),
      changes: [{ field: 'improvement', before: plan.improvement, after: input.improvement.trim() }],
    });
  });
  return plan.id;
}
