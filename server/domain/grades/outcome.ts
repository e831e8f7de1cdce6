import type { Grade, Prisma } from '../../../prisma/generated/client/client.ts';
import type { GradeReason } from '../../../prisma/generated/client/enums.ts';
import { type AlertCustomer, gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import type { PolicyDeclaration } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { ApprovalOutcome } from '../../engine/services/approval-outcome.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn, endOfDayIn } from '../../platform/values/days.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { hasDeparted } from '../customers/rules.ts';
import { refreshBestGrades } from './best-grade.ts';
import { lastValidDay } from './life-cycle.ts';
import { barTo, type Holder, requireMayHold } from './may-hold.ts';
import { reviewDate } from './schemes.ts';
import { closeAssessments, endGrades, type KeptGrade, lockCustomers, renewGrades } from './sql.ts';

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

/** What says whether a customer may hold a tier. */
const HOLDER = { stage: true, departedAt: true, vipConsent: true, profile: true } as const;

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
  const { customerOf, heldIn } = await readStanding(tx, ids);
  const changes: GradeChanges = { kept: [], ended: [], begun: new WriteSet(), alerts: writes };
  for (const grant of grants) {
    const customer = customerOf.get(grant.customerId);
    if (!customer) throw new Error(`there is no customer ${grant.customerId}`);
    const declaration = policies.get(customer.policyId)?.declaration;
    const held = heldIn.get(`${customer.id} ${grant.schemeId}`);
    addGrant(changes, grant, { customer, declaration, held }, at);
  }
  await renewGrades(tx, changes.kept);
  await endGrades(tx, changes.ended, at);
  await changes.begun.execute(tx);
  await refreshBestGrades(tx, ids);
}

/** The customers, and the grades that they hold, by customer and scheme. */
async function readStanding(tx: Prisma.TransactionClient, ids: readonly string[]) {
  const customers = await tx.customer.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, policyId: true, branchId: true, managerId: true, tierRank: true, ...HOLDER },
  });
  const inForce = await tx.grade.findMany({
    where: { customerId: { in: [...ids] }, state: { not: 'ENDED' }, scheduled: false },
    select: { id: true, customerId: true, schemeId: true, tierCode: true, reason: true },
  });
  return {
    customerOf: new Map(customers.map((customer) => [customer.id, customer])),
    heldIn: new Map(inForce.map((grade) => [`${grade.customerId} ${grade.schemeId}`, grade])),
  };
}

/** What grants come to, to be written as sets. */
interface GradeChanges {
  readonly kept: (KeptGrade & { readonly review_due_on: Date | null })[];
  readonly ended: { readonly id: string; readonly because: string }[];
  readonly begun: WriteSet;
  readonly alerts: WriteSet;
}

/** The customer of a grant, its line, and what it holds in the scheme. */
interface Standing {
  readonly customer: AlertCustomer & Holder;
  readonly declaration: PolicyDeclaration | undefined;
  readonly held: Pick<Grade, 'id' | 'tierCode' | 'reason'> | undefined;
}

/** Adds what one grant changes: the tier that is held already is renewed; else it ends, and the new one begins. */
function addGrant(changes: GradeChanges, grant: Grant, { customer, declaration, held }: Standing, at: Date): void {
  const scheme = declaration?.schemes?.[grant.schemeId];
  const tier = grant.tierCode === null ? null : scheme?.tiers[grant.tierCode];
  if (tier === undefined) throw new Error(`the tier ${grant.tierCode} of ${grant.schemeId} is not installed`);
  // Between the request and the decision the customer may have left or withdrawn consent.
  requireMayHold(scheme, grant.tierCode, customer);
  const today = dateIn(at, zoneOf(declaration));
  const reviewDueOn = (scheme && reviewDate(scheme, today)) ?? null;
  const until = grant.until ?? lastValidDay(scheme?.lifeCycle, today);
  // It holds through the day that is named.
  const endsAt = until && endOfDayIn(until, zoneOf(declaration));
  // What was asked for until a day is not given when that day is over: it would end before it began.
  if (grant.until && endsAt && endsAt <= at)
    throw refuse('EXCEPTION_OVER', { until: grant.until.toISOString().slice(0, 10) });
  if (held && held.tierCode === grant.tierCode && held.reason === grant.reason) {
    changes.kept.push({ id: held.id, review_due_on: reviewDueOn, until, ends_at: endsAt });
    return;
  }
  if (held) changes.ended.push({ id: held.id, because: grant.tierCode === null ? 'DEMOTED' : grant.reason });
  if (tier && grant.tierCode !== null) {
    const { until: _until, tierCode, ...given } = grant;
    const dates = { since: at, until, endsAt, reviewDueOn };
    const { policyId } = customer;
    changes.begun.insert('grade', {
      id: newId(),
      policyId,
      ...given,
      tierCode,
      tierRank: tier.rank,
      state: 'ACTIVE',
      ...dates,
    });
  }
  if ((held?.tierCode ?? null) === grant.tierCode) return;
  // One approval may be about many customers.
  const key = grant.assessmentId ?? grant.approvalId ?? newId();
  const change = { from: held?.tierCode ?? null, to: grant.tierCode, key };
  const graded = { ...customer, tierRank: tier?.rank ?? customer.tierRank };
  changes.alerts.insert('alert', gradeChangedAlert(graded, change, at));
}

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
  if (lost.length > 0) await tx.assessment.updateMany({ where: { id: { in: lost } }, data: { status: 'REJECTED' } });
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
