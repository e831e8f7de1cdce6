import { isMetBy, type KnownContact } from '../care/met.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { MetBy } from '../policy/answers.ts';

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
  const open = await tx.$queryRaw<{ id: string; from: string | null; to: string | null; metBy: MetBy }[]>`
    select id, period_from::text as "from", period_to::text as "to", met_by as "metBy" from task
    where customer_id = ${customerId}::uuid and status in ('OPEN', 'OVERDUE') and met_by is not null`;
  const met = open.filter((need) => isMetBy(need, contact)).map(({ id }) => id);
  if (met.length === 0) return;
  await tx.task.updateMany({
    where: { id: { in: met }, status: { in: ['OPEN', 'OVERDUE'] } },
    data: { status: 'DONE', outcome: `Met by contact on ${contact.on}.`, completedAt: contact.at, nextFireAt: null },
  });
}
