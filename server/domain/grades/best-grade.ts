import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { copyBestGrades } from './sql.ts';

/**
 * Copies the best grades in force onto customers, and their ranks onto the open tickets, as sets, so that lists filter and
 * sort by them without a join.
 */
export async function refreshBestGrades(tx: Prisma.TransactionClient, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length > 0) await copyBestGrades(tx, customerIds);
}
