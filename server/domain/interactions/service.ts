import type { Task, Ticket } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { TaskContact } from '../../engine/services/task-completion.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor } from '../customers/find-customer.ts';
import { recordedMessage } from '../messages/recorded.ts';
import { isCallback } from '../tasks/meet.ts';
import { prepareCallback } from '../tickets/ticket-work.ts';
import type { PreparedMove } from '../tickets/transition.ts';
import { checkContact, prepareContact } from './contact.ts';

export interface NewInteraction extends TaskContact {
  readonly customerId: string;
  readonly happenedAt?: Date | null;
  readonly place?: string | null;
  readonly ticketId?: string | null;
  readonly taskId?: string | null;
}

/** Records contact with a customer; about a resolved ticket it is the callback. Returns the interaction's id. */
export async function recordInteraction(services: Services, caller: Caller, input: NewInteraction): Promise<string> {
  const act = Act.begin(services, caller, 'recordInteraction');
  const { customer, ticket } = await findAbout(act, input);
  const policy = act.policyOf(customer);
  const facts = customerFacts(policy.declaration, customer);
  const at = input.happenedAt ?? act.now;
  const about = { id: customer.id, facts };
  const message = await recordedMessage(services.database, policy.declaration, about, input, at);
  await act.guard(customer.policyId, {
    action: 'RECORD_INTERACTION',
    customer: facts,
    input: {
      channel: input.channel,
      purpose: input.purpose,
      signedByCustomer: input.signedByCustomer ?? null,
      aboutProblem: Boolean(input.ticketId) || Boolean(input.needs?.trim()),
      ...message?.facts,
    },
  });
  const { id, alerts, write } = await prepareContact(act, {
    policy,
    customer,
    customerFacts: facts,
    contact: input,
    at,
    direction: input.purpose === 'RECEPTION' ? 'INBOUND' : 'OUTBOUND',
    ticketId: input.ticketId ?? null,
    taskId: input.taskId ?? null,
    message,
  });
  const callback = await callbackOf(act, input, ticket, at);
  const { policyId, branchId } = customer;
  const subject = { type: 'Interaction', id, policyId, branchId, customerId: customer.id };
  await act.commit({
    answer: id,
    audit: act.audit('RECORD_INTERACTION', subject),
    alerts: alerts || callback?.alerts === true,
    ...(callback && { announces: callback.announces }),
    async change(tx) {
      await callback?.write(tx);
      await write(tx);
    },
  });
  return id;
}

/** The customer whom it is about, and the ticket where it is about one. */
async function findAbout(act: Act, input: NewInteraction) {
  const issues = checkContact(input);
  if (input.happenedAt && input.happenedAt > act.now)
    issues.push({ path: 'input.happenedAt', message: 'lies in the future' });
  const [customer, ticket, task] = await Promise.all([
    customerFor(act.services.database, act.actor, input.customerId, CUSTOMER_FACTS),
    input.ticketId ? act.prisma.ticket.findUnique({ where: { id: input.ticketId } }) : null,
    input.taskId ? act.prisma.task.findUnique({ where: { id: input.taskId } }) : null,
  ]);
  if (!customer) throw new NotFound('Customer');
  const isTheirs = (row: Ticket | Task | null) => row?.customerId === customer.id;
  if (input.ticketId && !isTheirs(ticket))
    issues.push({ path: 'input.ticketId', message: 'is no ticket of the customer' });
  if (input.taskId && !isTheirs(task)) issues.push({ path: 'input.taskId', message: 'is no task of the customer' });
  if (issues.length > 0) throw new InvalidInput(issues);
  return { customer, ticket };
}

/** The callback about a ticket, where the contact was one: it is written with the contact, or neither is. */
async function callbackOf(
  act: Act,
  contact: NewInteraction,
  ticket: Ticket | null,
  at: Date,
): Promise<PreparedMove | null> {
  // What was said before the solution is no callback about it, however late it is recorded.
  const isSolved = ticket?.status === 'RESOLVED' && ticket.resolvedAt !== null && ticket.resolvedAt <= at;
  return isSolved && isCallback(contact) ? prepareCallback(act, ticket.id, contact.summary.trim()) : null;
}
