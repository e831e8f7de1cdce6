import { requirePermission } from '../access/permissions.ts';
import { visible } from '../access/scope.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Caller, Services } from '../context.ts';
import { businessLine } from '../customers/service.ts';
import { InvalidInput, NotFound } from '../errors.ts';
import type { Channel } from '../generated/prisma/enums.ts';
import { newId } from '../ids.ts';
import { inTransaction } from '../storage/transaction.ts';

export interface NewSurveyResponse {
  readonly customerId: string;
  readonly ticketId?: string | null;
  readonly topic: string;
  /** 1 to 5. */
  readonly score: number;
  readonly comment?: string | null;
  readonly channel: Channel;
}

/** Records what a customer answered. Returns the response's id. */
export async function submitSurveyResponse(
  services: Services,
  caller: Caller,
  input: NewSurveyResponse,
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'surveyCustomers');
  const now = clock.now();
  const issues = [];
  if (input.topic.trim() === '') issues.push({ path: 'input.topic', message: 'is empty' });
  if (input.score < 1 || input.score > 5) issues.push({ path: 'input.score', message: 'is not between 1 and 5' });
  const [customer, ticket] = await Promise.all([
    database.prisma.customer.findFirst({
      where: { id: input.customerId, ...visible(actor) },
      select: { id: true, policyId: true, branchId: true },
    }),
    input.ticketId
      ? database.prisma.ticket.findUnique({ where: { id: input.ticketId }, select: { customerId: true } })
      : null,
  ]);
  if (!customer) throw new NotFound('Customer');
  if (input.ticketId && ticket?.customerId !== customer.id)
    issues.push({ path: 'input.ticketId', message: 'is no ticket of the customer' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = newId();
  await inTransaction(database, async (tx) => {
    await tx.surveyResponse.create({
      data: {
        id,
        customerId: customer.id,
        policyId: customer.policyId,
        branchId: customer.branchId,
        ticketId: input.ticketId ?? null,
        topic: input.topic.trim(),
        score: input.score,
        comment: input.comment ?? null,
        channel: input.channel,
        submittedAt: now,
      },
      select: { id: true },
    });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'SUBMIT_SURVEY_RESPONSE',
      subject: { type: 'SurveyResponse', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
    });
  });
  return id;
}

export interface NewImprovementMeasure {
  readonly policyId: string;
  readonly finding: string;
  readonly measure: string;
  readonly ownerId: string;
  readonly dueOn: Date;
  readonly surveyResponseIds?: readonly string[] | null;
}

/** Takes a measure from what surveys found, with an owner and a date. Returns its id. */
export async function addImprovementMeasure(
  services: Services,
  caller: Caller,
  input: NewImprovementMeasure,
): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'surveyCustomers');
  const now = clock.now();
  const { declaration } = businessLine(policies.get(input.policyId), input.policyId);
  const responses = [...new Set(input.surveyResponseIds ?? [])];
  const issues = [];
  if (!actor.policyIds.includes(declaration.id))
    issues.push({ path: 'input.policyId', message: 'is not run at your branch' });
  if (input.finding.trim() === '') issues.push({ path: 'input.finding', message: 'is empty' });
  if (input.measure.trim() === '') issues.push({ path: 'input.measure', message: 'is empty' });
  const [owner, found] = await Promise.all([
    database.prisma.staff.findUnique({ where: { id: input.ownerId }, select: { active: true } }),
    database.prisma.surveyResponse.count({
      where: { AND: [{ id: { in: responses }, policyId: declaration.id }, visible(actor)] },
    }),
  ]);
  if (!owner?.active) issues.push({ path: 'input.ownerId', message: 'is nobody who works here' });
  if (found < responses.length)
    issues.push({ path: 'input.surveyResponseIds', message: 'names a response that does not exist' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = newId();
  await inTransaction(database, async (tx) => {
    await tx.improvementMeasure.create({
      data: {
        id,
        policyId: declaration.id,
        branchId: actor.branchId,
        finding: input.finding.trim(),
        measure: input.measure.trim(),
        ownerId: input.ownerId,
        dueOn: input.dueOn,
        status: 'OPEN',
        createdAt: now,
      },
      select: { id: true },
    });
    await tx.surveyResponse.updateMany({ where: { id: { in: responses } }, data: { improvementId: id } });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'ADD_IMPROVEMENT_MEASURE',
      subject: { type: 'ImprovementMeasure', id },
      policyId: declaration.id,
      branchId: actor.branchId,
    });
  });
  return id;
}
