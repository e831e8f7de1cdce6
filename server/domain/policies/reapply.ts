import type { TicketStatus } from '../../../prisma/generated/client/enums.ts';
import type { PromiseFacts } from '../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import type { LoadedTicket } from '../tickets/clock-fold.ts';
import { ticketFacts } from '../tickets/ticket-facts.ts';

/** What applying the policy in force did to the open tickets. */
export interface Applied {
  readonly open: number;
  readonly deadlinesMoved: number;
  readonly breachesCreated: number;
  readonly breachesAvoided: number;
}

/** The facts for which an open ticket's promise is asked again. */
export function reapplyFacts(
  policy: InstalledPolicy,
  ticket: Parameters<typeof ticketFacts>[0] & Pick<LoadedTicket, 'customer'>,
  now: Date,
): PromiseFacts {
  return {
    now: now.toISOString(),
    cause: 'POLICY_APPLIED',
    ticket: ticketFacts(ticket),
    customer: customerFacts(policy.declaration, ticket.customer),
  };
}

/** Whether a decision is put into force: not where the standard policy stood in, nor on what waits only to be closed. */
export function isApplied(
  decision: Decision<'promise'> | Error | undefined,
  status: TicketStatus,
): decision is Decision<'promise'> {
  return decision !== undefined && !(decision instanceof Error) && !decision.fallback && status !== 'RESOLVED';
}
