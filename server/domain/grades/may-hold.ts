import type { SchemeDeclaration } from '../../engine/policy/contract.ts';
import type { CustomerStage } from '../../platform/values/enums.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { hasDeparted } from '../customers/rules.ts';

// Who may be given a tier, or what comes with one, whichever way: by an assessment, an approval, a run, an exception, an imported row or
// a card. Every way asks here, so that none is left open (decision 0025).

/** What is known of whoever is to hold a tier. */
export interface Holder {
  readonly stage: CustomerStage;
  readonly departedAt: Date | string | null;
  readonly vipConsent: boolean | null;
  readonly profile: unknown;
}

/** The columns that say it. */
export const HOLDER = { stage: true, departedAt: true, vipConsent: true, profile: true } as const;

/** What a scheme asks of whoever holds one of its tiers. */
export type Terms = Pick<SchemeDeclaration, 'needsConsent' | 'needsRealName'>;

/** What keeps a customer from a tier of a scheme, by the code of its refusal; null where nothing does. */
export function barTo(
  scheme: Terms | undefined,
  customer: Holder,
): 'CUSTOMER_DEPARTED' | 'NO_CONSENT' | 'REAL_NAME_NOT_VERIFIED' | null {
  if (hasDeparted(customer)) return 'CUSTOMER_DEPARTED';
  if (scheme?.needsConsent && customer.vipConsent !== true) return 'NO_CONSENT';
  return isNamed(scheme, customer.profile) ? null : 'REAL_NAME_NOT_VERIFIED';
}

/**
 * Whether the customer's real name is known as far as the scheme asks: by the field that it names, in which what nobody has
 * recorded is as little verified as what failed.
 */
export function isNamed(scheme: Pick<Terms, 'needsRealName'> | undefined, profile: unknown): boolean {
  const field = scheme?.needsRealName;
  return field === undefined || (profile as Readonly<Record<string, unknown>> | null)?.[field] === true;
}

/**
 * @param tier null takes a tier away, which nothing keeps anybody from
 * @throws {Refused} CUSTOMER_DEPARTED, NO_CONSENT, REAL_NAME_NOT_VERIFIED
 */
export function requireMayHold(scheme: Terms | undefined, tier: string | null, customer: Holder): void {
  const bar = tier === null ? null : barTo(scheme, customer);
  if (bar) throw refuse(bar);
}
