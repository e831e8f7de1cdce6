import { type Customer, type Grade, Prisma } from '../../../prisma/generated/client/client.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import type { CustomerFacts, GradeFact } from '../../engine/policy/facts.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { maySee, requireAgreement } from '../../platform/access/scope.ts';
import type { Database } from '../../platform/storage/database.ts';
import { refuseErased } from './find.ts';
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
  erasedAt: true,
  grade: true,
} as const;

/** Whose a customer is, and what policies know of everyone. */
export type CustomerRow = Pick<
  Customer,
  | 'id'
  | 'policyId'
  | 'branchId'
  | 'managerId'
  | 'kind'
  | 'stage'
  | 'tierRank'
  | 'vipConsent'
  | 'marketingConsent'
  | 'profile'
>;

/** The columns of `CustomerRow`, over the alias `c`. */
export const CUSTOMER_ROW = Prisma.sql`c.id, c.policy_id as "policyId", c.branch_id as "branchId", c.manager_id as "managerId",
  c.kind::text as kind, c.stage::text as stage, c.tier_rank as "tierRank", c.vip_consent as "vipConsent",
  c.marketing_consent as "marketingConsent", c.profile`;

/** Whose a customer is, without what policies know. */
export function subjectOf({ id, policyId, branchId, managerId, tierRank }: CustomerRow): AlertCustomer {
  return { id, policyId, branchId, managerId, tierRank };
}

/** A customer with what decisions about it are made from. */
export interface KnownCustomer extends CustomerRow, Pick<Customer, 'phoneMask' | 'tierCode' | 'version' | 'erasedAt'> {
  readonly grade: Parameters<typeof gradeFact>[0] | null;
}

type GradeColumns = { [K in keyof NonNullable<KnownCustomer['grade']> as `grade${Capitalize<K>}`]: unknown };

const KNOWN_CUSTOMER = Prisma.sql`
  select ${CUSTOMER_ROW}, c.phone_mask as "phoneMask", c.tier_code as "tierCode", c.version, c.erased_at as "erasedAt",
    g.scheme_id as "gradeSchemeId", g.tier_code as "gradeTierCode", g.tier_rank as "gradeTierRank",
    g.since as "gradeSince", g.state::text as "gradeState", g.misses as "gradeMisses"
  from customer c left join grade g on g.id = c.grade_id
  where c.id = any($1::uuid[])`.text;

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
  const row = await database.reads.byId<Omit<KnownCustomer, 'grade'> & GradeColumns>(KNOWN_CUSTOMER, id);
  if (!row || !maySee(actor, row)) return null;
  refuseErased(row);
  const { gradeSchemeId, gradeTierCode, gradeTierRank, gradeSince, gradeState, gradeMisses, ...customer } = row;
  const grade = {
    schemeId: gradeSchemeId,
    tierCode: gradeTierCode,
    tierRank: gradeTierRank,
    since: gradeSince,
    state: gradeState,
    misses: gradeMisses,
  };
  return { ...customer, grade: gradeSchemeId === null ? null : (grade as KnownCustomer['grade']) };
}
