import type { Channel, PlanTemplateDeclaration, Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { addMonths, dueAtEndOf } from '../../platform/values/days.ts';
import type { Text } from '../../platform/values/text.ts';

const DAY = 86_400_000;

/** A template laid out over a period: what a draft begins with, but for its budget and its people. */
export interface PlanTemplate {
  readonly id: string;
  readonly label: Text;
  readonly objective: Text;
  readonly startsOn: Date;
  readonly endsOn: Date;
  readonly measures: readonly { readonly way: Channel; readonly measure: Text; readonly dueAt: Date }[];
}

/** The policy's templates for a tier, laid out from a day on. Days as midnights UTC. */
export function templatesFor(
  policy: Pick<Policy, 'plans' | 'timeZone'>,
  grade: { readonly schemeId: string; readonly tierCode: string },
  startsOn: Date,
): PlanTemplate[] {
  return Object.entries(policy.plans?.templates ?? {})
    .filter(([, { tiers }]) => tiers[grade.schemeId]?.includes(grade.tierCode))
    .map(([id, template]) => ({ id, ...layOut(template, startsOn, zoneOf(policy)) }));
}

function layOut(
  { label, objective, months, measures }: PlanTemplateDeclaration,
  startsOn: Date,
  timeZone: string,
): Omit<PlanTemplate, 'id'> {
  const lastDay = (after: number) => new Date(addMonths(startsOn, after).getTime() - DAY);
  const laidOut = measures.flatMap(({ way, measure, everyMonths }) =>
    Array.from({ length: Math.floor(months / everyMonths) }, (_, index) => ({
      way,
      measure,
      dueAt: dueAtEndOf(lastDay((index + 1) * everyMonths), timeZone),
    })),
  );
  return {
    label,
    objective,
    startsOn,
    endsOn: lastDay(months),
    measures: laidOut.toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime()),
  };
}
