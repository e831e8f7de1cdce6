import type { Approval, ApprovalStep, Prisma } from '../../../prisma/generated/client/client.ts';
import type { ApprovalState, Decision } from '../../../prisma/generated/client/enums.ts';
import { approvalWaitingAlert } from '../../engine/alert-log/raise.ts';
import { Act } from '../../engine/services/act.ts';
import { outcomeOf } from '../../engine/services/approval-outcome.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { PolicyCalendars } from '../../engine/sla/calendars.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { type Authority, authoritiesOf, authorityFor } from './authority.ts';
import { clocksAt, ratificationKey, stepKey } from './route.ts';

export const PENDING = {
  steps: { orderBy: { position: 'asc' } },
  customer: { select: CUSTOMER_FACTS },
} as const satisfies Prisma.ApprovalInclude;

type Pending = Prisma.ApprovalGetPayload<{ include: typeof PENDING }>;

/** A decision of a step. */
export interface StepDecision {
  readonly id: string;
  readonly decision: Decision;
  readonly comment?: string | null;
}

/** What a step's decision makes of the approval: it goes on to the next step, or all of it is decided. */
interface Progress {
  readonly step: ApprovalStep;
  readonly authority: Authority;
  /** The step that comes now; null where the approval is decided. */
  readonly next: ApprovalStep | null;
  readonly state: ApprovalState;
}

/**
 * Decides the step at which an approval stands. The last approval, a return or a rejection carries out its outcome in the
 * same transaction.
 *
 * @throws {Refused} another's authority, one's own request, decided before
 * @throws {Conflict} somebody decided meanwhile
 */
export async function decideApproval(services: Services, caller: Caller, input: StepDecision): Promise<string> {
  const act = Act.begin(services, caller, null);
  const approval = await act.found(
    'Approval',
    act.prisma.approval.findFirst({ where: act.one(input.id), include: PENDING }),
  );
  const { step, authority } = await checkDecision(act, approval, input);
  const progress = progressOf(approval, step, authority, input.decision);
  const outcome = outcomeOf(services.approvalOutcomes, approval);
  const organisation = await services.actors.organisation();
  const writes = new WriteSet();
  if (progress.next) addNextStep(writes, services.calendars, approval, progress.next, act.now);
  else if (input.decision === 'APPROVE') await outcome.prepare?.(services, writes, approval, act.now);
  await act.commit({
    audit: entryOf(act, approval, progress, input),
    writes,
    alerts: true,
    ...(outcome.timeoutMs && { options: { timeoutMs: outcome.timeoutMs } }),
    async change(tx) {
      await recordDecision(tx, act, approval, progress, input);
      if (progress.next) return;
      const comment = input.comment ?? null;
      const decided = { decision: input.decision, comment, actor: act.actor, at: act.now, services, organisation };
      await outcome.settle?.(tx, writes, approval, decided);
    },
  });
  return approval.id;
}

/**
 * All that judges whether the actor may decide the approval like this.
 *
 * @throws {Refused} another's authority, one's own request, decided before, or the policy's guard refuses
 */
export async function checkDecision(
  act: Act,
  approval: Pending,
  input: StepDecision,
): Promise<{ step: ApprovalStep; authority: Authority }> {
  refuseErased(approval.customer);
  const decided = checkAuthority(act.actor, await authoritiesOf(act.services, act.actor), approval);
  if (input.decision !== 'APPROVE' && !input.comment?.trim())
    throw new InvalidInput([{ path: 'input.comment', message: 'says why it is returned or rejected' }]);
  await askGuard(act, approval, input, decided.authority);
  return decided;
}

async function askGuard(act: Act, approval: Pending, { decision }: StepDecision, { role }: Authority): Promise<void> {
  const declaration = act.services.policies.get(approval.policyId)?.declaration;
  if (!declaration) return;
  await act.guard(approval.policyId, {
    action: 'DECIDE_APPROVAL',
    customer: approval.customer && customerFacts(declaration, approval.customer),
    input: { kind: approval.kind, decision, role },
  });
}

function progressOf(approval: Pending, step: ApprovalStep, authority: Authority, decision: Decision): Progress {
  const following = approval.steps.find(({ position }) => position > step.position) ?? null;
  const next = decision === 'APPROVE' ? following : null;
  const decided = ({ APPROVE: 'APPROVED', RETURN: 'RETURNED', REJECT: 'REJECTED' } as const)[decision];
  return { step, authority, next, state: next ? approval.state : decided };
}

function addNextStep(
  writes: WriteSet,
  calendars: PolicyCalendars,
  approval: Pending,
  next: ApprovalStep,
  now: Date,
): void {
  const { id, kind } = approval;
  writes.insert('subject_clock', ...clocksAt(calendars, approval, next, now));
  writes.insert('alert', approvalWaitingAlert(approval, { id, kind, step: next.position, role: next.role }, now));
}

async function recordDecision(
  tx: Prisma.TransactionClient,
  act: Act,
  approval: Approval,
  { step, authority, next, state }: Progress,
  { decision, comment }: StepDecision,
): Promise<void> {
  // The step first: the alert of the step that is decided ends by when that was.
  await tx.approvalStep.update({
    where: { id: step.id },
    data: {
      decision,
      decidedById: act.actor.id,
      decidedAt: act.now,
      comment: comment ?? null,
      onBehalfOfId: authority.onBehalfOfId,
    },
    select: { id: true },
  });
  const { count } = await tx.approval.updateMany({
    where: { id: approval.id, version: approval.version },
    data: {
      state,
      version: { increment: 1 },
      awaitingRole: next?.role ?? null,
      awaitingBranchId: next?.branchId ?? null,
      decidedAt: next ? null : act.now,
    },
  });
  if (count === 0) throw new Conflict(null, 'Somebody decided it in the meantime.');
  // What was done at once and is returned still has to be approved by its day.
  const isOver = !next && decision !== 'RETURN';
  const ended = [stepKey(approval.id, step.position), ...(isOver ? [ratificationKey(approval.id)] : [])];
  await endSubjectClocks(tx, ended, 'FULFILLED', act.now);
}

function entryOf(act: Act, approval: Approval, { state, authority }: Progress, { comment }: StepDecision) {
  const { id, policyId, branchId, customerId, state: before } = approval;
  const onBehalfOf = authority.onBehalfOfId;
  return act.audit(
    'DECIDE_APPROVAL',
    { type: 'Approval', id, policyId, branchId, customerId },
    {
      reason: comment ?? null,
      changes: [
        { field: 'state', before, after: state },
        ...(onBehalfOf ? [{ field: 'onBehalfOf', before: null, after: onBehalfOf }] : []),
      ],
    },
  );
}

/** The step at which the approval stands, and with which authority the actor decides it. */
function checkAuthority(
  actor: Actor,
  authorities: readonly Authority[],
  approval: Pending,
): { step: ApprovalStep; authority: Authority } {
  if (approval.state !== 'PENDING' && approval.state !== 'RATIFICATION_DUE') throw refuse('ALREADY_DECIDED');
  const step = approval.steps.find(({ decision }) => decision === null);
  if (!step) throw new Conflict(null);
  if (approval.requestedById === actor.id) throw refuse('OWN_REQUEST');
  if (approval.steps.some(({ decidedById }) => decidedById === actor.id)) throw refuse('FOUR_EYES');
  const authority = authorityFor(actor, authorities, approval);
  if (!authority) throw refuse('WRONG_AUTHORITY', { role: step.role });
  return { step, authority };
}
