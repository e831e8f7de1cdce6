import type { Direction } from '../../../prisma/generated/client/enums.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { CustomerFacts } from '../../engine/policy/facts.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Act } from '../../engine/services/act.ts';
import type { CompletionWrites, TaskCompletion, TaskContact } from '../../engine/services/task-completion.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dayIn } from '../../platform/values/days.ts';
import type { Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { type RecordedMessage, recordedMessage } from '../messages/recorded.ts';
import { meetCallbacks, meetTasks } from '../tasks/meet.ts';
import { proposeFollowUp } from './follow-up.ts';

/** Contact with a customer, as it is about to be recorded. */
export interface NewContact {
  readonly policy: InstalledPolicy;
  readonly customer: AlertCustomer;
  readonly customerFacts: CustomerFacts;
  readonly contact: TaskContact & { readonly place?: string | null };
  readonly at: Date;
  readonly direction: Direction;
  readonly ticketId: string | null;
  readonly taskId: string | null;
  /** The message that it was, where it was one. */
  readonly message: RecordedMessage | null;
}

/** The rules of a record of contact, wherever it comes from. */
export function checkContact(
  { summary, satisfaction }: Pick<TaskContact, 'summary' | 'satisfaction'>,
  prefix = 'input',
): Issue[] {
  const issues: Issue[] = [];
  if (summary.trim() === '') issues.push({ path: `${prefix}.summary`, message: 'is empty' });
  if (summary.length > 4000) issues.push({ path: `${prefix}.summary`, message: 'is longer than 4,000 characters' });
  if (satisfaction != null && (satisfaction < 1 || satisfaction > 5)) {
    issues.push({ path: `${prefix}.satisfaction`, message: 'is not between 1 and 5' });
  }
  return issues;
}

/** Asks what follows from contact, and prepares all that is written with its record: the tasks that it does as well. */
export async function prepareContact(act: Act, made: NewContact): Promise<CompletionWrites & { readonly id: string }> {
  const { customer, customerFacts: facts, contact } = made;
  const id = newId();
  const writes = new WriteSet().insert('interaction', contactRow(act, id, made));
  await proposeFollowUp(act, writes, { interactionId: id, customer, facts }, contact);
  return {
    id,
    alerts: writes.of('alert').length > 0,
    async write(tx) {
      await made.message?.count(tx);
      await writes.execute(tx);
      await meetByContact(tx, made);
    },
  };
}

function contactRow({ actor, now }: Act, id: string, { customer, contact, ...made }: NewContact) {
  return {
    id,
    customerId: customer.id,
    policyId: customer.policyId,
    channel: contact.channel,
    purpose: contact.purpose,
    direction: made.direction,
    happenedAt: made.at,
    summary: contact.summary.trim(),
    needs: contact.needs ?? null,
    place: contact.place ?? null,
    signedByCustomer: contact.signedByCustomer ?? null,
    satisfaction: contact.satisfaction ?? null,
    ticketId: made.ticketId,
    taskId: made.taskId,
    staffId: actor.id,
    recordedAt: now,
  };
}

/** Does the tasks that the contact does by itself: needs of the customer, callbacks about its ticket. */
async function meetByContact(tx: TransactionClient, made: NewContact): Promise<void> {
  const { at, customer, ticketId } = made;
  const { channel, purpose } = made.contact;
  const contact = { on: dayIn(at, zoneOf(made.policy.declaration)), at, channel, purpose };
  await meetTasks(tx, customer.id, contact);
  if (ticketId) await meetCallbacks(tx, ticketId, contact);
}

/** A task that was done by contact with its customer is completed together with the record of it. */
export const contactTasks: TaskCompletion = {
  origin: 'CONTACT',
  isFrom: ({ customerId }) => customerId !== null,
  checkContact: (contact) => checkContact(contact, 'input.interaction'),
  async prepare({ task, contact, policy, customer, customerFacts }, act) {
    if (!contact || !customer || !customerFacts) return null;
    const about = { id: customer.id, facts: customerFacts };
    const message = await recordedMessage(act.services.database, policy.declaration, about, contact, act.now);
    // A message that a task asked for is a message all the same.
    if (message)
      await act.guard(task.policyId, {
        action: 'RECORD_INTERACTION',
        customer: customerFacts,
        input: { channel: contact.channel, purpose: contact.purpose, ...message.facts },
      });
    const { ticketId, id: taskId } = task;
    const made = { policy, customer, customerFacts, contact, at: act.now, ticketId, taskId, message };
    return prepareContact(act, { ...made, direction: 'OUTBOUND' });
  },
};
