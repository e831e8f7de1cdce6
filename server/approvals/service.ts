import type { Actor } from '../access/actor.ts';
import { maySee, visible } from '../access/scope.ts';
import { approvalWaitingAlert } from '../alerts/raise.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Caller, Services } from '../context.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../errors.ts';
import type { Approval, ApprovalStep, Prisma } from '../generated/prisma/client.ts';
import type { Decision } from '../generated/prisma/enums.ts';
import { settleAssessment, settleGradeException } from '../grades/settle.ts';
import { settlePlan } from '../plans/settle.ts';
import { inTransaction } from '../storage/transaction.ts';
import { WriteSet } from '../storage/write-set.ts';
import { proposedTask } from '../tasks/proposed.ts';
import { reactionsTo } from '../tickets/react.ts';

type Pending = Approval & { steps: ApprovalStep[] };

/** What a decision brings about for the subject, in the transaction that decides. */
export type Settle = (
  tx: Prisma.TransactionClient,
  writes: WriteSet,
  approval: Approval,
  outcome: { readonly decision: Decision; readonly actor: Actor; readonly at: Date; readonly services: Services },
) => Promise<void>;

/** Who carries out which kind of decision. */
const OUTCOMES: Readonly<Record<string, Settle>> = {
  ASSESSMENT: settleAssessment,
  GRADE_EXCEPTION: settleGradeException,
  PLAN: settlePlan,
};

/** Whether the approval waits for this person: role, place, and another person than those before. */
export function awaits(
  actor: Actor,
  approval: Pick<Pending, 'state' | 'awaitingRole' | 'awaitingBranchId' | 'requestedById' | 'policyId' | 'branchId'>,
): boolean {
  if (approval.state !== 'PENDING' && approval.state !== 'RATIFICATION_DUE') return false;
  if (!approval.awaitingRole || !actor.roles.includes(approval.awaitingRole)) return false;
  if (approval.awaitingBranchId && approval.awaitingBranchId !== actor.branchId) return false;
  return approval.requestedById !== actor.id && maySee(actor, approval);
}

/**
 * Decides the step at which an approval stands. The last approval, a return or a rejection settles the subject in the
 * same transaction.
 *
 * @throws {Refused} another's authority, one's own request, decided before
 * @throws {Conflict} somebody decided meanwhile
 */
export async function decideApproval(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly decision: Decision; readonly comment?: string | null },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  const now = clock.now();
  const approval = await database.prisma.approval.findFirst({
    where: { id: input.id, ...visible(actor) },
    include: { steps: { orderBy: { position: 'asc' } }, customer: true },
  });
  if (!approval) throw new NotFound('Approval');
  const step = checkAuthority(actor, approval);
  if (input.decision !== 'APPROVE' && !input.comment?.trim()) {
    throw new InvalidInput([{ path: 'input.comment', message: 'says why it is returned or rejected' }]);
  }
  const next = approval.steps.find(({ position }) => position > step.position);
  const settled = input.decision !== 'APPROVE' || !next;
  const state = !settled
    ? 'PENDING'
    : ({ APPROVE: 'APPROVED', RETURN: 'RETURNED', REJECT: 'REJECTED' } as const)[input.decision];
  const writes = new WriteSet();
  if (settled && input.decision === 'APPROVE') await addGradeReactions(services, writes, approval, now);
  await inTransaction(database, async (tx) => {
    const { count } = await tx.approval.updateMany({
      where: { id: approval.id, version: approval.version },
      data: {
        state,
        version: { increment: 1 },
        awaitingRole: settled ? null : next.role,
        awaitingBranchId: settled ? null : next.branchId,
        decidedAt: settled ? now : null,
      },
    });
    if (count === 0) throw new Conflict(null, 'Somebody decided it in the meantime.');
    await tx.approvalStep.update({
      where: { id: step.id },
      data: { decision: input.decision, decidedById: actor.id, decidedAt: now, comment: input.comment ?? null },
      select: { id: true },
    });
    if (settled)
      await OUTCOMES[approval.kind]?.(tx, writes, approval, { decision: input.decision, actor, at: now, services });
    else
      writes.insert(
        'alert',
        approvalWaitingAlert(
          approval,
          { id: approval.id, kind: approval.kind, step: next.position, role: next.role },
          now,
        ),
      );
    await writes.execute(tx);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'DECIDE_APPROVAL',
      subject: { type: 'Approval', id: approval.id },
      policyId: approval.policyId,
      branchId: approval.branchId,
      customerId: approval.customerId,
      reason: input.comment ?? null,
      changes: [{ field: 'state', before: approval.state, after: state }],
    });
  });
  services.alerts.wake();
  return approval.id;
}

/** What the policy wants done once a tier is given; asked outside the transaction that gives it. */
async function addGradeReactions(services: Services, writes: WriteSet, approval: Approval, now: Date): Promise<void> {
  const customer = approval.customerId
    ? await services.database.prisma.customer.findUnique({ where: { id: approval.customerId }, select: CUSTOMER_FACTS })
    : null;
  const policy = customer && services.policies.get(customer.policyId);
  const given = policy && (await tierGiven(services, approval));
  if (!given) return;
  const facts = {
    now: now.toISOString(),
    event: { kind: 'GRADE_GIVEN', ...given },
    customer: customerFacts(policy.declaration, customer),
    ticket: null,
  };
  const answer = await reactionsTo(services, customer.policyId, facts);
  for (const task of answer?.tasks ?? []) {
    const key = `approval:${approval.id}:${task.key}`;
    writes.insert('task', proposedTask(task, { key, customer, assigneeId: customer.managerId, at: now }));
  }
}

/** The tier that an approved assessment or exception gives; null where it gives none. */
async function tierGiven({ database }: Services, approval: Approval): Promise<{ scheme: string; tier: string } | null> {
  if (approval.kind === 'GRADE_EXCEPTION') return approval.request as { scheme: string; tier: string };
  if (approval.kind !== 'ASSESSMENT') return null;
  const assessment = await database.prisma.assessment.findUnique({
    where: { id: approval.subjectId },
    select: { schemeId: true, proposedTierCode: true },
  });
  return assessment?.proposedTierCode ? { scheme: assessment.schemeId, tier: assessment.proposedTierCode } : null;
}

/** The step at which the approval stands, if the actor is the one to decide it. */
function checkAuthority(actor: Actor, approval: Pending): ApprovalStep {
  if (approval.state !== 'PENDING' && approval.state !== 'RATIFICATION_DUE') {
    throw Refused.because('ALREADY_DECIDED', 'It was decided before.');
  }
  const step = approval.steps.find(({ decision }) => decision === null);
  if (!step) throw new Conflict(null);
  if (approval.requestedById === actor.id) {
    throw Refused.because('OWN_REQUEST', 'Whoever asks does not decide.');
  }
  if (approval.steps.some(({ decidedById }) => decidedById === actor.id)) {
    throw Refused.because('FOUR_EYES', 'Each step is decided by another person.');
  }
  if (!awaits(actor, approval)) {
    throw Refused.because('WRONG_AUTHORITY', `It awaits the decision of ${step.role}.`);
  }
  return step;
}
