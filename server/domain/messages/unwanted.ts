import { guard } from '../../engine/policy/guard.ts';
import type { Services } from '../../engine/services/services.ts';
import { Refused } from '../../platform/values/errors.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { type MessageFacts, messageFacts } from './message-quota.ts';
import { signatureOf } from './rules.ts';
import type { Claimed } from './sql.ts';

/**
 * Whether a message is no longer to be sent: the customer departed or declined since it was queued, or decided about consent
 * and the policy does not allow it any more.
 */
export async function isUnwanted({ database, policies }: Services, message: Claimed): Promise<boolean> {
  if (message.is_unwanted || !message.has_decided) return message.is_unwanted;
  const policy = policies.get(message.policy_id)?.declaration;
  if (!policy) return false;
  const customer = await database.prisma.customer.findUniqueOrThrow({
    where: { id: message.customer_id },
    select: CUSTOMER_FACTS,
  });
  const facts = customerFacts(policy, customer);
  const { purpose, channel, body, now: at } = message;
  const name = signatureOf(policy, facts.profile) ?? message.branch_name;
  const known = await messageFacts(database.prisma, policy, { customerId: customer.id, purpose, body, name, at });
  try {
    await guard(policies, message.policy_id, {
      now: at.toISOString(),
      action: 'SEND_MESSAGE',
      viewer: { roles: [] },
      customer: facts,
      ticket: null,
      input: { channel, purpose, ...withoutItself(known) },
    });
    return false;
  } catch (error) {
    if (error instanceof Refused) return true;
    throw error;
  }
}

/** It is itself among those that were counted. */
function withoutItself(known: MessageFacts): MessageFacts {
  const less = (count: number) => Math.max(0, count - 1);
  return { ...known, sentThisMonth: less(known.sentThisMonth), sentThisHoliday: less(known.sentThisHoliday) };
}
