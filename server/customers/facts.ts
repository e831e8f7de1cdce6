import type { Customer, Grade } from '../generated/prisma/client.ts';
import type { Policy } from '../policy/contract.ts';
import type { CustomerFacts, GradeFact } from '../policy/facts.ts';
import { openProfile } from './profile.ts';

/** A grade as policies know it. */
export function gradeFact(
  grade: Pick<Grade, 'schemeId' | 'tierCode' | 'tierRank' | 'since' | 'state' | 'misses'>,
): GradeFact {
  const { schemeId, tierCode, tierRank, since, state, misses } = grade;
  return { scheme: schemeId, tier: tierCode, rank: tierRank, since: since.toISOString(), state, misses };
}

type Known = Pick<Customer, 'kind' | 'stage' | 'vipConsent' | 'marketingConsent' | 'profile'> & {
  grade: Parameters<typeof gradeFact>[0] | null;
};

/** What a policy may know of a customer: no name, number, address or sensitive field. */
export function customerFacts(policy: Policy, customer: Known): CustomerFacts {
  return {
    kind: customer.kind,
    stage: customer.stage,
    grade: customer.grade && gradeFact(customer.grade),
    consent: { vipService: customer.vipConsent, marketing: customer.marketingConsent },
    profile: openProfile(policy, customer.profile),
  };
}

/** The columns that `customerFacts` reads. */
export const CUSTOMER_FACTS = {
  id: true,
  policyId: true,
  branchId: true,
  managerId: true,
  phoneMask: true,
  kind: true,
  stage: true,
  vipConsent: true,
  marketingConsent: true,
  profile: true,
  tierCode: true,
  tierRank: true,
  version: true,
  grade: true,
} as const;
