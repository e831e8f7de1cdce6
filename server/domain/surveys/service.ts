import type { Channel } from '../../../prisma/generated/client/enums.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks, subjectClockRow } from '../../engine/sla/subject-clock.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { dateIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { customerFor } from '../customers/find.ts';

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
    customerFor(database, actor, input.customerId, { id: true, policyId: true, branchId: true }),
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
  const zone = zoneOf(declaration);
  const days = Math.max(0, Math.round((input.dueOn.getTime() - dateIn(now, zone).getTime()) / 86_400_000));
  const due = subjectClockRow(
    services.calendars,
    {
      key: improvementKey(id),
      subject: { type: 'ImprovementMeasure', id },
      policyId: declaration.id,
      branchId: actor.branchId,
      assigneeId: input.ownerId,
      alertKind: 'TASK_OVERDUE',
      label: {
        en: `Improvement: ${input.measure.trim().slice(0, 80)}`,
        zh: `改进措施：${input.measure.trim().slice(0, 80)}`,
      },
      audience: ['SUPERVISOR'],
      policyVersion: policies.get(declaration.id)?.version ?? declaration.id,
      within: { target: { kind: 'END_OF_DAY', days, count: 'CALENDAR' } },
    },
    now,
  );
  await inTransaction(database, async (tx) => {
    await tx.subjectClock.create({ data: due, select: { id: true } });
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

/** The key of the clock that runs until a measure is carried out. */
function improvementKey(id: string): string {
  return `improvement:${id}`;
}

/**
 * Closes an improvement measure with the effect that it had, or as given up.
 *
 * @throws {Refused} MEASURE_CLOSED
 */
export async function closeImprovementMeasure(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly effect: string; readonly givenUp?: boolean | null },
): Promise<string> {
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'surveyCustomers');
  const now = clock.now();
  if (input.effect.trim() === '') throw new InvalidInput([{ path: 'input.effect', message: 'is empty' }]);
  const found = await database.prisma.improvementMeasure.findFirst({ where: { id: input.id, ...visible(actor) } });
  if (!found) throw new NotFound('ImprovementMeasure');
  if (found.status !== 'OPEN') throw Refused.because('MEASURE_CLOSED', `The measure is ${found.status}.`);
  const status = input.givenUp === true ? 'CANCELLED' : 'DONE';
  await inTransaction(database, async (tx) => {
    const { count } = await tx.improvementMeasure.updateMany({
      where: { id: found.id, status: 'OPEN' },
      data: { status, effect: input.effect.trim(), closedAt: now },
    });
    if (count === 0) throw new Conflict(null);
    await endSubjectClocks(tx, [improvementKey(found.id)], status === 'DONE' ? 'FULFILLED' : 'CANCELLED', now);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'CLOSE_IMPROVEMENT_MEASURE',
      subject: { type: 'ImprovementMeasure', id: found.id },
      policyId: found.policyId,
      branchId: found.branchId,
      changes: [{ field: 'status', before: 'OPEN', after: status }],
    });
  });
  services.alerts.wake();
  return found.id;
}
