import type { GradeAnswer } from '../../engine/policy/answers.ts';
import { periodOf } from '../../engine/policy/calendar-days.ts';
import type { LifeCycle, SchemeDeclaration } from '../../engine/policy/contract.ts';
import { addMonths } from '../../platform/values/days.ts';

/** The grade that a customer holds in a scheme, as far as its life cycle asks. */
export interface HeldGrade {
  readonly tierCode: string;
  readonly tierRank: number;
  readonly reason: string;
  readonly misses: number;
  /** The day of the last miss, YYYY-MM-DD. */
  readonly missedOn?: string | null;
}

/**
 * What an assessment does to a grade:
 *
 * - `undecided`: figures are missing; everything stays.
 * - `unchanged`: the bar is met, or the grade holds for another reason (exception, annual list by hand).
 * - `watched`: below the bar, but not yet for as many reviews as demote.
 * - `promoted`, `demoted`: another tier, or none.
 */
export type Outcome =
  | { readonly kind: 'undecided' | 'unchanged' }
  | { readonly kind: 'watched'; readonly misses: number }
  | { readonly kind: 'promoted' | 'demoted'; readonly to: string | null; readonly rank: number };

/** Reasons for which a grade holds whatever the figures say, until it ends by itself. */
const FIRM: readonly string[] = ['EXCEPTION', 'MANUAL'];

/**
 * The life cycle of a grade: pure, so that a run and its preview agree to the customer.
 *
 * @param consent the customer's decision on VIP service; without it no better tier is given where the scheme needs it
 * @param isNamed whether the customer's real name is verified, where the scheme asks for that; else no better tier is given either
 * @param today the line's day, YYYY-MM-DD: below the bar twice in a period is one miss
 */
export function outcomeOf(
  scheme: Pick<SchemeDeclaration, 'tiers' | 'needsConsent' | 'lifeCycle' | 'reviewMonths'>,
  held: HeldGrade | null,
  answer: Pick<GradeAnswer, 'tier' | 'missing'>,
  {
    consent,
    isNamed = true,
    today,
  }: { readonly consent: boolean | null; readonly isNamed?: boolean; readonly today: string },
): Outcome {
  if (answer.missing.length > 0) return { kind: 'undecided' };
  const to = answer.tier;
  const rank = to === null ? -1 : (scheme.tiers[to]?.rank ?? -1);
  const heldRank = held?.tierRank ?? -1;
  if (held && FIRM.includes(held.reason)) return { kind: 'unchanged' };
  if (rank === heldRank) return { kind: 'unchanged' };
  if (rank > heldRank) {
    const mayRise = isNamed && (!scheme.needsConsent || consent === true);
    return mayRise ? { kind: 'promoted', to, rank } : { kind: 'unchanged' };
  }
  const misses = (held?.misses ?? 0) + (held && missedIn(scheme, held, today) ? 0 : 1);
  return misses < missesFor(scheme.lifeCycle, held?.tierCode)
    ? { kind: 'watched', misses }
    : { kind: 'demoted', to, rank };
}

/** Whether the grade has missed the bar already in the calendar period of a day: the scheme's reviews', a month where it has none. */
function missedIn(
  { reviewMonths = 1 }: Pick<SchemeDeclaration, 'reviewMonths'>,
  { missedOn }: Pick<HeldGrade, 'missedOn'>,
  today: string,
): boolean {
  if (!missedOn) return false;
  const months = [12, 6, 4, 3, 2].find((length) => length <= reviewMonths) ?? 1;
  return periodOf(months, missedOn).from === periodOf(months, today).from;
}

function missesFor(lifeCycle: LifeCycle | undefined, tier: string | undefined): number {
  const misses = lifeCycle?.missesBeforeDemotion ?? 1;
  return typeof misses === 'number' ? misses : (misses[tier ?? ''] ?? 1);
}

/**
 * When a better tier comes into force.
 *
 * @param today the day in the policy's zone, as midnight UTC
 * @returns null for at once, else the first day of the next month, as midnight UTC
 */
export function promotionDay(lifeCycle: LifeCycle | undefined, today: Date): Date | null {
  if (lifeCycle?.promotion !== 'NEXT_MONTH') return null;
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1));
}

/**
 * The last day for which a grade holds without a new assessment.
 *
 * @param today the day in the policy's zone, as midnight UTC
 * @returns null where it holds until it is assessed
 */
export function lastValidDay(lifeCycle: LifeCycle | undefined, today: Date): Date | null {
  if (!lifeCycle?.validMonths) return null;
  const end = addMonths(today, lifeCycle.validMonths);
  return new Date(end.getTime() - 86_400_000);
}
