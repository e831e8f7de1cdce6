import type { AccessScope } from '../values/access-scope.ts';
import type { Role } from '../values/enums.ts';
import { type RowScope, readScope, type ScopeName, type TokenScope } from './actor.ts';
import type { Organisation } from './organisation.ts';

/** Roles that configure the platform and see no customers. */
const WITHOUT_CUSTOMERS: readonly Role[] = ['ADMIN'];

/**
 * The rows that a person may see: business lines of the branch, and of each the branches that the policy's access scope
 * opens.
 */
export function rowScopeOf(
  person: {
    branchId: string;
    roles: readonly Role[];
    policyIds: readonly string[];
    hasAgreement?: boolean;
  },
  organisation: Organisation,
  rules: AccessRules,
): RowScope {
  const seesCustomers = person.roles.some((role) => !WITHOUT_CUSTOMERS.includes(role) && role !== 'SERVICE');
  if (!seesCustomers) return { lines: [] };
  const lines = person.policyIds.flatMap((policyId) => lineOf(person.branchId, policyId, organisation, rules) ?? []);
  const isOpen = ({ policyId }: Line) => person.hasAgreement !== false || !rules.needsAgreement(policyId);
  const withoutAgreement = lines.filter((line) => !isOpen(line)).map(({ policyId }) => policyId);
  return { lines: lines.filter(isOpen), ...(withoutAgreement.length > 0 && { withoutAgreement }) };
}

/**
 * The rows that a program may reach with the scopes of one name. A scope without a line is for the one line of the program's
 * place: where several are run it reaches nothing, so that nobody hands out all rows by leaving something out.
 */
export function programScopeOf(
  program: { branchId: string; policyIds: readonly string[]; tokenScopes: readonly TokenScope[] },
  name: ScopeName,
  organisation: Organisation,
  rules: AccessRules,
): RowScope {
  const lines = program.tokenScopes.map(readScope).flatMap((scope): Line[] => {
    if (scope.name !== name) return [];
    const [only, ...others] = program.policyIds;
    const policyId = scope.policyId ?? (others.length === 0 ? only : undefined);
    if (!policyId || !program.policyIds.includes(policyId)) return [];
    const line = lineOf(program.branchId, policyId, organisation, rules);
    if (!line || scope.branchCode === null) return line ? [line] : [];
    const branch = [...organisation.branches.values()].find(({ code }) => code === scope.branchCode);
    if (!branch) return [];
    const { branchIds } = line;
    const below = [...organisation.subtree(branch.id)].filter((id) => branchIds === 'ALL' || branchIds.has(id));
    return [{ policyId, branchIds: new Set(below) }];
  });
  return { lines };
}

type Line = RowScope['lines'][number];

/** What the lines' policies say of who sees their customers. */
export interface AccessRules {
  /** Undefined where the policy is not installed: then nobody sees its customers. */
  access(policyId: string): AccessScope | undefined;
  /** Whether nobody sees them without a confidentiality agreement. */
  needsAgreement(policyId: string): boolean;
}

function lineOf(branchId: string, policyId: string, organisation: Organisation, rules: AccessRules): Line | null {
  const access = rules.access(policyId);
  if (!access) return null;
  if (access === 'CENTRAL') return { policyId, branchIds: 'ALL' };
  return { policyId, branchIds: access === 'OWN_BRANCH' ? new Set([branchId]) : organisation.subtree(branchId) };
}
