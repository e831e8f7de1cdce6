import type { TicketStatus } from '../../../prisma/generated/client/enums.ts';
import { refuse } from '../../platform/values/refusals.ts';

/**
 * The moves of a ticket.
 *
 *     NEW ── acknowledge ─> ACKNOWLEDGED ── start ─> IN_PROGRESS
 *      │                        │                      │  ^
 *      └───── wait, hold ───────┴───── wait, hold ─────┘  │
 *         WAITING_ON_CUSTOMER, ON_HOLD ──── resume ───────┘
 *     any of these ── resolve ─> RESOLVED ── close ─> CLOSED
 *     any of these ── cancel ──> CLOSED, without a solution
 *     RESOLVED, CLOSED ── reopen ─> IN_PROGRESS
 *
 * A first response that is still owed is given in any of these and leaves the status as it is, unless it is NEW.
 * Escalating, assigning, commenting, a new appointment and another case leave the status as it is; they are possible until it is resolved, a comment
 * until it is closed. Notes, links and files come and go at any time: a signed form comes when all is over.
 */
const WAITING: readonly TicketStatus[] = ['WAITING_ON_CUSTOMER', 'ON_HOLD'];
const OPEN: readonly TicketStatus[] = ['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', ...WAITING];

const MOVES = {
  acknowledge: { from: ['NEW'], to: 'ACKNOWLEDGED' },
  start: { from: ['NEW', 'ACKNOWLEDGED', ...WAITING], to: 'IN_PROGRESS' },
  wait: { from: ['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS'], to: 'WAITING_ON_CUSTOMER' },
  hold: { from: ['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS'], to: 'ON_HOLD' },
  resume: { from: WAITING, to: 'IN_PROGRESS' },
  escalate: { from: OPEN, to: null },
  update: { from: [...OPEN, 'RESOLVED'], to: null },
  note: { from: [...OPEN, 'RESOLVED', 'CLOSED'], to: null },
  link: { from: [...OPEN, 'RESOLVED', 'CLOSED'], to: null },
  attach: { from: [...OPEN, 'RESOLVED', 'CLOSED'], to: null },
  resolve: { from: OPEN, to: 'RESOLVED' },
  close: { from: ['RESOLVED'], to: 'CLOSED' },
  cancel: { from: OPEN, to: 'CLOSED' },
  reschedule: { from: OPEN, to: null },
  changeCase: { from: OPEN, to: null },
  reopen: { from: ['RESOLVED', 'CLOSED'], to: 'IN_PROGRESS' },
} as const satisfies Record<string, { from: readonly TicketStatus[]; to: TicketStatus | null }>;

/** Whether a ticket waits for somebody else; its work is not stopped by anything of ours. */
export function isWaiting(status: TicketStatus): boolean {
  return WAITING.includes(status);
}

export type Move = keyof typeof MOVES;

/**
 * The status after a move.
 *
 * @throws {Refused} ILLEGAL_MOVE: the ticket's status does not allow it
 */
export function statusAfter(move: Move, status: TicketStatus): TicketStatus {
  const { from, to }: { from: readonly TicketStatus[]; to: TicketStatus | null } = MOVES[move];
  if (!from.includes(status)) throw refuse('ILLEGAL_MOVE', { status, move, from: from.join(' or ') });
  return to ?? status;
}
