import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** Lets one transaction at a time go past this key, until it ends. */
export async function lockKey(tx: Pick<TransactionClient, '$executeRaw'>, key: string): Promise<void> {
  await tx.$executeRaw`/* approvals.lockKey */ select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}
