import { customerFacts, gradeFact } from '../customers/facts.ts';
import { dayIn } from '../days.ts';
import type { CurrentFigure, Customer, Grade } from '../generated/prisma/client.ts';
import type { Policy } from '../policy/contract.ts';
import type { GradeFacts, Judgement } from '../policy/facts.ts';

type Graded = Pick<Customer, 'kind' | 'stage' | 'vipConsent' | 'marketingConsent' | 'profile'> & {
  readonly grade: Grade | null;
  readonly grades: readonly Grade[];
  readonly currentFigures: readonly CurrentFigure[];
};

/** The facts about one customer from which a scheme comes to a tier. */
export function gradeFacts(
  policy: Policy,
  schemeId: string,
  customer: Graded,
  options: { readonly now: Date; readonly judgements?: readonly Judgement[] },
): GradeFacts {
  const inScheme = customer.grades.filter((grade) => grade.schemeId === schemeId);
  const current = inScheme.find(({ state }) => state !== 'ENDED') ?? null;
  return {
    now: options.now.toISOString(),
    today: dayIn(options.now, policy.timeZone ?? 'Asia/Shanghai'),
    scheme: schemeId,
    customer: customerFacts(policy, { ...customer, grade: current }),
    metrics: Object.fromEntries(
      customer.currentFigures.map(({ key, value, asOf }) => [
        key,
        { value: value.toFixed(), asOf: asOf.toISOString().slice(0, 10) },
      ]),
    ),
    judgements: options.judgements ?? [],
    history: inScheme.map(gradeFact),
    listed: null,
  };
}
