import { Act } from '../../engine/services/act.ts';
import { requireMove } from '../../engine/services/move-table.ts';
import { type AllowedMove, refusalOf } from '../../engine/services/refusal-of.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { FOUND, type FoundPlan } from './find-plan.ts';
import { requireCompletable, requireSubmittable, requireSummary } from './plan-checks.ts';
import { PLAN } from './plan-states.ts';

interface Rule {
  readonly move: (typeof PLAN)['revise' | 'submit' | 'cancel' | 'addTask' | 'confirm' | 'complete' | 'improve'];
  /** What judges it beside the plan's state, which it looks at, too. */
  check?(act: Act, plan: FoundPlan): Promise<void> | void;
}

/** Moves of a plan as screens offer them, each the mutation of that name, with what judges it. */
const RULES = {
  REVISE: { move: PLAN.revise },
  SUBMIT: { move: PLAN.submit, check: requireSubmittable },
  CANCEL: { move: PLAN.cancel },
  ADD_TASK: { move: PLAN.addTask },
  CONFIRM: { move: PLAN.confirm },
  COMPLETE: { move: PLAN.complete, check: requireCompletable },
  IMPROVE: { move: PLAN.improve, check: (_act, plan) => requireSummary(plan) },
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
    PLAN_MOVES.map(async (name) => {
      const { move, check }: Rule = RULES[name];
      const refusal = await refusalOf(async () => {
        requirePermission(act.actor, move.by);
        refuseErased(plan.customer);
        requireMove(move, plan.status);
        await check?.(act, plan);
      });
      return { move: name, refusal };
    }),
  );
}
