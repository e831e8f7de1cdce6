import type { Policy } from './contract.ts';

/** Where a policy says nothing: the zone of the businesses that the built-in policies are for. */
export const DEFAULT_ZONE = 'Asia/Shanghai';

/** The IANA zone in which a policy's days begin and end, also where the policy is gone. */
export function zoneOf(policy: Pick<Policy, 'timeZone'> | null | undefined): string {
  return policy?.timeZone ?? DEFAULT_ZONE;
}
