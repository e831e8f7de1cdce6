import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import type { CustomerFacts } from '../../engine/policy/facts.ts';
import type { Database } from '../../platform/storage/database.ts';
import { countInFile, holdCount, type MessageFacts, messageFacts } from './message-quota.ts';
import { signatureOf } from './rules.ts';

/** A message that was sent by other means and is recorded: it counts like one of ours. */
export interface RecordedMessage {
  readonly facts: MessageFacts;
  /** Counts it, in the transaction that records it; another one that came in between is a Conflict. */
  count(tx: Prisma.TransactionClient): Promise<void>;
}

/** What a policy hears of a record of a short message, signed where the file names the hall; null of any other contact. */
export async function recordedMessage(
  { prisma }: Pick<Database, 'prisma'>,
  policy: Policy,
  customer: { readonly id: string; readonly facts: CustomerFacts },
  contact: { readonly channel: Channel; readonly purpose: Purpose; readonly summary: string },
  at: Date,
): Promise<RecordedMessage | null> {
  if (contact.channel !== 'SMS') return null;
  const message = {
    customerId: customer.id,
    purpose: contact.purpose,
    body: contact.summary,
    name: signatureOf(policy, customer.facts.profile),
    at,
  };
  const facts = await messageFacts(prisma, policy, message);
  return {
    facts,
    count: async (tx) => {
      await holdCount(tx, policy, message, facts);
      await countInFile(tx, policy, customer.id, facts.kind);
    },
  };
}
