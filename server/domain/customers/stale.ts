import { addDays } from '../../engine/policy/calendar-days.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Services } from '../../engine/services/services.ts';
import { dayIn } from '../../platform/values/days.ts';

/**
 * Whether a file is stale: so many days after it was changed last as the policy's parameter says (S04-company-cm-daily, A-205). Null
 * where the policy says none.
 */
export function isStale(
  { policies, clock }: Pick<Services, 'policies' | 'clock'>,
  policyId: string,
  updatedAt: Date,
): boolean | null {
  const policy = policies.get(policyId);
  const name = policy?.declaration.staleAfter;
  const days = name === undefined ? undefined : policy?.parameters[name];
  if (!policy || typeof days !== 'number') return null;
  const zone = zoneOf(policy.declaration);
  return addDays(dayIn(updatedAt, zone), days) <= dayIn(clock.now(), zone);
}
