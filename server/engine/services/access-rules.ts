import type { AccessRules } from '../../platform/access/row-scope.ts';
import type { Policies } from '../policy/policies.ts';

/** What the policies say of who sees their customers. */
export function accessRules(policies: Policies): AccessRules {
  const declarationOf = (policyId: string) => policies.get(policyId)?.declaration;
  return {
    access: (policyId) => declarationOf(policyId)?.access,
    needsAgreement: (policyId) => declarationOf(policyId)?.needsConfidentialityAgreement === true,
  };
}
