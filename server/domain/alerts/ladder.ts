import type { Policy } from '../../engine/policy/contract.ts';
import type { AlertKind } from '../../platform/values/enums.ts';

// What an alert keeps of the ladder that it began with, so that a policy that changes meanwhile moves no alert that is under way
// until it is applied to those. JSON-safe.
//
//   raised -> rung 1 -> rung 2 ... -> the last rung, where it stays
//
// It climbs when nobody acknowledged it within the rung's business time. Whoever acknowledges it, and whatever ends its matter, ends
// the climb; what comes back later is another alert, which begins at the first rung.

/** A rung as an alert keeps it. */
export interface Rung {
  /** OWNER, a role or a post. */
  readonly to: string;
  readonly where: 'NEAREST' | 'SAME_BRANCH' | 'LINE';
  /** Business minutes until it climbs; null of the last one. */
  readonly minutes: number | null;
}

export interface Ladder {
  readonly calendar: string;
  readonly rungs: readonly Rung[];
}

/** The ladder that a policy declares for a kind of alert; null where it declares none. */
export function ladderOf(policy: Pick<Policy, 'alerts'> | undefined, kind: AlertKind): Ladder | null {
  const declared = policy?.alerts?.[kind];
  if (!policy?.alerts || !declared || declared.length === 0) return null;
  return {
    calendar: policy.alerts.calendar,
    rungs: declared.map(({ to, within }) => ({
      ...(typeof to === 'string'
        ? { to: to === 'owner' ? 'OWNER' : to, where: 'NEAREST' as const }
        : { to: to.role, where: to.where }),
      minutes: within?.kind === 'DURATION' ? within.minutes : null,
    })),
  };
}

/** The longest that the policy lets an alert be snoozed, in business minutes; null where it says nothing. */
export function longestSnooze(policy: Pick<Policy, 'alerts'> | undefined): number | null {
  const snooze = policy?.alerts?.snooze;
  return snooze?.kind === 'DURATION' ? snooze.minutes : null;
}
