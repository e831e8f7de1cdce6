import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** A ticket whose promises change, with the version that was read and its summary after. */
export interface MovedTicket {
  readonly id: string;
  readonly version: number;
  readonly sla_state: string;
  readonly next_due_at: Date | null;
}

/** Moves tickets on by one version, as far as they are still what was read; returns how many. */
export function moveTicketsOn(tx: TransactionClient, moved: readonly MovedTicket[]): Promise<number> {
  return tx.$executeRaw`
      /* policies.moveTicketsOn */
      update ticket t set version = t.version + 1, fallback = false, sla_state = g.sla_state::"SlaState", next_due_at = g.next_due_at
      from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as g(id uuid, version int, sla_state text, next_due_at timestamptz)
      where t.id = g.id and t.version = g.version`;
}

/** Waits until no other transaction configures the policy, and lets none do so until this one ends. */
export async function lockPolicy(tx: TransactionClient, policyId: string): Promise<void> {
  await tx.$executeRaw`/* policies.lockPolicy */ select pg_advisory_xact_lock(hashtext(${`policy ${policyId}`}))`;
}

/** No narrowing: the rows of all branches. */
export const ALL_ROWS = Prisma.sql`true`;
