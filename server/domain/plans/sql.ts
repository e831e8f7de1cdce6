import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** What a plan has spent, as an exact decimal; its row is locked until the transaction ends. */
export async function lockSpent(tx: TransactionClient, planId: string): Promise<string> {
  const [current] = await tx.$queryRaw<{ spent: string }[]>`/* plans.lockSpent */
    select spent::text from maintenance_plan where id = ${planId}::uuid for update`;
  return current?.spent ?? '0';
}
