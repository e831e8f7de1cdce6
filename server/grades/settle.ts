import { gradeChangedAlert } from '../alerts/raise.ts';
import type { Settle } from '../approvals/settle.ts';
import { dateIn, endOfDayIn } from '../days.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { GradeReason } from '../generated/prisma/enums.ts';
import { newId } from '../ids.ts';
import type { Policies } from '../policy/policies.ts';
import { zoneOf } from '../policy/zone.ts';
import type { WriteSet } from '../storage/write-set.ts';
import { lockCustomers, refreshBestGrades } from './best.ts';
import { lastValidDay } from './life-cycle.ts';
import { reviewDate } from './schemes.ts';
import { requireConsent } from './service.ts';

/** What puts a tier into force. */
interface Grant {
  readonly customerId: string;
  readonly schemeId: string;
  /** Null ends the grade that is held. */
  readonly tierCode: string | null;
  readonly reason: GradeReason;
  readonly policyVersion: string;
  readonly assessmentId: string | null;
  readonly approvalId: string | null;
  readonly until: Date | null;
}

/** Ends the grade held in the scheme and, where a tier is given, begins the new one; history stays. */
export async function putIntoForce(
  tx: Prisma.TransactionClient,
  writes: WriteSet,
  policies: Policies,
  grant: Grant,
  at: Date,
): Promise<void> {
  await lockCustomers(tx, [grant.customerId]);
  const customer = await tx.customer.findUniqueOrThrow({
    where: { id: grant.customerId },
    select: { id: true, policyId: true, branchId: true, managerId: true, tierRank: true, vipConsent: true },
  });
  const policy = policies.get(customer.policyId)?.declaration;
  const scheme = policy?.schemes?.[grant.schemeId];
  const tier = grant.tierCode === null ? null : scheme?.tiers[grant.tierCode];
  if (tier === undefined) throw new Error(`the tier ${grant.tierCode} of ${grant.schemeId} is not installed`);
  // Consent may have been withdrawn between the request and the decision.
  requireConsent(scheme?.needsConsent, grant.tierCode, customer.vipConsent);
  const held = await tx.grade.findFirst({
    where: { customerId: customer.id, schemeId: grant.schemeId, state: { not: 'ENDED' }, scheduled: false },
  });
  const today = dateIn(at, zoneOf(policy));
  const reviewDueOn = scheme && reviewDate(scheme, today);
  const until = grant.until ?? lastValidDay(scheme?.lifeCycle, today);
  if (held && held.tierCode === grant.tierCode && held.reason === grant.reason) {
    await tx.grade.update({
      where: { id: held.id },
      data: { reviewDueOn, until, endsAt: until && endOfDayIn(until, zoneOf(policy)), misses: 0, state: 'ACTIVE' },
      select: { id: true },
    });
    await refreshBestGrades(tx, [customer.id]);
    return;
  }
  if (held) {
    const endedBecause = grant.tierCode === null ? 'DEMOTED' : grant.reason;
    await tx.grade.update({
      where: { id: held.id },
      data: { state: 'ENDED', endedAt: at, endedBecause },
      select: { id: true },
    });
  }
  if (tier && grant.tierCode !== null) {
    await tx.grade.create({
      data: {
        id: newId(),
        customerId: customer.id,
        policyId: customer.policyId,
        schemeId: grant.schemeId,
        tierCode: grant.tierCode,
        tierRank: tier.rank,
        state: 'ACTIVE',
        reason: grant.reason,
        since: at,
        until,
        // It holds through the day that is named.
        endsAt: until && endOfDayIn(until, zoneOf(policy)),
        reviewDueOn: reviewDueOn ?? null,
        policyVersion: grant.policyVersion,
        assessmentId: grant.assessmentId,
        approvalId: grant.approvalId,
      },
      select: { id: true },
    });
  }
  await refreshBestGrades(tx, [customer.id]);
  if (held?.tierCode === grant.tierCode) return;
  const change = {
    from: held?.tierCode ?? null,
    to: grant.tierCode,
    key: `${grant.approvalId ?? grant.assessmentId ?? newId()}`,
  };
  writes.insert('alert', gradeChangedAlert({ ...customer, tierRank: tier?.rank ?? customer.tierRank }, change, at));
}

/** An approved assessment puts its tier into force. */
export const settleAssessment: Settle = async (tx, writes, approval, { decision, at, services }) => {
  const assessment = await tx.assessment.update({
    where: { id: approval.subjectId },
    data: { status: ({ APPROVE: 'APPROVED', RETURN: 'PROPOSED', REJECT: 'REJECTED' } as const)[decision] },
  });
  if (decision !== 'APPROVE') return;
  const { customerId, schemeId, proposedTierCode, policyVersion } = assessment;
  await putIntoForce(
    tx,
    writes,
    services.policies,
    {
      customerId,
      schemeId,
      tierCode: proposedTierCode,
      reason: 'ASSESSED',
      policyVersion,
      assessmentId: assessment.id,
      approvalId: approval.id,
      until: null,
    },
    at,
  );
};

/** An approved exception gives the tier that was asked for. */
export const settleGradeException: Settle = async (tx, writes, approval, { decision, at, services }) => {
  if (decision !== 'APPROVE') return;
  const { scheme, tier, until } = approval.request as { scheme: string; tier: string; until: string | null };
  await putIntoForce(
    tx,
    writes,
    services.policies,
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
    at,
  );
};
