import { Act } from '../../engine/services/act.ts';
import { type AllowedMove, refusalOf } from '../../engine/services/refusal-of.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { type Permission, requirePermission } from '../../platform/access/permissions.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { FOUND, type FoundPlan, requireExecution } from './find-plan.ts';
import {
  requireCancellable,
  requireCompletable,
  requireRevisable,
  requireSubmittable,
  requireSummary,
} from './plan-checks.ts';

interface Rule {
  readonly permission: Exclude<Permission, 'allocateBudget' | 'setStaffTarget' | HeadOffice>;
  check(act: Act, plan: FoundPlan): Promise<void> | void;
}
type HeadOffice = 'setAnnualList' | 'applyPolicy' | 'configurePolicy' | 'drawServiceSample';

/** Moves of a plan as screens offer them, each the mutation of that name, with what judges it. */
const RULES = {
  REVISE: { permission: 'draftPlan', check: (_act, plan) => requireRevisable(plan) },
  SUBMIT: { permission: 'submitPlan', check: requireSubmittable },
  CANCEL: { permission: 'completePlan', check: (_act, plan) => requireCancellable(plan) },
  ADD_TASK: { permission: 'submitPlan', check: (_act, plan) => requireExecution(plan, 'worked on') },
  CONFIRM: { permission: 'completePlan', check: (_act, plan) => requireExecution(plan, 'confirmed by the customer') },
  COMPLETE: { permission: 'completePlan', check: requireCompletable },
  IMPROVE: { permission: 'completePlan', check: (_act, plan) => requireSummary(plan) },
} as const satisfies Record<string, Rule>;

export type PlanMove = keyof typeof RULES;
export const PLAN_MOVES = Object.keys(RULES) as PlanMove[];

/** Which moves of the plan the caller may make now, by the rules that judge the commands. */
export async function allowedPlanMoves(
  services: Services,
  caller: Caller,
  id: string,
): Promise<AllowedMove<PlanMove>[]> {
  const act = Act.begin(services, caller, null);
  const where = { id, ...visibleThroughCustomer(act.actor) };
  const plan = await act.found('MaintenancePlan', act.prisma.maintenancePlan.findFirst({ where, include: FOUND }));
  return Promise.all(
    PLAN_MOVES.map(async (move) => {
      const { permission, check }: Rule = RULES[move];
      const refusal = await refusalOf(async () => {
        requirePermission(act.actor, permission);
        refuseErased(plan.customer);
        await check(act, plan);
      });
      return { move, refusal };
    }),
  );
}
