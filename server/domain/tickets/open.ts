import type { Channel } from '../../../prisma/generated/client/enums.ts';
import { policyFailedAlert } from '../../engine/alert-log/raise.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { guardIfPossible } from '../../engine/policy/guard.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { isKnownTime } from '../../engine/sla/business-time.ts';
import { noClocks } from '../../engine/sla/clock.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import { answerOnce, type Repeatable, writeOnce } from '../../platform/storage/idempotency.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { customerFacts, readKnownCustomer } from '../customers/facts.ts';
import { checkAssignee, findAssignee } from './assignee.ts';
import { foldInto } from './fold.ts';
import { promisesFor } from './promises.ts';
import { addReaction, reactionTo, ticketOccasion } from './react.ts';

export interface NewTicket {
  readonly customerId: string;
  readonly type: string;
  readonly level?: number | null;
  readonly case?: string | null;
  readonly subject: string;
  readonly description?: string | null;
  readonly channel: Channel;
  readonly assigneeId?: string | null;
  readonly appointmentAt?: Date | null;
}

/**
 * Opens a ticket with the clocks that the policy promises: one transaction.
 *
 * The customer's manager owns it and, unless another is named, works on it; whoever received it is recorded and stays
 * visible (first contact responsibility, S03-broadband-key-account).
 *
 * @returns the ticket's id
 * @throws {InvalidInput} the policy has no such type, level or case
 */
export async function openTicket(
  services: Services,
  caller: Caller,
  input: NewTicket,
  idempotencyKey?: string | null,
): Promise<string> {
  requirePermission(caller.actor, 'openTicket');
  const request = { actorId: caller.actor.id, mutation: 'openTicket', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => open(services, caller, input, request));
}

async function open(services: Services, caller: Caller, input: NewTicket, request: Repeatable): Promise<string> {
  const { database, clock, policies, calendars, alerts } = services;
  const { actor, requestId } = caller;
  const now = clock.now();
  const [customer, assignee] = await Promise.all([
    readKnownCustomer(database, actor, input.customerId),
    input.assigneeId ? findAssignee(services, input.assigneeId) : null,
  ]);
  if (!customer) throw new NotFound('Customer');
  const policy = policies.get(customer.policyId);
  if (!policy) throw new NotFound('Policy');
  const level = input.level ?? 1;
  const issues = checkTicket(policy.declaration, { ...input, level });
  if (input.assigneeId) issues.push(...checkAssignee(assignee, customer.policyId));
  if (input.appointmentAt && !isKnownTime(input.appointmentAt.getTime()))
    issues.push({ path: 'input.appointmentAt', message: 'lies outside the years that calendars know' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const facts = customerFacts(policy.declaration, customer);
  const ticketFacts = {
    type: input.type,
    level,
    case: input.case ?? null,
    channel: input.channel,
    openedAt: now.toISOString(),
    appointmentAt: input.appointmentAt?.toISOString() ?? null,
  };
  const at = now.toISOString();
  const opening = { ...ticketFacts, status: 'NEW' as const };
  const viewer = { roles: actor.roles };
  // A ticket is never lost because a plugin broke: without a guard it opens, and without a reaction too.
  const reacting = {
    now: at,
    event: { kind: 'OPENED' as const, reachable: customer.phoneMask !== null },
    customer: facts,
    ticket: opening,
  };
  const [promised, reaction] = await Promise.all([
    promisesFor(services, customer.policyId, { now: at, cause: 'OPENED', ticket: ticketFacts, customer: facts }),
    reactionTo(services, customer.policyId, reacting),
    guardIfPossible(policies, customer.policyId, {
      now: at,
      action: 'OPEN_TICKET',
      viewer,
      customer: facts,
      ticket: { ...opening, calledBack: false, assigned: true },
      input: {},
    }),
  ]);
  const { promises, decision } = promised;

  const id = newId();
  const responsible = customer.managerId ?? (actor.roles.includes('CUSTOMER_MANAGER') ? actor.id : null);
  const assigneeId = input.assigneeId ?? responsible;
  const event = {
    id: newId(),
    ticketId: id,
    position: 1,
    kind: 'OPENED' as const,
    at: now,
    byId: actor.id,
    isPublic: true,
    pauseReason: null,
    appointmentAt: input.appointmentAt ?? null,
    promises: promises.map((promise) => ({ ...promise })),
  };
  const owner = {
    ticketId: id,
    customerId: customer.id,
    policyId: customer.policyId,
    branchId: customer.branchId,
    tierRank: customer.tierRank,
  };
  const writes = new WriteSet();
  const summary = foldInto(writes, noClocks, [event as never], {
    subject: { owner, customer, serial: null, assigneeId },
    known: [],
    calendars: calendars.get,
    at: now,
  });
  writes.insert('ticket_event', event as never).insert('ticket', {
    id,
    policyId: customer.policyId,
    branchId: customer.branchId,
    customerId: customer.id,
    type: input.type,
    level,
    caseCode: input.case ?? null,
    subject: input.subject.trim(),
    description: input.description ?? null,
    channel: input.channel,
    status: 'NEW',
    version: 1,
    openedAt: now,
    appointmentAt: input.appointmentAt ?? null,
    firstReceiverId: actor.id,
    ownerId: responsible,
    assigneeId,
    ...summary,
    tierCode: customer.tierCode,
    tierRank: customer.tierRank,
    fallback: decision.fallback !== null,
  });
  if (decision.fallback) {
    const { policyId, detail, spell } = decision.fallback;
    writes.insert('alert', policyFailedAlert(policyId, customer.branchId, detail, spell, now));
  }
  const about = { customer, customerFacts: facts, ticketId: id, ticket: opening, assigneeId };
  addReaction(writes, ticketOccasion(about), reacting, reaction);
  writes.insert(
    'audit_entry',
    auditRow({
      at: now,
      actorId: actor.id,
      requestId,
      action: 'OPEN_TICKET',
      subject: { type: 'Ticket', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
    }),
  );
  const ticketId = await writeOnce(database, request, now, writes, id);
  if (writes.of('alert').length > 0) alerts.wake();
  return ticketId;
}

/** What the policy and the platform ask of a new ticket. */
export function checkTicket(
  policy: Policy,
  {
    type,
    level,
    case: caseCode,
    subject,
    description,
  }: Pick<NewTicket, 'type' | 'case' | 'subject' | 'description'> & { level: number },
): Issue[] {
  const issues: Issue[] = [];
  const types = policy.ticketTypes ?? {};
  const declared = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!declared) issues.push({ path: 'input.type', message: `is none of ${Object.keys(types).join(', ')}` });
  const levels = Object.keys(declared?.levels ?? { 1: null }).map(Number);
  if (declared && !levels.includes(level))
    issues.push({ path: 'input.level', message: `is none of ${levels.join(', ')}` });
  if (caseCode && declared && !Object.hasOwn(declared.cases ?? {}, caseCode)) {
    issues.push({ path: 'input.case', message: `is none of ${Object.keys(declared.cases ?? {}).join(', ')}` });
  }
  if (subject.trim() === '') issues.push({ path: 'input.subject', message: 'is empty' });
  if (subject.length > 300) issues.push({ path: 'input.subject', message: 'is longer than 300 characters' });
  if ((description?.length ?? 0) > 16_000)
    issues.push({ path: 'input.description', message: 'is longer than 16,000 characters' });
  return issues;
}
