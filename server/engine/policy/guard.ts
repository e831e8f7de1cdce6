import { NotConfigured, PolicyFailure, Refused } from '../../platform/values/errors.ts';
import { textIn } from '../../platform/values/text.ts';
import type { GuardFacts } from './facts.ts';
import type { Policies } from './policies.ts';

/**
 * Asks the policy whether an action may happen.
 *
 * @throws {Refused} a rule of the policy says no; the reasons name the policy
 */
export async function guard(policies: Policies, policyId: string, facts: GuardFacts): Promise<void> {
  const { answer, policyId: decidedBy } = await policies.ask(policyId, 'guard', facts);
  if (answer.refusals.length === 0) return;
  throw new Refused(
    answer.refusals.map(({ code, text }) => ({ code, message: textIn(text, 'EN'), text, policyId: decidedBy })),
  );
}

/**
 * Asks like `guard`, but a policy that is out of order, or lacks a parameter, does not stand in the way: for actions whose loss
 * would be worse than their happening.
 *
 * @returns whether the policy could be asked
 */
export async function guardIfPossible(policies: Policies, policyId: string, facts: GuardFacts): Promise<boolean> {
  try {
    await guard(policies, policyId, facts);
    return true;
  } catch (error) {
    if (error instanceof PolicyFailure || error instanceof NotConfigured) return false;
    throw error;
  }
}
