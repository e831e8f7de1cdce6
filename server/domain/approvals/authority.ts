import type { Approval, Prisma } from '../../../prisma/generated/client/client.ts';
import type { Role } from '../../../prisma/generated/client/enums.ts';
import type { Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { maySee } from '../../platform/access/scope.ts';

/** In which role, for which branch and in whose place a person may decide. */
export interface Authority {
  readonly role: Role;
  readonly branchId: string;
  /** The delegator; null where the authority is the person's own. */
  readonly onBehalfOfId: string | null;
}

/** A person's own authorities, and those that others handed over in writing and that are in force. */
export async function authoritiesOf({ database, clock }: Services, actor: Actor): Promise<Authority[]> {
  const now = clock.now();
  const delegations = await database.prisma.delegation.findMany({
    where: {
      toId: actor.id,
      revokedAt: null,
      validFrom: { lte: now },
      validUntil: { gt: now },
      from: { active: true },
    },
    select: { role: true, fromId: true, from: { select: { branchId: true, roles: true } } },
  });
  return [
    ...actor.roles.map((role) => ({ role, branchId: actor.branchId, onBehalfOfId: null })),
    // Nobody hands over what he no longer has.
    ...delegations
      .filter(({ role, from }) => from.roles.includes(role))
      .map(({ role, fromId, from }) => ({ role, branchId: from.branchId, onBehalfOfId: fromId })),
  ];
}

type Standing = Pick<
  Approval,
  'state' | 'awaitingRole' | 'awaitingBranchId' | 'requestedById' | 'policyId' | 'branchId'
> & { readonly steps: readonly { readonly decidedById: string | null; readonly onBehalfOfId: string | null }[] };

/**
 * The authority with which a person decides where an approval stands, the own one first; null where it does not await them:
 * another role or place, one's own request, or a step that the same person decided before.
 */
export function authorityFor(actor: Actor, authorities: readonly Authority[], approval: Standing): Authority | null {
  if (approval.state !== 'PENDING' && approval.state !== 'RATIFICATION_DUE') return null;
  if (approval.requestedById === actor.id || !maySee(actor, approval)) return null;
  if (approval.steps.some(({ decidedById }) => decidedById === actor.id)) return null;
  return (
    authorities.find(({ role, branchId, onBehalfOfId }) => {
      if (role !== approval.awaitingRole) return false;
      if (approval.awaitingBranchId && approval.awaitingBranchId !== branchId) return false;
      if (onBehalfOfId === null) return true;
      // A delegate stands in the delegator's place: neither for a request of his nor beside a decision of his.
      const decided = approval.steps.some(
        (step) => step.decidedById === onBehalfOfId || step.onBehalfOfId === onBehalfOfId,
      );
      return approval.requestedById !== onBehalfOfId && !decided;
    }) ?? null
  );
}

/** The same rule as a filter, for approvals that the person may see. */
export function awaitingWhere(actor: Actor, authorities: readonly Authority[]): Prisma.ApprovalWhereInput {
  return {
    state: { in: ['PENDING', 'RATIFICATION_DUE'] },
    requestedById: { not: actor.id },
    steps: { none: { decidedById: actor.id } },
    OR: authorities.map(({ role, branchId, onBehalfOfId }) => ({
      awaitingRole: role,
      OR: [{ awaitingBranchId: null }, { awaitingBranchId: branchId }],
      ...(onBehalfOfId !== null && {
        NOT: [
          { requestedById: onBehalfOfId },
          { steps: { some: { OR: [{ decidedById: onBehalfOfId }, { onBehalfOfId }] } } },
        ],
      }),
    })),
  };
}
