import { Act } from '../../engine/services/act.ts';
import { requireMove } from '../../engine/services/move-table.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { releaseBudget } from '../budget/ledger.ts';
import { findPlan, planSubject } from './find-plan.ts';
import { requireSummary } from './plan-checks.ts';
import { PLAN } from './plan-states.ts';

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
  const act = Act.begin(services, caller, PLAN.cancel.by);
  const { actor, now } = act;
  if (input.reason.trim() === '') throw new InvalidInput([{ path: 'reason', message: 'is empty' }]);
  const plan = await findPlan(act, input.id, input.expectedVersion);
  requireMove(PLAN.cancel, plan.status);
  await act.commit({
    audit: act.audit('CANCEL_PLAN', planSubject(plan), {
      reason: input.reason.trim(),
      changes: [{ field: 'status', before: plan.status, after: PLAN.cancel.to }],
    }),
    async change(tx) {
      const { count } = await tx.maintenancePlan.updateMany({
        where: { id: plan.id, version: plan.version, status: plan.status },
        data: { status: PLAN.cancel.to, updatedAt: now },
      });
      if (count === 0) throw new Conflict(plan.version);
      const open = { planId: plan.id, status: { in: ['OPEN', 'OVERDUE'] as ('OPEN' | 'OVERDUE')[] } };
      await tx.planMeasure.updateMany({ where: open, data: { status: 'CANCELLED' } });
      await tx.task.updateMany({ where: open, data: { status: 'CANCELLED', completedAt: now, nextFireAt: null } });
      await releaseBudget(tx, plan, { byId: actor.id, at: now, purpose: input.reason.trim() });
    },
  });
  return plan.id;
}

/** Records whether the customer is satisfied with what a plan did, and how that is known (S01-bank-relationship-dept). */
export async function confirmPlan(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly satisfied: boolean; readonly evidence: string },
): Promise<string> {
  const act = Act.begin(services, caller, PLAN.confirm.by);
  const { now } = act;
  if (input.evidence.trim() === '') throw new InvalidInput([{ path: 'evidence', message: 'is empty' }]);
  const plan = await findPlan(act, input.id);
  requireMove(PLAN.confirm, plan.status);
  await act.commit({
    audit: act.audit('CONFIRM_PLAN', planSubject(plan), {
      reason: input.evidence.trim(),
      changes: [{ field: 'confirmed', before: plan.confirmed?.toString() ?? null, after: String(input.satisfied) }],
    }),
    async change(tx) {
      const { count } = await tx.maintenancePlan.updateMany({
        where: { id: plan.id, status: plan.status },
        data: { confirmed: input.satisfied, confirmedAt: now, evidence: input.evidence.trim(), updatedAt: now },
      });
      if (count === 0) throw new Conflict(plan.version);
    },
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
  const act = Act.begin(services, caller, PLAN.improve.by);
  const { now } = act;
  if (input.improvement.trim() === '') throw new InvalidInput([{ path: 'improvement', message: 'is empty' }]);
  const plan = await findPlan(act, input.id);
  requireSummary(plan);
  await act.commit({
    audit: act.audit('IMPROVE_PLAN', planSubject(plan), {
      changes: [{ field: 'improvement', before: plan.improvement, after: input.improvement.trim() }],
    }),
    async change(tx) {
      await tx.maintenancePlan.update({
        where: { id: plan.id },
        data: { improvement: input.improvement.trim(), updatedAt: now },
        select: { id: true },
      });
    },
  });
  return plan.id;
}
