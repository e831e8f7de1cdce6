import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { ApprovalOutcome } from '../../engine/services/approval-outcome.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { hasDeparted } from '../customers/rules.ts';
import { barTo, HOLDER } from './may-hold.ts';
import { type Grant, putIntoForce } from './put-into-force.ts';
import { lockCustomers } from './sql.ts';
import { closeAssessments, outdatedOf, rejectAssessments } from './sql-assessments.ts';

/** Customers whose grades are put into force by one set of statements. */
const PAGE = 1000;

const STATUS_AFTER = { APPROVE: 'APPROVED', RETURN: 'PROPOSED', REJECT: 'REJECTED' } as const;

/**
 * An approved assessment puts its tier into force; so do all of a run that are decided together. A customer who left, was
 * erased or withdrew consent meanwhile does not keep the others from theirs.
 */
export const assessmentOutcome: NonNullable<ApprovalOutcome['settle']> = async (
  tx,
  writes,
  approval,
  { decision, at, services },
) => {
  const assessments = await tx.assessment.findMany({
    where: { approvalId: approval.id, status: 'PENDING_APPROVAL' },
    select: { id: true, customerId: true, schemeId: true, proposedTierCode: true, policyVersion: true },
    orderBy: { id: 'asc' },
  });
  await closeAssessments(tx, approval.id, STATUS_AFTER[decision]);
  if (decision !== 'APPROVE') return;
  const isRun = approval.subjectType === 'GradingRun';
  const outdated = await outdatedOf(tx, assessments);
  if (outdated.length > 0 && !isRun) throw refuse('NEWER_ASSESSMENT');
  await rejectAssessments(tx, outdated);
  const valid = assessments.filter(({ id }) => !outdated.includes(id));
  for (let from = 0; from < valid.length; from += PAGE) {
    const page = valid.slice(from, from + PAGE);
    const granted = isRun ? await withoutLost(tx, services.policies, approval.policyId, page) : page;
    const grants = granted.map(
      ({ id, customerId, schemeId, proposedTierCode, policyVersion }): Grant => ({
        customerId,
        schemeId,
        tierCode: proposedTierCode,
        reason: 'ASSESSED',
        policyVersion,
        assessmentId: id,
        approvalId: approval.id,
        until: null,
      }),
    );
    await putIntoForce(tx, writes, services.policies, grants, at);
  }
};

/** Rejects the assessments of customers who may hold no tier by now, and leaves the others. */
async function withoutLost<
  A extends { id: string; customerId: string; schemeId: string; proposedTierCode: string | null },
>(tx: Prisma.TransactionClient, policies: Policies, policyId: string, assessments: readonly A[]): Promise<A[]> {
  const ids = assessments.map(({ customerId }) => customerId);
  await lockCustomers(tx, ids);
  const customers = await tx.customer.findMany({
    where: { id: { in: ids } },
    select: { id: true, erasedAt: true, ...HOLDER },
  });
  const customerOf = new Map(customers.map((customer) => [customer.id, customer]));
  const schemes = policies.get(policyId)?.declaration.schemes;
  const holds = ({ customerId, schemeId, proposedTierCode }: A) => {
    const customer = customerOf.get(customerId);
    if (!customer || customer.erasedAt || hasDeparted(customer)) return false;
    return proposedTierCode === null || barTo(schemes?.[schemeId], customer) === null;
  };
  const lost = assessments.filter((one) => !holds(one)).map(({ id }) => id);
  await rejectAssessments(tx, lost);
  return assessments.filter(holds);
}

/** An approved exception gives the tier that was asked for. */
export const gradeExceptionOutcome: NonNullable<ApprovalOutcome['settle']> = async (
  tx,
  writes,
  approval,
  { decision, at, services },
) => {
  if (decision !== 'APPROVE') return;
  const { scheme, tier, until } = approval.request as { scheme: string; tier: string; until: string | null };
  await putIntoForce(
    tx,
    writes,
    services.policies,
    [
      {
        customerId: approval.subjectId,
        schemeId: scheme,
        tierCode: tier,
        reason: 'EXCEPTION',
        policyVersion: approval.policyVersion,
        assessmentId: null,
        approvalId: approval.id,
        until: until === null ? null : new Date(`${until}T00:00:00Z`),
      },
    ],
    at,
  );
};
