import type { Actor } from '../../platform/access/actor.ts';
import { Forbidden, InvalidInput } from '../../platform/values/errors.ts';
import type { InstalledPolicy } from '../policy/policies.ts';
import type { Services } from './services.ts';

/** @throws {InvalidInput} there is no such business line, or it is switched off */
export function businessLine(policy: InstalledPolicy | undefined, policyId: string): InstalledPolicy {
  if (!policy?.declaration.businessLine) {
    throw new InvalidInput([{ path: 'input.policyId', message: `${policyId} is no business line` }]);
  }
  return policy;
}

/**
 * The business line of an act that concerns no customer, run at the actor's branch.
 *
 * @throws {InvalidInput} there is no such line
 * @throws {Forbidden} the actor's branch does not run it
 */
export function ownLine({ policies }: Pick<Services, 'policies'>, actor: Actor, policyId: string): InstalledPolicy {
  const policy = businessLine(policies.get(policyId), policyId);
  if (!actor.policyIds.includes(policyId)) throw new Forbidden('Your branch does not run this business line.');
  return policy;
}
