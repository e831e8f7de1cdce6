import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { Act } from '../../engine/services/act.ts';
import { requireMove } from '../../engine/services/move-table.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { isSameRecord } from '../../platform/values/json.ts';
import { checkPeople, measureRows, type PlanText, planColumns } from './draft.ts';
import { findPlan, planSubject } from './find-plan.ts';
import { PLAN } from './plan-states.ts';
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
  const act = Act.begin(services, caller, PLAN.revise.by);
  const plan = await findPlan(act, input.id, input.expectedVersion);
  requireMove(PLAN.revise, plan.status);
  const policy = act.policyOf(plan);
  const issues = [
    ...checkPlan(input, zoneOf(policy.declaration), act.now),
    ...checkPlanKind(policy.declaration, input),
    ...(await checkPeople(services, plan, input)),
  ];
  if (issues.length > 0) throw new InvalidInput(issues);
  const after = await act.commit<Prisma.MaintenancePlanGetPayload<{ include: { measures: true } }>>({
    audit: (after) =>
      act.audit('REVISE_PLAN', planSubject(plan), { changes: changesBetween(contentOf(plan), contentOf(after)) }),
    async change(tx) {
      const { count } = await tx.maintenancePlan.updateMany({
        where: { id: plan.id, version: plan.version, status: plan.status, updatedAt: plan.updatedAt },
        data: { ...planColumns(input), ownerId: input.ownerId ?? plan.ownerId, updatedAt: act.now },
      });
      if (count === 0) throw new Conflict(plan.version);
      await tx.planMeasure.deleteMany({ where: { planId: plan.id } });
      await tx.planMeasure.createMany({ data: measureRows(plan.id, input) });
      const revised = await tx.maintenancePlan.findUniqueOrThrow({
        where: { id: plan.id },
        include: { measures: { orderBy: { position: 'asc' } } },
      });
      // Rolled back: what a plan says is compared as it is stored.
      if (revised.ownerId === plan.ownerId && isSameRecord(contentOf(plan), contentOf(revised)))
        throw new InvalidInput([{ path: 'input', message: 'changes nothing' }]);
      return revised;
    },
  });
  return after.id;
}
