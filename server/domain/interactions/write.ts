import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Caller } from '../../engine/services/services.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import type { Database } from '../../platform/storage/database.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';

/** What happened, and of whom it is told. */
interface Act
  extends Pick<
    Prisma.InteractionUncheckedCreateInput,
    'customerId' | 'policyId' | 'channel' | 'purpose' | 'summary' | 'details' | 'ticketId'
  > {
  readonly branchId: string;
  /** As the audit trail names it. */
  readonly action: string;
}

/** Writes what the caller did just now for a customer, and its audit entry. Returns the interaction's id. */
export async function writeInteraction(
  database: Pick<Database, 'pool'>,
  { actor, requestId }: Caller,
  { branchId, action, ...act }: Act,
  now: Date,
): Promise<string> {
  const id = newId();
  const { customerId, policyId } = act;
  await new WriteSet()
    .insert('interaction', {
      ...act,
      id,
      direction: 'OUTBOUND',
      happenedAt: now,
      staffId: actor.id,
      recordedAt: now,
    })
    .insert(
      'audit_entry',
      auditRow({
        at: now,
        actorId: actor.id,
        requestId,
        action,
        subject: { type: 'Interaction', id },
        policyId,
        branchId,
        customerId,
      }),
    )
    .execute(database);
  return id;
}
