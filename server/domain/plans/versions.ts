import type { Channel, Prisma } from '../../../prisma/generated/client/client.ts';

type Plan = Prisma.MaintenancePlanGetPayload<{ include: { measures: true } }>;

/** What a plan says, as a version of it is kept. JSON-safe: dates YYYY-MM-DD, amounts exact decimals. */
export interface PlanVersionContent {
  readonly objective: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly budget: string;
  readonly currency: string;
  readonly kind: string;
  readonly parts: readonly string[];
  readonly measures: readonly {
    readonly way: Channel;
    readonly measure: string;
    readonly assigneeId: string | null;
    readonly dueAt: string;
    readonly budget: string | null;
  }[];
}

/** A plan's content at this moment. */
export function contentOf(plan: Plan): PlanVersionContent & Prisma.InputJsonObject {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  return {
    objective: plan.objective,
    startsOn: day(plan.startsOn),
    endsOn: day(plan.endsOn),
    budget: plan.budget.toFixed(),
    currency: plan.currency,
    kind: plan.kind,
    parts: plan.parts,
    measures: plan.measures.map(({ way, measure, assigneeId, dueAt, budget }) => ({
      way,
      measure,
      assigneeId,
      dueAt: dueAt.toISOString(),
      budget: budget?.toFixed() ?? null,
    })),
  };
}
