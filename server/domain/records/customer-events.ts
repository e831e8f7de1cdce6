import type { EventFact } from '../../engine/policy/facts.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Act } from '../../engine/services/act.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import type { KnownCustomer } from './find-subject.ts';
import { addRecordReactions, applyStages, recordReactions } from './record-reactions.ts';

/** Something that happened to a customer, and by which key what follows from it is known. */
export interface CustomerEvent {
  readonly key: string;
  readonly policy: InstalledPolicy;
  readonly customer: KnownCustomer;
  readonly event: EventFact;
}

/**
 * Asks the policy what follows from something that happened to a customer, and adds its tasks, alerts and records to what is written
 * with it. Outside of any transaction.
 *
 * @returns gives the customer the stage that the policy says, in the transaction
 */
export async function followCustomerEvent(
  act: Act,
  writes: WriteSet,
  { key, policy, customer, event }: CustomerEvent,
): Promise<(tx: TransactionClient) => Promise<void>> {
  const nothing = { person: null, contractId: null, ticketId: null, parentId: null };
  const subject = { ...nothing, branchId: customer.branchId, customer };
  const acting = { services: act.services, now: act.now, byId: act.actor.id };
  const reactions = await recordReactions(acting, { policy, kind: null, subject }, [event]);
  addRecordReactions(acting, writes, { policy, id: key, subject }, reactions);
  return (tx) => applyStages(act, tx, subject, reactions);
}
