import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { GradeAnswer } from '../../engine/policy/answers.ts';
import type { Judgement } from '../../engine/policy/facts.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { visibleThroughCustomer } from '../../platform/access/scope.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { addAskedApproval } from '../approvals/ask-approval.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor, refuseDeparted, refuseErased } from '../customers/find-customer.ts';
import { figureFacts, gradeFacts } from './grade-facts.ts';
import { isNamed, requireMayHold } from './may-hold.ts';
import { type Scheme, schemeFor } from './schemes.ts';

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
 * @throws {InvalidInput} a judgement lacks its basis, or the scheme is not for this customer
 * @throws {NotConfigured} the scheme needs a parameter that nobody set
 */
export async function assessCustomer(services: Services, caller: Caller, input: AssessmentInput): Promise<string> {
  const act = Act.begin(services, caller, 'assessCustomer');
  const judgements = input.judgements ?? [];
  checkJudgements(judgements);
  const customer = await customerToAssess(act, input.customerId);
  refuseErased(customer);
  const policy = act.policyOf(customer);
  const scheme = schemeFor(policy.declaration, customer, input.schemeId);
  // Who did not agree may be assessed, for the tier can be offered; without a real name there is no application.
  refuseDeparted(customer);
  if (!isNamed(scheme, customer.profile)) throw refuse('REAL_NAME_NOT_VERIFIED');
  await act.guard(customer.policyId, {
    action: 'ASSESS_CUSTOMER',
    customer: customerFacts(policy.declaration, customer),
    input: { scheme: scheme.id },
  });
  const known = { ...customer, figures: figureFacts(customer.currentFigures), lists: customer.annualListEntries };
  const facts = gradeFacts(policy.declaration, scheme.id, known, { now: act.now, judgements });
  const { answer, policyVersion } = await services.policies.ask(customer.policyId, 'grade', facts);
  const { policyId, branchId } = customer;
  const row = assessmentRow(answer, {
    customerId: customer.id,
    policyId,
    schemeId: scheme.id,
    currentTierCode: facts.customer.grade?.tier ?? null,
    policyVersion,
    assessedById: act.actor.id,
    at: act.now,
    remarks: input.remarks ?? null,
  });
  await act.commit({
    audit: act.audit(
      'ASSESS_CUSTOMER',
      { type: 'Assessment', id: row.id, policyId, branchId, customerId: customer.id },
      { changes: [{ field: 'proposedTier', before: row.currentTierCode ?? null, after: answer.tier }] },
    ),
    writes: new WriteSet().insert('assessment', row),
  });
  return row.id;
}

function checkJudgements(judgements: readonly Judgement[]): void {
  const issues = judgements.flatMap(({ basis }, index) =>
    basis.trim() === '' ? [{ path: `input.judgements[${index}].basis`, message: 'is empty: a score has a basis' }] : [],
  );
  if (issues.length > 0) throw new InvalidInput(issues);
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
        annualListEntries: { where: { year: { gte: act.now.getUTCFullYear() } } },
      },
    }),
  );
}

/** An answer as it is frozen. */
export function assessmentRow(
  answer: GradeAnswer,
  about: {
    readonly customerId: string;
    readonly policyId: string;
    readonly schemeId: string;
    readonly currentTierCode: string | null;
    readonly policyVersion: string;
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
  const assessment = await act.found(
    'Assessment',
    act.prisma.assessment.findFirst({
      where: { id, ...visibleThroughCustomer(act.actor) },
      include: { customer: { select: CUSTOMER_FACTS } },
    }),
  );
  const { customer, schemeId, proposedTierCode, missingMetrics } = assessment;
  refuseErased(customer);
  if (assessment.status !== 'PROPOSED') throw refuse('NOT_PROPOSED');
  if (missingMetrics.length > 0) throw refuse('INCOMPLETE', { missing: missingMetrics.join(', ') });
  const policy = services.policies.get(customer.policyId);
  const scheme = policy?.declaration.schemes?.[schemeId];
  if (!policy || !scheme) throw refuse('SCHEME_GONE');
  requireMayHold(scheme, proposedTierCode, customer);
  const facts = customerFacts(policy.declaration, customer);
  await act.guard(customer.policyId, {
    action: 'SUBMIT_ASSESSMENT',
    customer: facts,
    input: { scheme: schemeId, tier: proposedTierCode, reasons: reasonCodes(assessment.reasons) },
  });
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
  checkException(input, scheme, act.now);
  requireMayHold(scheme, input.tierCode, customer);
  const { policyId, branchId } = customer;
  const facts = customerFacts(policy.declaration, customer);
  const request = { scheme: scheme.id, tier: input.tierCode };
  await act.guard(policyId, { action: 'REQUEST_GRADE_EXCEPTION', customer: facts, input: request });
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

function checkException({ tierCode, reason, until }: GradeExceptionInput, scheme: Scheme, now: Date): void {
  const issues: Issue[] = [];
  if (!scheme.tiers[tierCode]) issues.push({ path: 'input.tierCode', message: `is no tier of ${scheme.id}` });
  if (reason.trim() === '') issues.push({ path: 'input.reason', message: 'is empty' });
  if (until && until <= now) issues.push({ path: 'input.until', message: 'is not in the future' });
  if (issues.length > 0) throw new InvalidInput(issues);
}
