import type { CurrentFigure, Customer } from '../../../prisma/generated/client/client.ts';
import type { GradeFacts, Judgement, MetricFact } from '../../engine/policy/facts.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { dayIn, daysBefore } from '../../platform/values/days.ts';
import { customerFacts, gradeFact } from '../customers/customer-facts.ts';
import type { KnownGrade } from '../customers/sql.ts';

/** A customer with what a scheme's answer is made from. */
export interface GradedCustomer
  extends Pick<Customer, 'kind' | 'stage' | 'vipConsent' | 'marketingConsent' | 'profile'> {
  /** Newest first. */
  readonly grades: readonly KnownGrade[];
  readonly figures: Readonly<Record<string, MetricFact>>;
  readonly lists: readonly { readonly schemeId: string; readonly year: number; readonly tierCode: string }[];
}

/** The facts about one customer from which a scheme comes to a tier. */
export function gradeFacts(
  { declaration: policy, parameters }: Pick<InstalledPolicy, 'declaration' | 'parameters'>,
  schemeId: string,
  customer: GradedCustomer,
  options: { readonly now: Date; readonly judgements?: readonly Judgement[] },
): GradeFacts {
  const inScheme = customer.grades.filter((grade) => grade.schemeId === schemeId);
  const current = inScheme.find(({ state }) => state !== 'ENDED') ?? null;
  const today = dayIn(options.now, zoneOf(policy));
  const year = Number(today.slice(0, 4));
  const listed = customer.lists.find((entry) => entry.schemeId === schemeId && entry.year === year);
  return {
    now: options.now.toISOString(),
    today,
    scheme: schemeId,
    customer: customerFacts(policy, { ...customer, grade: current }),
    metrics: freshFigures(customer.figures, today, (key) => parameters[policy.metrics?.[key]?.staleAfter ?? '']),
    judgements: options.judgements ?? [],
    history: inScheme.map(gradeFact),
    listed: listed ? { year, tier: listed.tierCode } : null,
  };
}

/** Figures that are not older than their metric lets them be. One of the day itself has no age. */
function freshFigures(
  figures: Readonly<Record<string, MetricFact>>,
  today: string,
  daysOf: (key: string) => unknown,
): Record<string, MetricFact> {
  const isFresh = ([key, { asOf }]: [string, MetricFact]) => {
    const days = daysOf(key);
    return typeof days !== 'number' || asOf >= daysBefore(today, days);
  };
  return Object.fromEntries(Object.entries(figures).filter(isFresh));
}

/** Figures as facts have them. */
export function figureFacts(
  figures: readonly Pick<CurrentFigure, 'key' | 'value' | 'asOf'>[],
): Record<string, MetricFact> {
  return Object.fromEntries(
    figures.map(({ key, value, asOf }) => [key, { value: value.toFixed(), asOf: asOf.toISOString().slice(0, 10) }]),
  );
}
