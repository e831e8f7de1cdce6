import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { CustomerFacts } from '../../engine/policy/facts.ts';
import { reactionTo } from '../../engine/policy/reactions.ts';
import type { Act } from '../../engine/services/act.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { addReaction } from '../tasks/add-reactions.ts';

/** Contact as far as a policy knows it. */
export interface Contact {
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly needs?: string | null;
  /** 1 to 5. */
  readonly satisfaction?: number | null;
  /** Something was asked that could not be answered; of a call with a need, left out means yes. */
  readonly openQuestion?: boolean | null;
}

/** Whether something was left open: said so, or a need that was heard on the telephone. */
export function leavesQuestion({ channel, needs, openQuestion }: Contact): boolean {
  return openQuestion ?? (channel === 'PHONE' && Boolean(needs?.trim()));
}

/**
 * Asks the policy what follows from contact with a customer, outside any transaction, and adds it to what is written with
 * the record of it: an answer that was left open, another strategy for who is dissatisfied.
 */
export async function proposeFollowUp(
  { services, now }: Act,
  writes: WriteSet,
  about: { readonly interactionId: string; readonly customer: AlertCustomer; readonly facts: CustomerFacts },
  contact: Contact,
): Promise<void> {
  const { interactionId, customer, facts } = about;
  const event = {
    kind: 'INTERACTION' as const,
    channel: contact.channel,
    purpose: contact.purpose,
    openQuestion: leavesQuestion(contact),
    ...(contact.satisfaction != null && { satisfaction: contact.satisfaction }),
  };
  const reacting = { now: now.toISOString(), event, customer: facts, ticket: null };
  const reaction = await reactionTo(services, customer.policyId, reacting);
  const { policyId, branchId, managerId: assigneeId } = customer;
  const occasion = { key: `interaction:${interactionId}`, policyId, branchId, customer, ticketId: null, assigneeId };
  addReaction(writes, occasion, reacting, reaction);
}
