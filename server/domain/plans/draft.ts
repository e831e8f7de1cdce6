import type { Channel } from '../../../prisma/generated/client/enums.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CURRENCY } from '../../platform/values/money.ts';
import type { PlanContent } from './rules.ts';

/** A plan as it is drafted, and revised as a whole. */
export interface PlanText extends PlanContent {
  readonly ownerId?: string | null;
  /** One of the policy's kinds; MAINTENANCE unless said. */
  readonly kind?: string | null;
  readonly parts?: readonly string[] | null;
  readonly measures: readonly (PlanContent['measures'][number] & { readonly way: Channel })[];
}

/** What is wrong with those whom a plan names: its owner, and who carries out its measures. */
export function checkPeople(
  services: Pick<Services, 'actors'>,
  about: { readonly policyId: string; readonly branchId: string },
  { ownerId, measures }: PlanText,
): Promise<Issue[]> {
  return checkGiven(services, about, [
    { work: 'PLAN', staffId: ownerId, path: 'input.ownerId' },
    ...measures.map(({ assigneeId }, index) => ({
      work: 'TASK' as const,
      staffId: assigneeId,
      path: `input.measures[${index}].assigneeId`,
    })),
  ]);
}

/** A plan's own columns. */
export function planColumns({ objective, startsOn, endsOn, budget, kind, parts }: PlanText) {
  return {
    objective: objective.trim(),
    startsOn,
    endsOn,
    budget: budget.amount,
    currency: budget.currency ?? CURRENCY,
    kind: kind ?? 'MAINTENANCE',
    parts: [...new Set(parts ?? [])],
  };
}

/** Its measures, none of which has begun, as rows. */
export function measureRows(planId: string, { measures }: PlanText) {
  return measures.map(({ way, measure, assigneeId, dueAt, budget }, position) => ({
    id: newId(),
    planId,
    position,
    way,
    measure: measure.trim(),
    assigneeId: assigneeId ?? null,
    dueAt,
    budget: budget?.amount ?? null,
    status: 'OPEN' as const,
  }));
}
