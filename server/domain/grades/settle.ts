import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { GradeReason } from '../../../prisma/generated/client/enums.ts';
import { gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { ApprovalOutcome } from '../../engine/services/approval-outcome.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn, endOfDayIn } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';
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

/** Customers whose grades are put into force by one set of statements. */
const PAGE = 1000;

/** Whoever left or was erased, and who did not agree where the scheme asks for it, is given no tier. */
function mayHold(
  customer: { readonly vipConsent: boolean | null; readonly departedAt: Date | null; readonly erasedAt: Date | null },
  needsConsent: boolean | undefined,
): boolean {
  return !customer.departedAt && !customer.erasedAt && (!needsConsent || customer.vipConsent === true);
}

/** Ends the grades held in the schemes and, where a tier is given, begins the new ones; history stays. As sets. */
export async function putIntoForce(
  tx: Prisma.TransactionClient,
  writes: WriteSet,
  policies: Policies,
  grants: readonly Grant[],
  at: Date,
): Promise<void> {
  const ids = grants.map(({ customerId }) => customerId);
  if (ids.length === 0) return;
  await lockCustomers(tx, ids);
  const customers = await tx.customer.findMany({
    where: { id: { in: ids } },
    select: { id: true, policyId: true, branchId: true, managerId: true, tierRank: true, vipConsent: true },
  });
  const customerOf = new Map(customers.map((customer) => [customer.id, customer]));
  const inForce = await tx.grade.findMany({
    where: { customerId: { in: ids }, state: { not: 'ENDED' }, scheduled: false },
    select: { id: true, customerId: true, schemeId: true, tierCode: true, reason: true },
  });
  const heldIn = new Map(inForce.map((grade) => [`${grade.customerId} ${grade.schemeId}`, grade]));
  const kept: { id: string; review_due_on: Date | null; until: Date | null; ends_at: Date | null }[] = [];
  const ended: { id: string; because: string }[] = [];
  const begun = new WriteSet();
  for (const grant of grants) {
    const customer = customerOf.get(grant.customerId);
    if (!customer) throw new Error(`there is no customer ${grant.customerId}`);
    const policy = policies.get(customer.policyId)?.declaration;
    const scheme = policy?.schemes?.[grant.schemeId];
    const tier = grant.tierCode === null ? null : scheme?.tiers[grant.tierCode];
    if (tier === undefined) throw new Error(`the tier ${grant.tierCode} of ${grant.schemeId} is not installed`);
    // Consent may have been withdrawn between the request and the decision.
    requireConsent(scheme?.needsConsent, grant.tierCode, customer.vipConsent);
    const held = heldIn.get(`${customer.id} ${grant.schemeId}`);
    const today = dateIn(at, zoneOf(policy));
    const reviewDueOn = (scheme && reviewDate(scheme, today)) ?? null;
    const until = grant.until ?? lastValidDay(scheme?.lifeCycle, today);
    // It holds through the day that is named.
    const endsAt = until && endOfDayIn(until, zoneOf(policy));
    if (held && held.tierCode === grant.tierCode && held.reason === grant.reason) {
      kept.push({ id: held.id, review_due_on: reviewDueOn, until, ends_at: endsAt });
      continue;
    }
    if (held) ended.push({ id: held.id, because: grant.tierCode === null ? 'DEMOTED' : grant.reason });
    if (tier && grant.tierCode !== null) {
      begun.insert('grade', {
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
        endsAt,
        reviewDueOn,
        policyVersion: grant.policyVersion,
        assessmentId: grant.assessmentId,
        approvalId: grant.approvalId,
      });
    }
    if ((held?.tierCode ?? null) === grant.tierCode) continue;
    const change = {
      from: held?.tierCode ?? null,
      to: grant.tierCode,
      // One approval may be about many customers.
      key: `${grant.assessmentId ?? grant.approvalId ?? newId()}`,
    };
    writes.insert('alert', gradeChangedAlert({ ...customer, tierRank: tier?.rank ?? customer.tierRank }, change, at));
  }
  if (kept.length > 0)
    await tx.$executeRaw`
      update grade g set review_due_on = k.review_due_on, until = k.until, ends_at = k.ends_at, misses = 0, state = 'ACTIVE'
      from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(id uuid, review_due_on date, until date, ends_at timestamptz)
      where g.id = k.id`;
  if (ended.length > 0)
    await tx.$executeRaw`
      update grade g set state = 'ENDED', ended_at = ${at}, ended_because = e.because
      from jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) as e(id uuid, because text)
      where g.id = e.id`;
  await begun.execute(tx);
  await refreshBestGrades(tx, ids);
}

/**
 * An approved assessment puts its tier into force; so do all of a run that are decided together. Whoever left, was erased or
 * withdrew consent meanwhile keeps the others from nothing.
 */
export const settleAssessment: NonNullable<ApprovalOutcome['settle']> = async (
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
  await tx.$executeRaw`
    update assessment set status = ${({ APPROVE: 'APPROVED', RETURN: 'PROPOSED', REJECT: 'REJECTED' } as const)[decision]}::"AssessmentStatus"
    where approval_id = ${approval.id}::uuid and status = 'PENDING_APPROVAL'`;
  if (decision !== 'APPROVE') return;
  const isRun = approval.subjectType === 'GradingRun';
  for (let from = 0; from < assessments.length; from += PAGE) {
    const page = assessments.slice(from, from + PAGE);
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
    select: { id: true, vipConsent: true, departedAt: true, erasedAt: true },
  });
  const customerOf = new Map(customers.map((customer) => [customer.id, customer]));
  const schemes = policies.get(policyId)?.declaration.schemes;
  const holds = ({ customerId, schemeId, proposedTierCode }: A) => {
    const customer = customerOf.get(customerId);
    return customer !== undefined && mayHold(customer, proposedTierCode !== null && schemes?.[schemeId]?.needsConsent);
  };
  const lost = assessments.filter((one) => !holds(one)).map(({ id }) => id);
  if (lost.length > 0) await tx.assessment.updateMany({ where: { id: { in: lost } }, data: { status: 'REJECTED' } });
  return assessments.filter(holds);
}

/** An approved exception gives the tier that was asked for. */
export const settleGradeException: NonNullable<ApprovalOutcome['settle']> = async (
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
