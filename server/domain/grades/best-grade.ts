import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { closeCardsWithoutTier, copyBestGrades } from './sql.ts';

/**
 * Writes what follows from a change of grades, as sets: the best ones in force are copied onto customers, and their ranks onto the
 * open tickets, so that lists filter and sort by them without a join; cards of tiers that are no longer held are closed. Whatever
 * begins or ends grades calls it last, in its transaction.
 */
export async function refreshBestGrades(tx: Prisma.TransactionClient, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await copyBestGrades(tx, customerIds);
  await closeCardsWithoutTier(tx, customerIds);
}
