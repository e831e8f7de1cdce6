import type { InstalledPolicy, Policies } from '../../engine/policy/policies.ts';
import { STANDARD_ID } from '../../engine/policy/registry.ts';
import { isKnownTime } from '../../engine/sla/business-time.ts';

const DAY_MS = 86_400_000;

/**
 * What is wrong with an appointment, if anything: it lies so far from the opening of its ticket that it is a slip of the pen, and
 * a promise that counts from it would be broken, or far away, from its beginning. The policy says how far, else the standard one.
 */
export function appointmentProblem(
  policies: Pick<Policies, 'get'>,
  policy: InstalledPolicy,
  appointmentAt: Date,
  openedAt: Date,
): string | null {
  if (!isKnownTime(appointmentAt.getTime())) return 'lies outside the years that calendars know';
  const told = policy.declaration.appointments === undefined ? policies.get(STANDARD_ID) : policy;
  const { pastDays = '', aheadDays = '' } = told?.declaration.appointments ?? {};
  const [past, ahead] = [told?.parameters[pastDays], told?.parameters[aheadDays]];
  const later = appointmentAt.getTime() - openedAt.getTime();
  if (past !== undefined && later < -Number(past) * DAY_MS)
    return `lies more than ${Number(past)} days before the ticket is opened`;
  if (ahead !== undefined && later > Number(ahead) * DAY_MS)
    return `lies more than ${Number(ahead)} days after the ticket is opened`;
  return null;
}
