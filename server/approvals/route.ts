import type { Organisation } from '../access/actor.ts';
import { type AlertCustomer, approvalWaitingAlert } from '../alerts/raise.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { newId } from '../ids.ts';
import type { Decision } from '../policy/policies.ts';
import type { WriteSet } from '../storage/write-set.ts';

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
  readonly request?: Prisma.InputJsonValue;
}

/**
 * Adds an approval with the steps of the policy's route, and the alert to those who decide first.
 *
 * @returns the approval's id
 */
export function addApproval(
  writes: WriteSet,
  {
    request,
    route,
    organisation,
    at,
  }: { request: ApprovalRequest; route: Decision<'route'>; organisation: Organisation; at: Date },
): string {
  const id = newId();
  const { steps, oneByOne, ratifyWithinDays } = route.answer;
  const rows = steps.map(({ role, where }, position) => ({
    id: newId(),
    approvalId: id,
    position,
    role,
    branchId:
      where === 'LINE' ? null : where === 'HEAD_OFFICE' ? organisation.headOffice(request.branchId) : request.branchId,
  }));
  const [first] = rows;
  if (!first) throw new RangeError('a route has at least one step');
  writes.insert('approval', {
    id,
    kind: request.kind,
    state: 'PENDING',
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
    oneByOne,
    awaitingRole: first.role,
    awaitingBranchId: first.branchId,
    ratifyBy: ratifyWithinDays === null ? null : new Date(at.getTime() + ratifyWithinDays * 86_400_000),
    policyVersion: route.policyVersion,
    version: 1,
  });
  writes.insert('approval_step', ...rows);
  writes.insert('alert', approvalWaitingAlert(request, { id, kind: request.kind, step: 0, role: first.role }, at));
  return id;
}
