import type { InstalledPolicy, Policies } from '../../engine/policy/policies.ts';
import { STANDARD_ID } from '../../engine/policy/registry.ts';

const DAY_MS = 86_400_000;

/**
 * What is wrong with the instant at which a ticket is said to have been received, if anything: it has not come, or lies so far back that
 * it is a slip of the pen. The policy says how far, else the standard one.
 */
export function receivedProblem(
  policies: Pick<Policies, 'get'>,
  policy: InstalledPolicy,
  receivedAt: Date,
  now: Date,
): string | null {
  if (receivedAt > now) return 'lies in the future';
  const told = policy.declaration.received === undefined ? policies.get(STANDARD_ID) : policy;
  const past = told?.parameters[told.declaration.received?.pastDays ?? ''];
  const isTooFar = past !== undefined && now.getTime() - receivedAt.getTime() > Number(past) * DAY_MS;
  return isTooFar ? `lies more than ${Number(past)} days back` : null;
}
