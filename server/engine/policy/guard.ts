import { NotConfigured, PolicyFailure, Refused } from '../../platform/values/errors.ts';
import { textIn } from '../../platform/values/text.ts';
import type { GuardFacts } from './facts.ts';
import type { Decision, Policies } from './policies.ts';

/**
 * Asks the policy whether an action may happen.
 *
 * @returns that it may, and why
 * @throws {Refused} a rule of the policy says no; the reasons name the policy
 */
export async function guard(policies: Policies, policyId: string, facts: GuardFacts): Promise<Decision<'guard'>> {
  const decision = await policies.ask(policyId, 'guard', facts);
  const { answer, policyId: decidedBy } = decision;
  if (answer.refusals.length === 0) return decision;
  throw new Refused(
    answer.refusals.map(({ code, text }) => ({ code, message: textIn(text, 'EN'), text, policyId: decidedBy })),
  );
}

/**
 * Asks like `guard`, but a policy that is out of order, or lacks a parameter, does not stand in the way: for actions whose loss
 * would be worse than their happening.
 *
 * @returns null where the policy could not be asked
 */
export async function guardIfPossible(
  policies: Policies,
  policyId: string,
  facts: GuardFacts,
): Promise<Decision<'guard'> | null> {
  try {
    return await guard(policies, policyId, facts);
  } catch (error) {
    if (error instanceof PolicyFailure || error instanceof NotConfigured) return null;
    throw error;
  }
}
