import { type AlertCustomer, alertAbout } from '../alerts/raise.ts';
import type { Services } from '../context.ts';
import { newId } from '../ids.ts';
import type { CustomerFacts, ReactFacts } from '../policy/facts.ts';
import type { WriteSet } from '../storage/write-set.ts';

/** The ticket that an event belongs to, as the policy's reaction needs it. */
export interface Reacting {
  readonly customer: AlertCustomer;
  readonly customerFacts: CustomerFacts;
  readonly ticketId: string;
  readonly ticket: NonNullable<ReactFacts['ticket']>;
  readonly assigneeId: string | null;
}

/** Asks the policy what follows from an event, and adds its tasks and alerts to what is written with the event. */
export async function proposeReactions(
  services: Services,
  writes: WriteSet,
  { customer, customerFacts, ticketId, ticket, assigneeId }: Reacting,
  event: ReactFacts['event'],
  now: Date,
): Promise<void> {
  const { answer } = await services.policies.ask(customer.policyId, 'react', {
    now: now.toISOString(),
    event,
    customer: customerFacts,
    ticket,
  });
  for (const { key, dueAt, ...task } of answer.tasks) {
    writes.insert('task', {
      id: newId(),
      ...task,
      key: `ticket:${ticketId}:${key}`,
      channel: task.channel ?? null,
      status: 'OPEN',
      dueAt: new Date(dueAt),
      nextFireAt: new Date(dueAt),
      customerId: customer.id,
      policyId: customer.policyId,
      branchId: customer.branchId,
      assigneeId: assigneeId ?? customer.managerId,
      ticketId,
      createdAt: now,
    });
  }
  for (const { key, ...alert } of answer.alerts) {
    writes.insert(
      'alert',
      alertAbout(customer, { ...alert, key: `ticket:${ticketId}:${key}`, at: now, ticketId, assigneeId }),
    );
  }
}
