import type { Approval, ApprovalStep, Prisma } from '../../../prisma/generated/client/client.ts';
import type { Decision } from '../../../prisma/generated/client/enums.ts';
import { approvalWaitingAlert } from '../../engine/alert-log/raise.ts';
import type { ReactFacts } from '../../engine/policy/facts.ts';
import { guard } from '../../engine/policy/guard.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks } from '../../engine/sla/subject-clock.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { settleApplication } from '../applications/settle.ts';
import { settleRenewal } from '../care/renewals.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { refuseErased } from '../customers/find.ts';
import { settleAssessment, settleGradeException } from '../grades/settle.ts';
import { settlePlan } from '../plans/settle.ts';
import { addReaction, reactionsToMany } from '../tickets/react.ts';
import { type Authority, authoritiesOf, authorityFor } from './authority.ts';
import { clocksAt, ratificationKey, stepKey } from './route.ts';
import type { Settle } from './settle.ts';

type Pending = Approval & { steps: ApprovalStep[] };

/** Who carries out which kind of decision. */
const OUTCOMES: Readonly<Record<string, Settle>> = {
  ASSESSMENT: settleAssessment,
  GRADE_EXCEPTION: settleGradeException,
  PLAN: settlePlan,
  RENEWAL: settleRenewal,
};

/** A decision of a step. */
export interface StepDecision {
  readonly id: string;
  readonly decision: Decision;
  readonly comment?: string | null;
}

/**
 * Decides the step at which an approval stands. The last approval, a return or a rejection settles the subject in the
 * same transaction.
 *
 * @throws {Refused} another's authority, one's own request, decided before
 * @throws {Conflict} somebody decided meanwhile
 */
export async function decideApproval(services: Services, caller: Caller, input: StepDecision): Promise<string> {
  const { database, clock, policies, calendars } = services;
  const { actor, requestId } = caller;
  const now = clock.now();
  const approval = await database.prisma.approval.findFirst({
    where: { id: input.id, ...visible(actor) },
    include: { steps: { orderBy: { position: 'asc' } }, customer: { select: CUSTOMER_FACTS } },
  });
  if (!approval) throw new NotFound('Approval');
  refuseErased(approval.customer);
  const { step, authority } = checkAuthority(actor, await authoritiesOf(services, actor), approval);
  if (input.decision !== 'APPROVE' && !input.comment?.trim()) {
    throw new InvalidInput([{ path: 'input.comment', message: 'says why it is returned or rejected' }]);
  }
  const declaration = policies.get(approval.policyId)?.declaration;
  if (declaration) {
    await guard(policies, approval.policyId, {
      now: now.toISOString(),
      action: 'DECIDE_APPROVAL',
      viewer: { roles: actor.roles },
      customer: approval.customer && customerFacts(declaration, approval.customer),
      ticket: null,
      input: { kind: approval.kind, decision: input.decision, role: authority.role },
    });
  }
  const next = approval.steps.find(({ position }) => position > step.position);
  const settled = input.decision !== 'APPROVE' || !next;
  const state = settled
    ? ({ APPROVE: 'APPROVED', RETURN: 'RETURNED', REJECT: 'REJECTED' } as const)[input.decision]
    : approval.state;
  const organisation = await services.actors.organisation();
  const writes = new WriteSet();
  if (settled && input.decision === 'APPROVE') await addGradeReactions(services, writes, approval, now);
  await inTransaction(
    database,
    async (tx) => {
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
        data: {
          decision: input.decision,
          decidedById: actor.id,
          decidedAt: now,
          comment: input.comment ?? null,
          onBehalfOfId: authority.onBehalfOfId,
        },
        select: { id: true },
      });
      // What was done at once and is returned still has to be approved by its day.
      const isOver = settled && input.decision !== 'RETURN';
      const ended = [stepKey(approval.id, step.position), ...(isOver ? [ratificationKey(approval.id)] : [])];
      await endSubjectClocks(tx, ended, 'FULFILLED', now);
      if (settled) {
        const outcome = {
          decision: input.decision,
          comment: input.comment ?? null,
          actor,
          at: now,
          services,
          organisation,
        };
        const settle = approval.subjectType === 'Application' ? settleApplication : OUTCOMES[approval.kind];
        await settle?.(tx, writes, approval, outcome);
      } else {
        writes.insert('subject_clock', ...clocksAt(calendars, approval, next, now));
        writes.insert(
          'alert',
          approvalWaitingAlert(
            approval,
            { id: approval.id, kind: approval.kind, step: next.position, role: next.role },
            now,
          ),
        );
      }
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
        changes: [
          { field: 'state', before: approval.state, after: state },
          ...(authority.onBehalfOfId ? [{ field: 'onBehalfOf', before: null, after: authority.onBehalfOfId }] : []),
        ],
      });
    },
    isBulk(approval) ? { timeoutMs: 60_000 } : {},
  );
  services.alerts.wake();
  return approval.id;
}

/** Whether it is about all that a grading run proposed: there may be as many as the line has customers. */
function isBulk({ subjectType }: Approval): boolean {
  return subjectType === 'GradingRun';
}

/** What the policy wants done once a tier is given; asked outside the transaction that gives it. */
async function addGradeReactions(services: Services, writes: WriteSet, approval: Approval, now: Date): Promise<void> {
  const { policyId, branchId } = approval;
  const policy = services.policies.get(policyId);
  const given = policy ? await tiersGiven(services, approval) : [];
  if (!policy || given.length === 0) return;
  const facts = given.map(
    ({ customer, scheme, tier }): ReactFacts => ({
      now: now.toISOString(),
      event: { kind: 'GRADE_GIVEN', scheme, tier },
      customer: customerFacts(policy.declaration, customer),
      ticket: null,
    }),
  );
  const reactions = await reactionsToMany(services, policyId, facts);
  for (const [index, { customer, key }] of given.entries()) {
    const [about, reaction] = [facts[index], reactions[index]];
    if (!about || !reaction) continue;
    const occasion = { key, policyId, branchId, customer, ticketId: null, assigneeId: customer.managerId };
    addReaction(writes, occasion, about, reaction);
  }
}

/** A tier that an approval gives, and the key of what follows from it. */
interface Given {
  readonly customer: FactsRow;
  readonly scheme: string;
  readonly tier: string;
  readonly key: string;
}

type FactsRow = Prisma.CustomerGetPayload<{ select: typeof CUSTOMER_FACTS }>;

/** The tiers that an approved exception gives, or assessments that are decided together; none where grades end. */
async function tiersGiven({ database }: Services, approval: Approval): Promise<Given[]> {
  const key = `approval:${approval.id}`;
  if (approval.kind === 'GRADE_EXCEPTION') {
    const customer = await database.prisma.customer.findUniqueOrThrow({
      where: { id: approval.subjectId },
      select: CUSTOMER_FACTS,
    });
    return [{ ...(approval.request as { scheme: string; tier: string }), customer, key }];
  }
  if (approval.kind !== 'ASSESSMENT') return [];
  const assessments = await database.prisma.assessment.findMany({
    where: {
      approvalId: approval.id,
      status: 'PENDING_APPROVAL',
      customer: { departedAt: null, erasedAt: null },
    },
    select: { id: true, schemeId: true, proposedTierCode: true, customer: { select: CUSTOMER_FACTS } },
  });
  return assessments.flatMap(({ id, schemeId, proposedTierCode, customer }) =>
    proposedTierCode === null
      ? []
      : [
          {
            customer,
            scheme: schemeId,
            tier: proposedTierCode,
            key: isBulk(approval) ? `${key}:${id}` : key,
          },
        ],
  );
}

/** The step at which the approval stands, and with which authority the actor decides it. */
function checkAuthority(
  actor: Actor,
  authorities: readonly Authority[],
  approval: Pending,
): { step: ApprovalStep; authority: Authority } {
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
  const authority = authorityFor(actor, authorities, approval);
  if (!authority) throw Refused.because('WRONG_AUTHORITY', `It awaits the decision of ${step.role}.`);
  return { step, authority };
}
