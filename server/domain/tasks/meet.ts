import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import { isMetBy, type KnownContact } from './met-by.ts';
import { openNeeds } from './sql.ts';

/**
 * Does the open tasks of a customer that contact does by itself: the contact of the month, a round visit, a greeting. What
 * was overdue is done late, for `completedAt` lies after `dueAt`.
 *
 * @param contact with its day in the policy's zone
 */
export async function meetTasks(
  tx: Prisma.TransactionClient,
  customerId: string,
  contact: KnownContact & { readonly at: Date },
): Promise<void> {
  const open = await openNeeds(tx, customerId);
  const met = open.filter((need) => isMetBy(need, contact)).map(({ id }) => id);
  if (met.length > 0) await close(tx, { id: { in: met } }, contact);
}

/** Channels on which a customer is called back about a ticket. */
const CALLBACK_CHANNELS: readonly Channel[] = ['PHONE', 'VISIT', 'HOTLINE', 'WECHAT', 'CHAT', 'HALL'];

/** Whether contact about a ticket is a callback: spoken, and not the customer's own call or visit. */
export function isCallback({ channel, purpose }: { readonly channel: Channel; readonly purpose: Purpose }): boolean {
  return CALLBACK_CHANNELS.includes(channel) && purpose !== 'RECEPTION';
}

/** Does the callbacks about a ticket that were open when the customer was spoken to about it. */
export async function meetCallbacks(
  tx: Prisma.TransactionClient,
  ticketId: string,
  contact: Pick<KnownContact, 'on' | 'channel' | 'purpose'> & { readonly at: Date },
): Promise<void> {
  if (isCallback(contact)) await close(tx, { ticketId, origin: 'CALLBACK', createdAt: { lte: contact.at } }, contact);
}

async function close(
  tx: Prisma.TransactionClient,
  which: Prisma.TaskWhereInput,
  { on, at }: { readonly on: string; readonly at: Date },
): Promise<void> {
  await tx.task.updateMany({
    where: { ...which, status: { in: ['OPEN', 'OVERDUE'] } },
    data: { status: 'DONE', outcome: `Met by contact on ${on}.`, completedAt: at, nextFireAt: null },
  });
}
