import type { Grade } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { dateIn, liesAhead } from '../../platform/values/days.ts';
import { barTo, type Holder } from '../grades/may-hold.ts';
import { reviewDate } from '../grades/schemes.ts';
import { reviewInstant } from '../grades/terms.ts';
import type { CustomerCells } from './customer-row.ts';
import type { ImportContext } from './kind.ts';
import { codeOf, type Issues, type ParsedRow } from './reading/parse.ts';
import { shiftDate } from './shift.ts';

/** A grade that another system gave and that is taken over. */
export interface TakenGrade {
  readonly schemeId: string;
  readonly tierCode: string;
  readonly tierRank: number;
  readonly since: Date;
  readonly reviewDueOn: Date | null;
  readonly reviewAt: Date | null;
  readonly policyVersion: string;
  /** The grade of the same scheme that it replaces. */
  readonly replaces: string | null;
}

export type HeldGrade = Pick<Grade, 'id' | 'schemeId' | 'tierCode' | 'since'>;

/**
 * The grade that a row brings; null where it brings none, or one that the customer holds. It has to be a tier of a
 * declared scheme for customers of this kind, and the customer one who may hold it, as by a command.
 */
export function takenGrade(
  { now, shift }: ImportContext,
  { row, cells }: ParsedRow<CustomerCells>,
  {
    policy,
    held,
    holder,
  }: { readonly policy: InstalledPolicy; readonly held: readonly HeldGrade[]; readonly holder: Holder },
  issues: Issues,
): TakenGrade | null {
  const { scheme: wanted, tier: text, kind, gradeSince } = cells;
  if (!text) return null;
  const { declaration, version } = policy;
  const schemeId = wanted ? codeOf(declaration.schemes, wanted) : null;
  const scheme = schemeId ? declaration.schemes?.[schemeId] : undefined;
  if (!scheme || !schemeId) {
    issues.add(row, 'scheme', wanted ? `is no scheme of ${declaration.id}` : 'is empty, and a tier is one of a scheme');
    return null;
  }
  const tierCode = codeOf(scheme.tiers, text);
  const tier = tierCode ? scheme.tiers[tierCode] : undefined;
  if (!tier || !tierCode) issues.add(row, 'tier', `is no tier of ${schemeId}: ${Object.keys(scheme.tiers).join(', ')}`);
  if (!scheme.customerKinds.includes(kind))
    issues.add(row, 'scheme', `is a scheme for ${scheme.customerKinds.join(', ')} customers`);
  const bar = barTo(scheme, holder);
  if (bar === 'NO_CONSENT') issues.add(row, 'consentVip', `does not say yes, which a grade of ${schemeId} needs`);
  const since = gradeSince ? shiftDate(gradeSince, shift) : dateIn(now, zoneOf(declaration));
  if (liesAhead(since, now, zoneOf(declaration))) issues.add(row, 'gradeSince', 'lies in the future');
  if (!tier || !tierCode || issues.has(row)) return null;
  const before = held.find((one) => one.schemeId === schemeId);
  if (before?.tierCode === tierCode) return null;
  if (bar === 'REAL_NAME_NOT_VERIFIED')
    issues.add(row, `profile.${scheme.needsRealName}`, `does not say yes, which a grade of ${schemeId} needs`);
  if (bar === 'CUSTOMER_DEPARTED') issues.add(row, 'stage', 'is of a customer who departed, and is given no grade');
  if (issues.has(row)) return null;
  const reviewDueOn = nextReview(scheme, since, dateIn(now, zoneOf(declaration)));
  return {
    schemeId,
    tierCode,
    tierRank: tier.rank,
    since: gradeSince ? since : now,
    reviewDueOn,
    reviewAt: reviewInstant(reviewDueOn, zoneOf(declaration)),
    policyVersion: version,
    replaces: before?.id ?? null,
  };
}

/** The first review that has not passed: earlier ones were the other system's. */
function nextReview(scheme: Parameters<typeof reviewDate>[0], since: Date, today: Date): Date | null {
  let due = reviewDate(scheme, since);
  while (due && due < today) due = reviewDate(scheme, due);
  return due;
}
