import type { Customer } from '../../../prisma/generated/client/client.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import type { CustomerFacts, GradeFact } from '../../engine/policy/facts.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { maySee, requireAgreement } from '../../platform/access/scope.ts';
import type { Database } from '../../platform/storage/database.ts';
import { refuseErased } from './find-customer.ts';
import { openProfile } from './profile.ts';
import { type CustomerRow, type KnownCustomerRow, type KnownGrade, knownCustomer } from './sql.ts';

/** A grade as policies know it. */
export function gradeFact(grade: KnownGrade): GradeFact {
  const { schemeId, tierCode, tierRank, since, state, misses } = grade;
  return { scheme: schemeId, tier: tierCode, rank: tierRank, since: since.toISOString(), state, misses };
}

type Known = Pick<Customer, 'kind' | 'stage' | 'vipConsent' | 'marketingConsent' | 'profile'> & {
  grade: KnownGrade | null;
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
  erasedAt: true,
  departedAt: true,
  grade: true,
} as const;

/** Whose a customer is, without what policies know. */
export function subjectOf({ id, policyId, branchId, managerId, tierRank }: CustomerRow): AlertCustomer {
  return { id, policyId, branchId, managerId, tierRank };
}

/** A customer with what decisions about it are made from. */
export interface KnownCustomer extends KnownCustomerRow {
  readonly grade: KnownGrade | null;
}

/**
 * A visible customer for a command, read together with those that others ask for at the same time; null where there is none.
 *
 * @throws {Refused} ERASED
 */
export async function readKnownCustomer(
  database: Pick<Database, 'reads'>,
  actor: Actor,
  id: string,
): Promise<KnownCustomer | null> {
  requireAgreement(actor);
  const row = await knownCustomer(database, id);
  if (!row || !maySee(actor, row)) return null;
  refuseErased(row);
  if (row.gradeSchemeId === null) return { ...row, grade: null };
  const { gradeSchemeId, gradeTierCode, gradeTierRank, gradeSince, gradeState, gradeMisses, ...customer } = row;
  const grade = {
    schemeId: gradeSchemeId,
    tierCode: gradeTierCode,
    tierRank: gradeTierRank,
    since: gradeSince,
    state: gradeState,
    misses: gradeMisses,
  };
  return { ...customer, grade };
}
