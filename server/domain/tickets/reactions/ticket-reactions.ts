import type { AlertCustomer } from '../../../engine/alert-log/raise.ts';
import type { CustomerFacts, ReactFacts } from '../../../engine/policy/facts.ts';
import type { Occasion } from '../../tasks/add-reactions.ts';

/** The ticket that an event belongs to, as the policy's reaction needs it. */
export interface Reacting {
  readonly customer: AlertCustomer;
  readonly customerFacts: CustomerFacts;
  readonly ticketId: string;
  readonly ticket: NonNullable<ReactFacts['ticket']>;
  readonly assigneeId: string | null;
}

/** The facts about an event from which a policy tells what follows. */
export function reactionFacts({ customerFacts, ticket }: Reacting, event: ReactFacts['event'], now: Date): ReactFacts {
  return { now: now.toISOString(), event, customer: customerFacts, ticket };
}

/** A ticket as the occasion of its events. */
export function ticketOccasion({ customer, ticketId, assigneeId }: Reacting): Occasion {
  const { policyId, branchId } = customer;
  return { key: `ticket:${ticketId}`, policyId, branchId, customer, ticketId, assigneeId };
}
