import { Act } from '../../engine/services/act.ts';
import type { AllowedMove } from '../../engine/services/refusal-of.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { cancelling, changingCase, holding, rescheduling } from './change-ticket.ts';
import { LOADED_TICKET, type LoadedTicket } from './clock-fold.ts';
import {
  acknowledging,
  closing,
  decideUpdate,
  escalating,
  reopening,
  resolving,
  resuming,
  waiting,
} from './ticket-work.ts';
import { type Decide, refusalOfMove } from './transition.ts';

/** Moves of a ticket as screens offer them; each is the mutation of that name. */
export const TICKET_MOVES = [
  'ACKNOWLEDGE',
  'UPDATE',
  'START',
  'WAIT_ON_CUSTOMER',
  'HOLD',
  'RESUME',
  'ESCALATE',
  'RESCHEDULE',
  'CHANGE_CASE',
  'RESOLVE',
  'CLOSE',
  'CANCEL',
  'REOPEN',
] as const;
export type TicketMove = (typeof TICKET_MOVES)[number];

/** What a person would write who may make the move: what is refused all the same is refused whatever is written. */
const TEXT = '-';
const DAY_MS = 86_400_000;

/**
 * Which moves of the ticket the caller may make now. Each is judged by what would carry it out, as if the best were said that can
 * be: the customer confirmed, the cause is known, the next level, another case, an appointment in a day.
 */
export async function allowedTicketMoves(
  services: Services,
  caller: Caller,
  id: string,
): Promise<AllowedMove<TicketMove>[]> {
  const act = Act.begin(services, caller, null);
  const where = act.one(id);
  const ticket = await act.found('Ticket', act.prisma.ticket.findFirst({ where, include: LOADED_TICKET }));
  const decide = decisions(act, ticket);
  const refusals = await Promise.all(TICKET_MOVES.map((move) => refusalOfMove(act, ticket, decide[move])));
  return TICKET_MOVES.map((move, index) => ({ move, refusal: refusals[index] ?? null }));
}

function decisions(act: Act, ticket: LoadedTicket): Record<TicketMove, Decide> {
  const { services, actor, now } = act;
  const type = services.policies.get(ticket.policyId)?.declaration.ticketTypes?.[ticket.type];
  const levels = Object.keys(type?.levels ?? {}).map(Number);
  const [nextLevel = ticket.level] = levels.filter((level) => level > ticket.level).sort((a, b) => a - b);
  const otherCase = Object.keys(type?.cases ?? {}).find((code) => code !== ticket.caseCode) ?? ticket.caseCode ?? '';
  return {
    ACKNOWLEDGE: acknowledging(actor.id, null),
    UPDATE: (read) => decideUpdate(read, { comment: TEXT }),
    START: (read) => decideUpdate(read, { status: 'IN_PROGRESS' }),
    WAIT_ON_CUSTOMER: waiting(TEXT),
    HOLD: holding('ANOTHER_PARTY', TEXT),
    RESUME: resuming,
    ESCALATE: escalating(nextLevel, TEXT),
    RESCHEDULE: rescheduling(services, new Date(now.getTime() + DAY_MS), TEXT),
    CHANGE_CASE: changingCase(otherCase, TEXT),
    RESOLVE: resolving(services, TEXT, TEXT),
    CLOSE: closing(services, true),
    CANCEL: cancelling(services, TEXT),
    REOPEN: reopening(TEXT),
  };
}
