import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** A customer whom somebody else manages from now on; `from` is who did, null where nobody. */
export interface HandedOver {
  readonly id: string;
  readonly from: string | null;
}

/**
 * Gives what was open for the manager of a customer, or for nobody, to who manages the customer now. The work of a plan, a ticket
 * or a meeting stays with those to whom it was given by name.
 */
export async function handOverTasks(tx: TransactionClient, customers: readonly HandedOver[]): Promise<void> {
  if (customers.length === 0) return;
  await tx.$executeRaw`
    /* customers.handOverTasks */
    update task t set assignee_id = c.manager_id
    from jsonb_to_recordset(${JSON.stringify(customers)}::jsonb) as h(id uuid, "from" uuid) join customer c on c.id = h.id
    where t.customer_id = h.id and t.status in ('OPEN', 'OVERDUE') and t.assignee_id is not distinct from h."from"
      and t.plan_id is null and t.ticket_id is null and t.resolution_id is null`;
}
