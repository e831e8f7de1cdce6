import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { keepDecisions } from '../../engine/policy/decisions/decision-row.ts';
import type { CustomerFacts, Judgement } from '../../engine/policy/facts.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Decision } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { own } from '../../platform/values/own.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { addAskedApproval } from '../approvals/ask-approval.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor, refuseDeparted, refuseErased } from '../customers/find-customer.ts';
import { figureFacts, gradeFacts } from './grade-facts.ts';
import { checkJudgements } from './judgements.ts';
import { isNamed, requireMayHold } from './may-hold.ts';
import { type Scheme, schemeFor } from './schemes.ts';
import { REVIEW_KEY } from './terms.ts';

export interface AssessmentInput {
  readonly customerId: string;
  readonly schemeId?: string | null;
  readonly judgements?: readonly Judgement[] | null;
  readonly remarks?: string | null;
}

/**
 * Assesses a customer by a scheme and freezes the answer: indicators, weights, basis, dates, policy version.
 *
 * @returns the assessment's id
 * @throws {InvalidInput} a judgement is not of this scheme, or the scheme is not for this customer
 * @throws {NotConfigured} the scheme needs a parameter that nobody set
 */
export async function assessCustomer(services: Services, caller: Caller, input: AssessmentInput): Promise<string> {
  const act = Act.begin(services, caller, 'assessCustomer');
  const judgements = input.judgements ?? [];
  const customer = await customerToAssess(act, input.customerId);
  refuseErased(customer);
  const policy = act.policyOf(customer);
  const scheme = schemeFor(policy.declaration, customer, input.schemeId);
  // Who did not agree may be assessed, for the tier can be offered; without a real name there is no application.
  refuseDeparted(customer);
  if (!isNamed(scheme, customer.profile)) throw refuse('REAL_NAME_NOT_VERIFIED');
  checkJudgements(policy.declaration, scheme, judgements);
  await act.guard(customer.policyId, {
    action: 'ASSESS_CUSTOMER',
    customer: customerFacts(policy.declaration, customer),
    input: { scheme: scheme.id },
  });
  const known = { ...customer, figures: figureFacts(customer.currentFigures), lists: customer.annualListEntries };
  const facts = gradeFacts(policy, scheme.id, known, { now: act.now, judgements });
  const decision = await services.policies.ask(customer.policyId, 'grade', facts);
  const { answer } = decision;
  const { policyId, branchId } = customer;
  const row = assessmentRow(decision, {
    customerId: customer.id,
    policyId,
    schemeId: scheme.id,
    currentTierCode: facts.customer.grade?.tier ?? null,
    assessedById: act.actor.id,
    at: act.now,
    remarks: input.remarks ?? null,
  });
  const writes = new WriteSet().insert('assessment', row);
  keepDecisions(writes, [decision]);
  await act.commit({
    answer: row.id,
    audit: act.audit(
      'ASSESS_CUSTOMER',
      { type: 'Assessment', id: row.id, policyId, branchId, customerId: customer.id },
      { changes: [{ field: 'proposedTier', before: row.currentTierCode ?? null, after: answer.tier }] },
    ),
    writes,
    async change(tx) {
      const open = {
        customerId: customer.id,
        key: { startsWith: REVIEW_KEY },
        status: { in: ['OPEN', 'OVERDUE'] },
      } as const;
      const done = { status: 'DONE', outcome: 'Assessed.', completedAt: act.now, nextFireAt: null } as const;
      await tx.task.updateMany({ where: { ...open, status: { in: [...open.status.in] } }, data: done });
    },
  });
  return row.id;
}

/** A customer with all that a scheme's answer is made from. */
function customerToAssess(act: Act, id: string) {
  return act.found(
    'Customer',
    act.prisma.customer.findFirst({
      where: act.one(id),
      select: {
        ...CUSTOMER_FACTS,
        currentFigures: true,
        grades: { where: { scheduled: false }, orderBy: [{ since: 'desc' }, { id: 'desc' }], take: 50 },
        // The line's year may not have begun or ended where the server is.
        annualListEntries: { where: { year: { gte: act.now.getUTCFullYear() - 1 } } },
      },
    }),
  );
}

/** An answer as it is frozen. */
export function assessmentRow(
  { answer, policyVersion, asked }: Decision<'grade'>,
  about: {
    readonly customerId: string;
    readonly policyId: string;
    readonly schemeId: string;
    readonly currentTierCode: string | null;
    readonly assessedById: string;
    readonly at: Date;
    readonly remarks?: string | null;
    readonly runId?: string;
  },
): Prisma.AssessmentUncheckedCreateInput {
  const { at, remarks = null, ...frozen } = about;
  return {
    id: newId(),
    ...frozen,
    policyVersion,
    decisionId: asked.id,
    remarks,
    status: 'PROPOSED',
    result: answer.result ?? null,
    total: answer.total ?? null,
    proposedTierCode: answer.tier,
    eligible: answer.eligible,
    indicators: answer.indicators,
    reasons: answer.reasons,
    ...(answer.nextTier && { nextTier: answer.nextTier }),
    missingMetrics: answer.missing,
    assessedAt: at,
  };
}

/**
 * Submits an assessment for approval by the policy's route.
 *
 * @throws {Refused} it is incomplete, was submitted before, or the customer did not consent to a grade
 */
export async function submitAssessment(services: Services, caller: Caller, id: string): Promise<string> {
  const act = Act.begin(services, caller, 'submitAssessment');
  const assessment = await findAssessment(act, id);
  const { customer, schemeId, proposedTierCode } = assessment;
  const facts = await checkSubmission(act, assessment);
  const writes = new WriteSet();
  const { policyId, branchId } = customer;
  const subject = { type: 'Assessment', id };
  const request = { kind: 'ASSESSMENT', subject, policyId, branchId, customer };
  const asked = { customer: facts, request: { scheme: schemeId, tier: proposedTierCode } };
  const approvalId = await addAskedApproval(act, writes, request, asked);
  await act.commit({
    audit: act.audit(
      'SUBMIT_ASSESSMENT',
      { ...subject, policyId, branchId, customerId: customer.id },
      { changes: [{ field: 'status', before: 'PROPOSED', after: 'PENDING_APPROVAL' }] },
    ),
    alerts: true,
    async change(tx) {
      await writes.execute(tx);
      const { count } = await tx.assessment.updateMany({
        where: { id, status: 'PROPOSED' },
        data: { status: 'PENDING_APPROVAL', approvalId },
      });
      if (count === 0) throw new Conflict(null);
    },
  });
  return id;
}

/** @throws {NotFound} there is none, or none of a customer whom the actor sees */
export function findAssessment(act: Act, id: string) {
  return act.found(
    'Assessment',
    act.prisma.assessment.findFirst({
      where: { id, ...visibleThroughCustomer(act.actor) },
      include: { customer: { select: CUSTOMER_FACTS } },
    }),
  );
}

/**
 * All that judges whether an assessment may be submitted.
 *
 * @returns the facts of its customer
 * @throws {Refused} it is incomplete, was submitted before, or the customer may not hold the tier
 */
export async function checkSubmission(
  act: Act,
  assessment: Awaited<ReturnType<typeof findAssessment>>,
): Promise<CustomerFacts> {
  const { customer, schemeId, proposedTierCode, missingMetrics } = assessment;
  refuseErased(customer);
  if (assessment.status !== 'PROPOSED') throw refuse('NOT_PROPOSED');
  if (missingMetrics.length > 0) throw refuse('INCOMPLETE', { missing: missingMetrics.join(', ') });
  const policy = act.services.policies.get(customer.policyId);
  const scheme = policy?.declaration.schemes?.[schemeId];
  if (!policy || !scheme) throw refuse('SCHEME_GONE');
  requireMayHold(scheme, proposedTierCode, customer);
  const facts = customerFacts(policy.declaration, customer);
  await act.guard(customer.policyId, {
    action: 'SUBMIT_ASSESSMENT',
    customer: facts,
    input: { scheme: schemeId, tier: proposedTierCode, reasons: reasonCodes(assessment.reasons) },
  });
  return facts;
}

function reasonCodes(reasons: Prisma.JsonValue): string[] {
  return (reasons as { code: string }[]).map(({ code }) => code);
}

export interface GradeExceptionInput {
  readonly customerId: string;
  readonly schemeId?: string | null;
  readonly tierCode: string;
  readonly reason: string;
  readonly until?: Date | null;
}

/** Asks for a tier below whose bar the customer stands; the policy's route says who decides, one by one. Returns the approval's id. */
export async function requestGradeException(
  services: Services,
  caller: Caller,
  input: GradeExceptionInput,
): Promise<string> {
  const act = Act.begin(services, caller, 'requestGradeException');
  const customer = await act.found(
    'Customer',
    customerFor(services.database, act.actor, input.customerId, CUSTOMER_FACTS),
  );
  const policy = act.policyOf(customer);
  const scheme = schemeFor(policy.declaration, customer, input.schemeId);
  checkException(input, scheme, dateIn(act.now, zoneOf(policy.declaration)));
  requireMayHold(scheme, input.tierCode, customer);
  const { policyId, branchId } = customer;
  const facts = customerFacts(policy.declaration, customer);
  const request = { scheme: scheme.id, tier: input.tierCode };
  await act.guard(policyId, { action: 'REQUEST_GRADE_EXCEPTION', customer: facts, input: request });
  const pending = await pendingException(act, customer.id, request);
  if (pending) return pending;
  const writes = new WriteSet();
  const reason = input.reason.trim();
  const asked = {
    kind: 'GRADE_EXCEPTION',
    subject: { type: 'Customer', id: customer.id },
    policyId,
    branchId,
    customer,
    reason,
    request: { ...request, until: input.until?.toISOString().slice(0, 10) ?? null },
  };
  const approvalId = await addAskedApproval(act, writes, asked, { customer: facts, request });
  await act.commit({
    answer: approvalId,
    audit: act.audit(
      'REQUEST_GRADE_EXCEPTION',
      { type: 'Approval', id: approvalId, policyId, branchId, customerId: customer.id },
      { reason, changes: [{ field: 'tier', before: customer.tierCode, after: input.tierCode }] },
    ),
    writes,
    alerts: true,
  });
  return approvalId;
}

/** The approval that is asked already for the same tier: asked twice, it is decided once. */
async function pendingException(
  { prisma }: Act,
  customerId: string,
  { scheme, tier }: { readonly scheme: string; readonly tier: string },
): Promise<string | null> {
  const found = await prisma.approval.findFirst({
    where: {
      kind: 'GRADE_EXCEPTION',
      subjectId: customerId,
      state: 'PENDING',
      AND: [{ request: { path: ['scheme'], equals: scheme } }, { request: { path: ['tier'], equals: tier } }],
    },
    select: { id: true },
  });
  return found?.id ?? null;
}

function checkException({ tierCode, reason, until }: GradeExceptionInput, scheme: Scheme, today: Date): void {
  const issues: Issue[] = [];
  if (!own(scheme.tiers, tierCode)) issues.push({ path: 'input.tierCode', message: `is no tier of ${scheme.id}` });
  if (reason.trim() === '') issues.push({ path: 'input.reason', message: 'is empty' });
  if (until && until <= today) issues.push({ path: 'input.until', message: 'is not in the future' });
  if (issues.length > 0) throw new InvalidInput(issues);
}
