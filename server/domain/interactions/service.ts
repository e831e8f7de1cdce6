import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import { guard } from '../../engine/policy/guard.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dayIn } from '../../platform/values/days.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { customerFor } from '../customers/find.ts';
import { recordedMessage } from '../messages/recorded.ts';
import { isCallback, meetCallbacks, meetTasks } from '../tasks/meet.ts';
import { recordCallback } from '../tickets/work.ts';
import { proposeFollowUp } from './follow-up.ts';

export interface NewInteraction {
  readonly customerId: string;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly happenedAt?: Date | null;
  readonly summary: string;
  readonly needs?: string | null;
  readonly place?: string | null;
  readonly signedByCustomer?: boolean | null;
  readonly ticketId?: string | null;
  readonly taskId?: string | null;
  /** 1 to 5. */
  readonly satisfaction?: number | null;
  /** Something was asked that is to be answered; of a call with a need, left out means yes. */
  readonly openQuestion?: boolean | null;
}

/** The rules of a record of contact, wherever it comes from. */
export function checkInteraction(
  { summary, satisfaction, happenedAt }: Pick<NewInteraction, 'summary' | 'satisfaction' | 'happenedAt'>,
  now: Date,
  prefix = 'input',
): Issue[] {
  const issues: Issue[] = [];
  if (summary.trim() === '') issues.push({ path: `${prefix}.summary`, message: 'is empty' });
  if (summary.length > 4000) issues.push({ path: `${prefix}.summary`, message: 'is longer than 4,000 characters' });
  if (satisfaction != null && (satisfaction < 1 || satisfaction > 5)) {
    issues.push({ path: `${prefix}.satisfaction`, message: 'is not between 1 and 5' });
  }
  if (happenedAt && happenedAt > now) issues.push({ path: `${prefix}.happenedAt`, message: 'lies in the future' });
  return issues;
}

/** Records contact with a customer; about a resolved ticket it is the callback. Returns the interaction's id. */
export async function recordInteraction(services: Services, caller: Caller, input: NewInteraction): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'recordInteraction');
  const now = clock.now();
  const issues = checkInteraction(input, now);
  const [customer, ticket, task] = await Promise.all([
    customerFor(database, actor, input.customerId, CUSTOMER_FACTS),
    input.ticketId ? database.prisma.ticket.findUnique({ where: { id: input.ticketId } }) : null,
    input.taskId ? database.prisma.task.findUnique({ where: { id: input.taskId } }) : null,
  ]);
  if (!customer) throw new NotFound('Customer');
  if (input.ticketId && ticket?.customerId !== customer.id)
    issues.push({ path: 'input.ticketId', message: 'is no ticket of the customer' });
  if (input.taskId && task?.customerId !== customer.id)
    issues.push({ path: 'input.taskId', message: 'is no task of the customer' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const policy = policies.get(customer.policyId);
  if (!policy) throw new NotFound('Policy');
  const facts = customerFacts(policy.declaration, customer);
  const at = input.happenedAt ?? now;
  const message = await recordedMessage(database, policy.declaration, { id: customer.id, facts }, input, at);
  await guard(policies, customer.policyId, {
    now: now.toISOString(),
    action: 'RECORD_INTERACTION',
    viewer: { roles: actor.roles },
    customer: facts,
    ticket: null,
    input: {
      channel: input.channel,
      purpose: input.purpose,
      signedByCustomer: input.signedByCustomer ?? null,
      aboutProblem: Boolean(input.ticketId) || Boolean(input.needs?.trim()),
      ...message?.facts,
    },
  });
  const id = newId();
  const writes = new WriteSet().insert('interaction', {
    id,
    customerId: customer.id,
    policyId: customer.policyId,
    channel: input.channel,
    purpose: input.purpose,
    direction: input.purpose === 'RECEPTION' ? 'INBOUND' : 'OUTBOUND',
    happenedAt: at,
    summary: input.summary.trim(),
    needs: input.needs ?? null,
    place: input.place ?? null,
    signedByCustomer: input.signedByCustomer ?? null,
    satisfaction: input.satisfaction ?? null,
    ticketId: input.ticketId ?? null,
    taskId: input.taskId ?? null,
    staffId: actor.id,
    recordedAt: now,
  });
  await proposeFollowUp(services, writes, { interactionId: id, customer, facts }, input, now);
  const on = dayIn(at, zoneOf(policy.declaration));
  await inTransaction(database, async (tx) => {
    await message?.count(tx);
    await writes.execute(tx);
    await meetTasks(tx, customer.id, { on, at, channel: input.channel, purpose: input.purpose });
    if (ticket) await meetCallbacks(tx, ticket.id, { on, at, channel: input.channel, purpose: input.purpose });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'RECORD_INTERACTION',
      subject: { type: 'Interaction', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: customer.id,
    });
  });
  if (writes.of('alert').length > 0) services.alerts.wake();
  // What was said before the solution is no callback about it, however late it is recorded.
  const isSolved = ticket?.status === 'RESOLVED' && ticket.resolvedAt !== null && ticket.resolvedAt <= at;
  if (isSolved && isCallback(input)) {
    await recordCallback(services, caller, ticket.id, input.summary.trim());
  }
  return id;
}
