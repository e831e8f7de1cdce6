import type { SchemeDeclaration } from '../../engine/policy/contract.ts';
import { endOfDayIn, startOfDayIn } from '../../platform/values/days.ts';
import { lastValidDay } from './life-cycle.ts';
import { reviewDate } from './schemes.ts';

/** For what a grade is held, and for how long. */
export interface Terms {
  readonly reason: 'ASSESSED' | 'ANNUAL_LIST';
  /** The last day on which it holds, as midnight UTC; null where it holds until it is assessed. */
  readonly until: Date | null;
  readonly endsAt: Date | null;
  readonly reviewDueOn: Date | null;
  /** When that day begins. */
  readonly reviewAt: Date | null;
}

/**
 * The terms of a tier that comes of an assessment, whichever way it is put into force: by hand, by a run, from a file. A tier of an
 * annual list holds for its year.
 *
 * @param day on which it begins, as midnight UTC
 * @param today on which it was decided
 */
export function termsOf(
  scheme: Pick<SchemeDeclaration, 'rule' | 'lifeCycle' | 'reviewMonths'>,
  { day, today, timeZone }: { readonly day: Date; readonly today: Date; readonly timeZone: string },
): Terms {
  const isListed = scheme.rule.by === 'ANNUAL_LIST';
  const until = isListed ? new Date(Date.UTC(day.getUTCFullYear(), 11, 31)) : lastValidDay(scheme.lifeCycle, day);
  const reviewDueOn = reviewDate(scheme, today);
  return {
    reason: isListed ? 'ANNUAL_LIST' : 'ASSESSED',
    until,
    // It holds through the day that is named.
    endsAt: until && endOfDayIn(until, timeZone),
    reviewDueOn,
    reviewAt: reviewInstant(reviewDueOn, timeZone),
  };
}

/** The instant at which a grade is to be reviewed: when its day begins. */
export function reviewInstant(reviewDueOn: Date | null, timeZone: string): Date | null {
  return reviewDueOn && startOfDayIn(reviewDueOn.toISOString().slice(0, 10), timeZone);
}

/** What keys of review tasks begin with; the next assessment does them. */
export const REVIEW_KEY = 'grade-review:';
