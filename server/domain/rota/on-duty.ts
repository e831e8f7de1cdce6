import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { Roster } from './rules.ts';
import { shiftsAt } from './sql.ts';

/** Who is on duty in a business line at an instant, by its rota. */
export async function rosterAt(db: Pick<PrismaClient, '$queryRaw'>, policyId: string, at: Date): Promise<Roster> {
  return new Roster(await shiftsAt(db, policyId, at));
}
