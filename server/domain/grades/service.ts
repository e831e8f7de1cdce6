import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { GradeAnswer } from '../../engine/policy/answers.ts';
import type { Judgement } from '../../engine/policy/facts.ts';
import { guard } from '../../engine/policy/guard.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible, visibleThroughCustomer } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { addApproval } from '../approvals/route.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { customerFor, refuseErased } from '../customers/find.ts';
import { figureFacts, gradeFacts } from './facts.ts';
import { schemeFor } from './schemes.ts';

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
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'assessCustomer');
  const now = clock.now();
  const judgements = input.judgements ?? [];
  const issues = judgements.flatMap(({ basis }, index) =>
    basis.trim() === '' ? [{ path: `input.judgements[${index}].basis`, message: 'is empty: a score has a basis' }] : [],
  );
  if (issues.length > 0) throw new InvalidInput(issues);
  const customer = await database.prisma.customer.findFirst({
    where: { id: input.customerId, ...visible(actor) },
    select: {
      ...CUSTOMER_FACTS,
      currentFigures: true,
      grades: { where: { scheduled: false }, orderBy: [{ since: 'desc' }, { id: 'desc' }], take: 50 },
      annualListEntries: { where: { year: { gte: now.getUTCFullYear() } } },
    },
  });
  if (!customer) throw new NotFound('Customer');
  refuseErased(customer);
  const policy = policies.get(customer.policyId);
  if (!policy) throw new NotFound('Policy');
  const scheme = schemeFor(policy.declaration, customer, input.schemeId);
  await guard(policies, customer.policyId, {
    now: now.toISOString(),
    action: 'ASSESS_CUSTOMER',
    viewer: { roles: actor.roles },
    customer: customerFacts(policy.declaration, customer),
    ticket: null,
    input: { scheme: scheme.id },
  });
  const known = { ...customer, figures: figureFacts(customer.currentFigures), lists: customer.annualListEntries };
  const facts = gradeFacts(policy.declaration, scheme.id, known, { now, judgements });
  const { answer, policyVersion } = await policies.ask(customer.policyId, 'grade', facts);
  const row = assessmentRow(answer, {
    customerId: customer.id,
    policyId: customer.policyId,
    schemeId: scheme.id,
    currentTierCode: facts.customer.grade?.tier ?? null,
    policyVersion,
    assessedById: actor.id,
    at: now,
    remarks: input.remarks ?? null,
  });
  await inTransaction(database, async (tx) => {
    await new WriteSet().insert('assessment', row).execute(tx);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'ASSESS_CUSTOMER',
      subject: { type: 'Assessment', id: row.id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
      changes: [{ field: 'proposedTier', before: row.currentTierCode ?? null, after: answer.tier }],
    });
  });
  return row.id;
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
  const { database, clock, policies, actors } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'submitAssessment');
  const now = clock.now();
  const assessment = await database.prisma.assessment.findFirst({
    where: { id, ...visibleThroughCustomer(actor) },
    include: { customer: { select: CUSTOMER_FACTS } },
  });
  if (!assessment) throw new NotFound('Assessment');
  const { customer } = assessment;
  refuseErased(customer);
  if (assessment.status !== 'PROPOSED') throw Refused.because('NOT_PROPOSED', 'It was submitted before.');
  if (assessment.missingMetrics.length > 0) {
    throw Refused.because('INCOMPLETE', `It lacks ${assessment.missingMetrics.join(', ')}.`);
  }
  const policy = policies.get(customer.policyId);
  const scheme = policy?.declaration.schemes?.[assessment.schemeId];
  if (!policy || !scheme) throw Refused.because('SCHEME_GONE', 'The scheme is no longer installed.');
  requireConsent(scheme.needsConsent, assessment.proposedTierCode, customer.vipConsent);
  const organisation = await actors.organisation();
  const route = await policies.ask(customer.policyId, 'route', {
    now: now.toISOString(),
    kind: 'ASSESSMENT',
    amount: null,
    cumulated: null,
    requester: { roles: actor.roles, atHeadOffice: organisation.headOffice(actor.branchId) === actor.branchId },
    customer: customerFacts(policy.declaration, customer),
    request: { scheme: assessment.schemeId, tier: assessment.proposedTierCode },
  });
  const writes = new WriteSet();
  const approvalId = addApproval(writes, {
    request: {
      kind: 'ASSESSMENT',
      subject: { type: 'Assessment', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customer,
      requestedById: actor.id,
    },
    route,
    organisation,
    calendars: services.calendars,
    at: now,
  });
  await inTransaction(database, async (tx) => {
    await writes.execute(tx);
    const { count } = await tx.assessment.updateMany({
      where: { id, status: 'PROPOSED' },
      data: { status: 'PENDING_APPROVAL', approvalId },
    });
    if (count === 0) throw new Conflict(null);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'SUBMIT_ASSESSMENT',
      subject: { type: 'Assessment', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
      changes: [{ field: 'status', before: 'PROPOSED', after: 'PENDING_APPROVAL' }],
    });
  });
  services.alerts.wake();
  return id;
}

/** A tier that is held only with consent is not given without it. */
export function requireConsent(needed: boolean | undefined, tier: string | null, consent: boolean | null): void {
  if (needed && tier !== null && consent !== true) {
    throw Refused.because('NO_CONSENT', 'The customer has not agreed to VIP service.');
  }
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
  const { database, clock, policies, actors } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'requestGradeException');
  const now = clock.now();
  const customer = await customerFor(database, actor, input.customerId, CUSTOMER_FACTS);
  if (!customer) throw new NotFound('Customer');
  const policy = policies.get(customer.policyId);
  if (!policy) throw new NotFound('Policy');
  const scheme = schemeFor(policy.declaration, customer, input.schemeId);
  const issues = [];
  if (!scheme.tiers[input.tierCode]) issues.push({ path: 'input.tierCode', message: `is no tier of ${scheme.id}` });
  if (input.reason.trim() === '') issues.push({ path: 'input.reason', message: 'is empty' });
  if (input.until && input.until <= now) issues.push({ path: 'input.until', message: 'is not in the future' });
  if (issues.length > 0) throw new InvalidInput(issues);
  requireConsent(scheme.needsConsent, input.tierCode, customer.vipConsent);
  const viewer = { roles: actor.roles };
  const facts = customerFacts(policy.declaration, customer);
  const request = { scheme: scheme.id, tier: input.tierCode };
  await guard(policies, customer.policyId, {
    now: now.toISOString(),
    action: 'REQUEST_GRADE_EXCEPTION',
    viewer,
    customer: facts,
    ticket: null,
    input: request,
  });
  const organisation = await actors.organisation();
  const route = await policies.ask(customer.policyId, 'route', {
    now: now.toISOString(),
    kind: 'GRADE_EXCEPTION',
    amount: null,
    cumulated: null,
    requester: { roles: actor.roles, atHeadOffice: organisation.headOffice(actor.branchId) === actor.branchId },
    customer: facts,
    request,
  });
  const writes = new WriteSet();
  const approvalId = addApproval(writes, {
    request: {
      kind: 'GRADE_EXCEPTION',
      subject: { type: 'Customer', id: customer.id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customer,
      requestedById: actor.id,
      reason: input.reason.trim(),
      request: { ...request, until: input.until?.toISOString().slice(0, 10) ?? null },
    },
    route,
    organisation,
    calendars: services.calendars,
    at: now,
  });
  await inTransaction(database, async (tx) => {
    await writes.execute(tx);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'REQUEST_GRADE_EXCEPTION',
      subject: { type: 'Approval', id: approvalId },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
      reason: input.reason.trim(),
      changes: [{ field: 'tier', before: customer.tierCode, after: input.tierCode }],
    });
  });
  services.alerts.wake();
  return approvalId;
}
