import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** Lets those who begin a record of a kind about the same wait for each other until the transaction ends. */
export async function holdKind(tx: TransactionClient, kindAndSubject: string): Promise<void> {
  await tx.$executeRaw`/* records.holdKind */ select pg_advisory_xact_lock(hashtext(${kindAndSubject}))`;
}
