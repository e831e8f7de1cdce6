import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Act } from '../../engine/services/act.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';

/** What happened, and of whom it is told. */
interface Happened
  extends Pick<
    Prisma.InteractionUncheckedCreateInput,
    'customerId' | 'policyId' | 'channel' | 'purpose' | 'summary' | 'details' | 'ticketId'
  > {
  readonly branchId: string;
  /** As the audit trail names it. */
  readonly action: string;
}

/** Writes what the caller did just now for a customer, and its audit entry. Returns the interaction's id. */
export async function writeInteraction(act: Act, { branchId, action, ...happened }: Happened): Promise<string> {
  const id = newId();
  const { customerId, policyId } = happened;
  await act.commit({
    answer: id,
    audit: act.audit(action, { type: 'Interaction', id, policyId, branchId, customerId }),
    writes: new WriteSet().insert('interaction', {
      ...happened,
      id,
      direction: 'OUTBOUND',
      happenedAt: act.now,
      staffId: act.actor.id,
      recordedAt: act.now,
    }),
  });
  return id;
}
