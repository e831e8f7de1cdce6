import type { TicketLinkKind } from '../../../prisma/generated/client/enums.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { cancelling } from './change-ticket.ts';
import type { LoadedTicket } from './clock-fold.ts';
import { ticketsBeyond } from './sql.ts';
import { closing, required } from './ticket-work.ts';
import { type Decide, type MoveEvent, type PreparedMove, prepareMove } from './transition.ts';

// Two tickets of one line belong together: they have the same cause, one says again what the other says, or it went into the other. The
// link is a row, what was said of it an event of both. What is a duplicate of, or was merged into, forms no circle.

export interface NewLink {
  readonly id: string;
  readonly otherId: string;
  readonly kind: TicketLinkKind;
  readonly expectedVersion?: number | null;
  readonly reason: string;
}

interface Linked {
  readonly id: string;
  readonly serial: number;
  readonly policyId: string;
  readonly status: LoadedTicket['status'];
  readonly version: number;
}

const LINKED = {
  id: true,
  serial: true,
  policyId: true,
  status: true,
  version: true,
  customer: { select: { erasedAt: true } },
} as const;

/**
 * Links a ticket to another one. MERGED ends it: one that is resolved is closed by the rules of closing, any other ends as a
 * cancelled one does, without a solution of its own. Returns its id.
 *
 * @throws {NotFound} one of the two is not there, or not for the actor to see
 * @throws {InvalidInput} both are the same, or of two lines
 * @throws {Refused} it would be a circle, the other one is closed, or a rule of closing says no
 */
export async function linkTickets(services: Services, caller: Caller, input: NewLink): Promise<string> {
  const act = Act.begin(services, caller, 'workTicket');
  const text = required('input.reason', input.reason);
  const [ticket, other] = await both(act, input);
  await checkLink(act, ticket, other, input);
  const to = `${input.kind} T-${other.serial}`;
  const own = await prepareMove(act, ticket.id, linking(services, input.kind, ticket.status, { to, text }));
  const back = linkEvent({ to: `${input.kind} T-${ticket.serial}` });
  const theirs = await prepareMove(act, other.id, () => ({ move: 'link', events: [back] }));
  const row = {
    id: newId(),
    ticketId: ticket.id,
    otherId: other.id,
    kind: input.kind,
    byId: act.actor.id,
    at: act.now,
  };
  await commit(act, [own, theirs], ticket.id, async (tx) => {
    // What was merged, reopened, and is merged again, is linked since the last time.
    const where = { ticketId_otherId_kind: { ticketId: row.ticketId, otherId: row.otherId, kind: row.kind } };
    if (input.kind === 'MERGED')
      await tx.ticketLink.upsert({ where, create: row, update: { byId: row.byId, at: row.at } });
    else await tx.ticketLink.create({ data: row });
  });
  return ticket.id;
}

/**
 * Takes a link back, whichever of the two it was made from. What was merged stays: reopen that ticket.
 *
 * @throws {NotFound} there is no such link
 */
export async function unlinkTickets(services: Services, caller: Caller, input: NewLink): Promise<string> {
  const act = Act.begin(services, caller, 'workTicket');
  const text = required('input.reason', input.reason);
  if (input.kind === 'MERGED') throw new InvalidInput([{ path: 'input.kind', message: 'stays: reopen the ticket' }]);
  const [ticket, other] = await both(act, input);
  const where = { kind: input.kind, OR: pairs(ticket.id, other.id) };
  const link = await act.found('TicketLink', act.prisma.ticketLink.findFirst({ where }));
  const events = [linkEvent({ from: `${input.kind} T-${other.serial}` }), said(text)];
  const own = await prepareMove(act, ticket.id, () => ({ move: 'link', events }));
  const back = linkEvent({ from: `${input.kind} T-${ticket.serial}` });
  const theirs = await prepareMove(act, other.id, () => ({ move: 'link', events: [back] }));
  await commit(act, [own, theirs], ticket.id, async (tx) => {
    const { count } = await tx.ticketLink.deleteMany({ where: { id: link.id } });
    if (count === 0) throw new Conflict(null);
  });
  return ticket.id;
}

async function both(act: Act, { id, otherId, expectedVersion }: NewLink): Promise<[Linked, Linked]> {
  if (id === otherId) throw new InvalidInput([{ path: 'input.otherId', message: 'is the same ticket' }]);
  const find = async (one: string) => {
    const found = await act.found('Ticket', act.prisma.ticket.findFirst({ where: act.one(one), select: LINKED }));
    refuseErased(found.customer);
    return found;
  };
  const [ticket, other] = [await find(id), await find(otherId)];
  if (expectedVersion != null && ticket.version !== expectedVersion) throw new Conflict(ticket.version);
  if (ticket.policyId !== other.policyId)
    throw new InvalidInput([{ path: 'input.otherId', message: 'is a ticket of another business line' }]);
  return [ticket, other];
}

async function checkLink({ prisma }: Act, ticket: Linked, other: Linked, { kind }: NewLink): Promise<void> {
  const number = `T-${other.serial}`;
  if (kind === 'MERGED' && other.status === 'CLOSED') throw refuse('MERGED_INTO_CLOSED', { number });
  const same = kind === 'DUPLICATE' ? [{ ticketId: ticket.id, otherId: other.id }] : pairs(ticket.id, other.id);
  if (kind !== 'MERGED' && (await prisma.ticketLink.count({ where: { kind, OR: same } })) > 0)
    throw refuse('LINKED', { number });
  const beyond = kind === 'SAME_CAUSE' ? [] : await ticketsBeyond(prisma, other.id);
  if (beyond.includes(ticket.id)) throw refuse('LINK_CIRCLE', { number });
}

function pairs(id: string, otherId: string) {
  return [
    { ticketId: id, otherId },
    { ticketId: otherId, otherId: id },
  ];
}

function linkEvent({ from = null, to = null }: { from?: string | null; to?: string | null }): MoveEvent {
  return { kind: 'UPDATED', text: 'link', from, to };
}

const said = (text: string): MoveEvent => ({ kind: 'COMMENTED', text });

/** What linking does to the ticket itself. */
function linking(
  services: Services,
  kind: TicketLinkKind,
  status: LoadedTicket['status'],
  { to, text }: { readonly to: string; readonly text: string },
): Decide {
  if (kind !== 'MERGED') return () => ({ move: 'link', events: [linkEvent({ to }), said(text)] });
  const isOver = status === 'RESOLVED' || status === 'CLOSED';
  const end = isOver ? closing(services, false) : cancelling(services, text);
  return async (read, policy) => {
    const decided = await end(read, policy);
    return { ...decided, events: [linkEvent({ to }), ...(isOver ? [said(text)] : []), ...decided.events] };
  };
}

/** Both tickets, and the link, or nothing; always in one order, so that two who link the same two do not wait for each other. */
async function commit(
  act: Act,
  moves: readonly [PreparedMove, PreparedMove],
  id: string,
  change: (tx: TransactionClient) => Promise<void>,
): Promise<void> {
  const inOrder = moves.toSorted((a, b) => a.announces.id.localeCompare(b.announces.id));
  try {
    await act.commit({
      answer: id,
      // Each move writes its own entry.
      audit: [],
      announces: moves.map(({ announces }) => announces),
      alerts: moves.some(({ alerts }) => alerts),
      async change(tx) {
        for (const move of inOrder) await move.write(tx);
        await change(tx);
      },
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Conflict(null);
    throw error;
  }
}
