import { CUSTOMER_KINDS, CUSTOMER_STAGES, type CustomerKind } from '../../../platform/values/enums.ts';
import type { Policy } from '../../policy/contract.ts';
import type { CustomerFacts, GradeFact } from '../../policy/facts.ts';
import type { Random } from '../random.ts';
import type { Subject } from '../subject.ts';
import { CUSTOMER, GRADE } from './base.ts';
import { profileOf } from './profile-values.ts';

/** Every grade that a customer of the policy can hold, and none. */
export function gradesOf({ schemes = {} }: Policy): (GradeFact | null)[] {
  const held = Object.entries(schemes).flatMap(([scheme, { tiers }]) =>
    Object.entries(tiers).map(([tier, { rank }]) => ({ ...GRADE, scheme, tier, rank })),
  );
  return [null, ...held];
}

/** Any customer; what is given stays as it is. */
export function anyCustomer(
  { policy, numbers }: Subject,
  random: Random,
  given: Partial<CustomerFacts> = {},
): CustomerFacts {
  const kind = given.kind ?? random.pick(CUSTOMER_KINDS);
  const grade = random.pick(gradesOf(policy));
  const yesOrNo = [null, true, false];
  return {
    ...CUSTOMER,
    kind,
    stage: random.chance(70) ? 'FORMAL' : random.pick(CUSTOMER_STAGES),
    grade: grade && { ...grade, since: random.pick(['2025-06-01T00:00:00.000Z', '2026-01-15T00:00:00.000Z']) },
    consent: { vipService: random.pick(yesOrNo), marketing: random.pick(yesOrNo) },
    profile: profileFor(policy, kind, numbers, random),
    ...given,
  };
}

export function profileFor(
  { profiles = {}, sensitive = [] }: Policy,
  kind: CustomerKind,
  numbers: readonly number[],
  random: Random,
): Record<string, unknown> {
  return profileOf(profiles[kind], { without: sensitive, numbers, random });
}
