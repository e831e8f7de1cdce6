import type { Approval, ApprovalStep, Prisma } from '../../../prisma/generated/client/client.ts';
import { type AlertCustomer, approvalWaitingAlert } from '../../engine/alert-log/raise.ts';
import { keepDecisions } from '../../engine/policy/decisions/decision-row.ts';
import type { Decision } from '../../engine/policy/policies.ts';
import type { PolicyCalendars } from '../../engine/sla/calendars.ts';
import { subjectClockRow, type Within } from '../../engine/sla/subject-clock.ts';
import type { Organisation } from '../../platform/access/organisation.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';

/** What somebody asks others to decide. */
export interface ApprovalRequest {
  readonly kind: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly policyId: string;
  readonly branchId: string;
  readonly customer: AlertCustomer | null;
  readonly requestedById: string;
  readonly reason?: string | null;
  readonly amount?: { readonly amount: string; readonly currency: string } | null;
  /** The amount by which the route was chosen, with what it adds up with. */
  readonly cumulated?: string | null;
  readonly planId?: string | null;
  readonly request?: Prisma.InputJsonValue;
  /** It is done at once and approved afterwards. */
  readonly emergency?: boolean;
  /** Until when, where it was asked for before and that runs already. */
  readonly ratifyBy?: Date | null;
}

interface Asked {
  readonly request: ApprovalRequest;
  readonly route: Decision<'route'>;
  readonly organisation: Organisation;
  readonly calendars: PolicyCalendars;
  readonly at: Date;
}

/** The steps of a route, each with the branch whose people decide; null is any branch of the line. */
export function stepsOf(
  route: Decision<'route'>,
  organisation: Organisation,
  branchId: string,
): Pick<ApprovalStep, 'role' | 'branchId' | 'position'>[] {
  return route.answer.steps.map(({ role, where }, position) => ({
    position,
    role,
    branchId: where === 'LINE' ? null : where === 'HEAD_OFFICE' ? organisation.headOffice(branchId) : branchId,
  }));
}

/**
 * Adds an approval with the steps of the policy's route, the alert to those who decide first, and the clocks that the route
 * starts.
 *
 * @returns the approval's id
 * @throws {Refused} it was done at once, and the policy does not let it be approved afterwards
 */
export function addApproval(writes: WriteSet, { request, route, organisation, calendars, at }: Asked): string {
  const id = newId();
  const { oneByOne, ratifyWithinDays, steps } = route.answer;
  const rows = stepsOf(route, organisation, request.branchId).map((step, index) => {
    const within = steps[index]?.within;
    return { id: newId(), approvalId: id, ...step, ...(within && { within: { ...within, policyId: route.policyId } }) };
  });
  const [first] = rows;
  if (!first) throw new RangeError('a route has at least one step');
  const emergency = request.emergency === true;
  const ratifyBy = request.ratifyBy ?? null;
  if (emergency && ratifyWithinDays === null && !ratifyBy) throw refuse('NO_EMERGENCY', { kind: request.kind });
  const ratified: Within | null =
    emergency && ratifyWithinDays !== null && !ratifyBy
      ? { target: { kind: 'DURATION', minutes: ratifyWithinDays * 1440 } }
      : null;
  const approval = {
    id,
    kind: request.kind,
    state: emergency ? 'RATIFICATION_DUE' : 'PENDING',
    policyId: request.policyId,
    branchId: request.branchId,
    customerId: request.customer?.id ?? null,
    subjectType: request.subject.type,
    subjectId: request.subject.id,
    ...(request.request !== undefined && { request: request.request }),
    requestedById: request.requestedById,
    requestedAt: at,
    reason: request.reason ?? null,
    amount: request.amount?.amount ?? null,
    currency: request.amount?.currency ?? null,
    cumulated: request.cumulated ?? null,
    planId: request.planId ?? null,
    oneByOne,
    emergency,
    awaitingRole: first.role,
    awaitingBranchId: first.branchId,
    ratifyBy: null as Date | null,
    policyVersion: route.policyVersion,
    decisionId: route.asked.id,
    version: 1,
  } as const;
  const clocks = clocksAt(calendars, { ...approval, customer: request.customer }, first, at, ratified);
  const ratification = clocks.find(({ key }) => key === ratificationKey(id));
  keepDecisions(writes, [route]);
  writes.insert('approval', { ...approval, ratifyBy: ratifyBy ?? ratification?.dueAt ?? null });
  writes.insert('approval_step', ...rows);
  writes.insert('subject_clock', ...clocks);
  writes.insert('alert', approvalWaitingAlert(request, { id, kind: request.kind, step: 0, role: first.role }, at));
  return id;
}

/** The key of the clock that runs while an approval stands at a step. */
export function stepKey(approvalId: string, position: number): string {
  return `approval:${approvalId}:${position}`;
}

/** The key of the clock that runs until what was done at once is approved. */
export function ratificationKey(approvalId: string): string {
  return `ratification:${approvalId}`;
}

/** Lets the promise to approve what was done at once run on for the approval that is asked for anew. */
export async function moveRatification(tx: Prisma.TransactionClient, from: string, to: string): Promise<void> {
  await tx.subjectClock.updateMany({
    where: { key: ratificationKey(from) },
    data: { key: ratificationKey(to), subjectId: to, approvalId: to },
  });
}

/** The clocks that start when an approval comes to stand at a step. */
export function clocksAt(
  calendars: PolicyCalendars,
  approval: Pick<Approval, 'id' | 'kind' | 'policyId' | 'branchId' | 'policyVersion'> & {
    readonly customer: AlertCustomer | { readonly id: string; readonly tierRank: number | null } | null;
  },
  step: { readonly position: number; readonly role: Approval['awaitingRole'] & string; readonly within?: unknown },
  at: Date,
  ratified: Within | null = null,
): Prisma.SubjectClockUncheckedCreateInput[] {
  const about = {
    subject: { type: 'Approval', id: approval.id },
    policyId: approval.policyId,
    branchId: approval.branchId,
    customer: approval.customer,
    approvalId: approval.id,
    alertKind: 'APPROVAL_WAITING',
    audience: [step.role],
    policyVersion: approval.policyVersion,
  } as const;
  const { kind } = approval;
  const rows: Prisma.SubjectClockUncheckedCreateInput[] = [];
  if (step.within) {
    const label = { en: `Decision of ${step.role} about ${kind}`, zh: `${step.role} 对 ${kind} 的审批` };
    const promise = { ...about, key: stepKey(approval.id, step.position), label, within: step.within as Within };
    rows.push(subjectClockRow(calendars, promise, at));
  }
  if (ratified) {
    const label = { en: `Approval afterwards of ${kind}, done at once`, zh: `紧急处置 ${kind} 的补办审批` };
    const promise = { ...about, key: ratificationKey(approval.id), label, within: ratified };
    rows.push(subjectClockRow(calendars, promise, at));
  }
  return rows;
}
