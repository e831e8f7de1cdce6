import type { Policy, SchemeDeclaration } from '../../engine/policy/contract.ts';
import { addMonths } from '../../platform/values/days.ts';
import type { CustomerKind } from '../../platform/values/enums.ts';
import { InvalidInput } from '../../platform/values/errors.ts';

/** A scheme with its id. */
export interface Scheme extends SchemeDeclaration {
  readonly id: string;
}

/**
 * The scheme by which a customer is graded: the one that is named, else the one of the present grade, else the policy's
 * first for this kind of customer.
 *
 * @throws {InvalidInput} there is none, or it is not for this kind
 */
export function schemeFor(
  policy: Policy,
  customer: { readonly kind: CustomerKind; readonly grade: { readonly schemeId: string } | null },
  schemeId: string | null | undefined,
): Scheme {
  const schemes = Object.entries(policy.schemes ?? {});
  const wanted = schemeId ?? customer.grade?.schemeId;
  const found = schemes.find(([id, { customerKinds }]) =>
    wanted ? id === wanted : customerKinds.includes(customer.kind),
  );
  const path = 'input.schemeId';
  if (!found)
    throw new InvalidInput([{ path, message: `names no scheme of ${policy.id} for ${customer.kind} customers` }]);
  const [id, scheme] = found;
  if (!scheme.customerKinds.includes(customer.kind)) {
    throw new InvalidInput([{ path, message: `is a scheme for ${scheme.customerKinds.join(', ')} customers` }]);
  }
  return { id, ...scheme };
}

/** The date on which a grade given on `from` is reviewed; null when the scheme has no reviews. Clamped to the month's end. */
export function reviewDate(scheme: Pick<SchemeDeclaration, 'reviewMonths'>, from: Date): Date | null {
  return scheme.reviewMonths ? addMonths(from, scheme.reviewMonths) : null;
}
