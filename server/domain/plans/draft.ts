import type { Channel } from '../../../prisma/generated/client/enums.ts';
import type { Database } from '../../platform/storage/database.ts';
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

/** Everybody whom a plan names works here. */
export async function checkPeople(
  { prisma }: Pick<Database, 'prisma'>,
  { ownerId, measures }: PlanText,
): Promise<Issue[]> {
  const named = [ownerId, ...measures.map(({ assigneeId }) => assigneeId)].filter((id) => id != null);
  const people = [...new Set(named)];
  const known = people.length === 0 ? 0 : await prisma.staff.count({ where: { id: { in: people }, active: true } });
  return known < people.length ? [{ path: 'input.measures', message: 'names somebody who does not work here' }] : [];
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
