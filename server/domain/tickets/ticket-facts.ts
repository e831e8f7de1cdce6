import type { Ticket } from '../../../prisma/generated/client/client.ts';
import type { TicketFacts } from '../../engine/policy/facts.ts';

/** What a policy may know of a ticket: no subject, description or name. */
export function ticketFacts(
  ticket: Pick<Ticket, 'type' | 'level' | 'caseCode' | 'channel' | 'openedAt' | 'appointmentAt'>,
): TicketFacts {
  return {
    type: ticket.type,
    level: ticket.level,
    case: ticket.caseCode,
    channel: ticket.channel,
    openedAt: ticket.openedAt.toISOString(),
    appointmentAt: ticket.appointmentAt?.toISOString() ?? null,
  };
}
