import { periodOf } from '../../engine/policy/calendar-days.ts';
import type { Policy, Role } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { dueAtEndOf } from '../../platform/values/days.ts';
import { dutiesDoneBy } from '../duties/fulfil.ts';

/** The roles that had to attend a meeting and did not. */
export function missingRoles(
  { meetings }: Pick<Policy, 'meetings'>,
  { kind, attendedBy }: { readonly kind: string; readonly attendedBy: readonly Role[] },
): Role[] {
  return (meetings?.kinds[kind]?.mustAttend ?? []).filter((role) => !attendedBy.includes(role));
}

/**
 * When a resolution is to be executed: by the end of its day, or by the next meeting of the kind (S01: there its owner
 * explains), which is held in the next period where the policy says how often. Null where nobody says when.
 *
 * @param heldOn the day of the meeting, YYYY-MM-DD
 */
export function resolutionDueAt(
  policy: Pick<Policy, 'duties' | 'timeZone'>,
  { kind, heldOn, dueOn }: { readonly kind: string; readonly heldOn: string; readonly dueOn: Date | null },
): Date | null {
  if (dueOn) return dueAtEndOf(dueOn, zoneOf(policy));
  const [often] = dutiesDoneBy(policy, { meeting: kind });
  if (!often) return null;
  const [, { every }] = often;
  return dueAtEndOf(new Date(periodOf(every, heldOn, 1).to), zoneOf(policy));
}
