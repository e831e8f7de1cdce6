import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { TicketStatus } from '../../../prisma/generated/client/enums.ts';
import type { ActionWithInput } from '../../engine/policy/action-inputs.ts';
import type { CustomerFacts, PromiseFacts } from '../../engine/policy/facts.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { reactionTo } from '../../engine/policy/reactions.ts';
import { Act } from '../../engine/services/act.ts';
import { refusalOf } from '../../engine/services/refusal-of.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import type { EventKind } from '../../platform/values/enums.ts';
import { Conflict, PolicyFailure, type RefusalReason } from '../../platform/values/errors.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { addReaction } from '../tasks/add-reactions.ts';
import { foldOfTicket, LOADED_TICKET, type LoadedTicket, storeFold } from './clock-fold.ts';
import { eventRow, type TicketEventDraft, type TicketEventRow } from './event-row.ts';
import { type Move, statusAfter } from './moves.ts';
import { addPromiseDecision, type Promised, promisesFor } from './pin-promises.ts';
import { reactionFacts, ticketOccasion } from './reactions/ticket-reactions.ts';
import { ticketFacts } from './ticket-facts.ts';

/** An event that a move makes, with the facts that policies read beside its kind. */
export interface MoveEvent extends TicketEventDraft {
  readonly kind: Extract<TicketEventDraft['kind'], EventKind>;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A move: what happens, what it asks of the policy, and the columns that it sets. */
export interface Transition {
  readonly move: Move;
  readonly events: readonly MoveEvent[];
  readonly set?: Pick<
    Prisma.TicketUncheckedUpdateManyInput,
    'subject' | 'resolution' | 'rootCause' | 'resolvedAt' | 'closedAt'
  > & { readonly assigneeId?: string | null; readonly appointmentAt?: Date; readonly caseCode?: string };
  readonly guard?: ActionWithInput;
  /** The move changes what is promised. */
  readonly promise?: {
    readonly cause: PromiseFacts['cause'];
    readonly level: number;
    /** What the ticket was promised is better than what stands in for a policy that is out of order. */
    readonly neverByFallback?: boolean;
  };
  readonly status?: TicketStatus;
}

/** Tells from a ticket, and its policy, what a move does. */
export type Decide = (ticket: LoadedTicket, policy: InstalledPolicy) => Transition | Promise<Transition>;

/** A transition of a ticket as it is applied. */
interface Applying {
  readonly ticket: LoadedTicket;
  readonly transition: Transition;
  readonly status: TicketStatus;
  readonly level: number;
  readonly customer: CustomerFacts;
  readonly facts: PromiseFacts['ticket'];
}

/** How often a decision is made again on fresh facts before it is a Conflict. */
const TRIES = 3;

/** The ticket is not what was read any more. */
class StaleTicket extends Error {}

/**
 * Carries out one move of a ticket: read, ask the policy outside any transaction, then write everything in one
 * transaction, if the ticket is still what was read.
 *
 * @param decide tells from the ticket what happens; it may be asked again on a newer one
 * @param expectedVersion the version that the caller saw; without it the move is decided again on the newest
 */
export async function transition(
  services: Services,
  caller: Caller,
  id: string,
  decide: Decide,
  expectedVersion?: number,
): Promise<string> {
  const act = Act.begin(services, caller, 'workTicket');
  for (let attempt = 1; ; attempt += 1) {
    const ticket = await act.found(
      'Ticket',
      act.prisma.ticket.findFirst({ where: act.one(id), include: LOADED_TICKET }),
    );
    refuseErased(ticket.customer);
    if (expectedVersion !== undefined && ticket.version !== expectedVersion) throw new Conflict(ticket.version);
    const policy = act.policyOf(ticket);
    try {
      const decided = await decide(ticket, policy);
      await apply(act.at(nowFor(services, ticket)), applying(policy, ticket, decided));
      return id;
    } catch (error) {
      if (!(error instanceof StaleTicket)) throw error;
      if (attempt === TRIES || expectedVersion !== undefined) throw new Conflict(null);
    }
  }
}

/** A ticket's events ascend: a node whose clock is behind writes no earlier one. */
function nowFor({ clock }: Services, { events }: LoadedTicket): Date {
  return new Date(Math.max(clock.now().getTime(), events.at(-1)?.at.getTime() ?? 0));
}

function applying(policy: InstalledPolicy, ticket: LoadedTicket, decided: Transition): Applying {
  const level = decided.promise?.level ?? ticket.level;
  return {
    ticket,
    transition: decided,
    status: decided.status ?? statusAfter(decided.move, ticket.status),
    level,
    customer: customerFacts(policy.declaration, ticket.customer),
    facts: ticketFacts({ ...ticket, level, ...given(decided) }),
  };
}

/** What of the facts the move itself changes. */
function given({ set }: Transition): Partial<Pick<LoadedTicket, 'appointmentAt' | 'caseCode'>> {
  return {
    ...(set?.appointmentAt && { appointmentAt: set.appointmentAt }),
    ...(set?.caseCode && { caseCode: set.caseCode }),
  };
}

/**
 * Why a move would be refused, by all that judges it: the role, the file, the move itself, the policy's guard and its promise.
 * Nothing is written.
 *
 * @param decide as `transition` takes it
 */
export function refusalOfMove(act: Act, ticket: LoadedTicket, decide: Decide): Promise<RefusalReason | null> {
  return refusalOf(async () => {
    requirePermission(act.actor, 'workTicket');
    refuseErased(ticket.customer);
    const policy = act.policyOf(ticket);
    const applied = applying(policy, ticket, await decide(ticket, policy));
    await checkGuard(act, applied);
    await askPromise(act, applied);
  });
}

/** @throws {StaleTicket} the ticket was changed since it was read; nothing was written */
async function apply(act: Act, applied: Applying): Promise<void> {
  const { audit, writes, change } = await prepare(act, applied);
  const { id } = applied.ticket;
  await act.commit({ answer: id, audit, writes, announces: { kind: 'TICKET', id }, change });
}

/** A move of a ticket of which all is known that policies say of it: what is left is to write it. */
export interface PreparedMove {
  readonly alerts: boolean;
  /** Who follows it is told once it is committed. */
  readonly announces: { readonly kind: 'TICKET'; readonly id: string };
  /**
   * Writes it within another change.
   *
   * @throws {Conflict} the ticket was changed since it was read
   */
  write(tx: TransactionClient): Promise<void>;
}

/** Prepares a move that is written together with what brings it about: both are written, or neither. */
export async function prepareMove(act: Act, id: string, decide: Decide): Promise<PreparedMove> {
  const ticket = await act.found('Ticket', act.prisma.ticket.findFirst({ where: act.one(id), include: LOADED_TICKET }));
  refuseErased(ticket.customer);
  const policy = act.policyOf(ticket);
  const applied = applying(policy, ticket, await decide(ticket, policy));
  const { audit, writes, change } = await prepare(act.at(nowFor(act.services, ticket)), applied);
  return {
    alerts: writes.of('alert').length > 0,
    announces: { kind: 'TICKET', id },
    async write(tx) {
      await change(tx).catch((error: unknown) => {
        throw error instanceof StaleTicket ? new Conflict(null) : error;
      });
      await writes.execute(tx);
      await act.record(tx, audit);
    },
  };
}

async function prepare(act: Act, applied: Applying) {
  const { services, now } = act;
  const { ticket, transition, status, level } = applied;
  await checkGuard(act, applied);
  const promised = await askPromise(act, applied);
  const events = eventRows(act, applied, promised);
  const assigneeId = transition.set?.assigneeId ?? ticket.assigneeId ?? ticket.ownerId;
  const writes = new WriteSet();
  if (promised) addPromiseDecision(writes, promised.decision, ticket.branchId, now);
  const calendars = services.calendars.get;
  const fold = foldOfTicket(ticket, calendars, assigneeId);
  const summary = storeFold(writes, fold, events, { calendars, at: now });
  await addReactions(act, writes, applied, assigneeId);
  return {
    audit: act.audit(
      `${transition.move.toUpperCase()}_TICKET`,
      { ...ticket, type: 'Ticket' },
      { changes: status === ticket.status ? [] : [{ field: 'status', before: ticket.status, after: status }] },
    ),
    writes,
    async change(tx: TransactionClient) {
      const { count } = await tx.ticket.updateMany({
        where: { id: ticket.id, version: ticket.version },
        data: {
          ...transition.set,
          ...summary,
          status,
          level,
          version: ticket.version + events.length,
          ...(promised && { fallback: promised.decision.fallback !== null }),
        },
      });
      if (count === 0) throw new StaleTicket();
    },
  };
}

async function checkGuard(act: Act, { ticket, transition, customer, facts }: Applying): Promise<void> {
  if (!transition.guard) return;
  const { status } = ticket;
  const about = { ...facts, status, calledBack: calledBack(ticket), assigned: ticket.assigneeId !== null };
  await act.guard(ticket.policyId, { ...transition.guard, customer, ticket: about });
}

/** Whether the customer was called back since the ticket was last resolved. */
function calledBack({ events }: Pick<LoadedTicket, 'events'>): boolean {
  return (
    events.findLastIndex(({ kind }) => kind === 'CALLED_BACK') > events.findLastIndex(({ kind }) => kind === 'RESOLVED')
  );
}

/** What is promised from the move on; null where it changes nothing. */
async function askPromise(
  { services, now }: Act,
  { ticket, transition: { promise }, customer, facts }: Applying,
): Promise<Promised | null> {
  if (!promise) return null;
  const asked = { now: now.toISOString(), cause: promise.cause, ticket: facts, customer };
  const promised = await promisesFor(services, ticket.policyId, asked);
  const { fallback } = promised.decision;
  if (fallback && promise.neverByFallback) throw new PolicyFailure(fallback.policyId);
  return promised;
}

function eventRows(
  { actor, now }: Act,
  { ticket, transition }: Applying,
  promised: Promised | null,
): readonly TicketEventRow[] {
  return transition.events.map(({ detail: _detail, ...draft }, index) => {
    // The first event is the move itself, from which on they count.
    const promises = promised && index === 0 ? { promises: promised.promises } : {};
    const place = { ticketId: ticket.id, position: ticket.version + index + 1, at: now, byId: actor.id };
    return eventRow({ ...draft, ...promises }, place);
  });
}

/** Asks the policy what follows from each of the events, and adds it to what is written with them. */
async function addReactions(
  { services, now }: Act,
  writes: WriteSet,
  { ticket, transition, status, customer, facts }: Applying,
  assigneeId: string | null,
): Promise<void> {
  const about = {
    customer: ticket.customer,
    customerFacts: customer,
    ticketId: ticket.id,
    ticket: { ...facts, status },
    assigneeId,
  };
  for (const { kind, detail } of transition.events) {
    const reacting = reactionFacts(about, { kind, ...detail }, now);
    const reaction = await reactionTo(services, ticket.policyId, reacting);
    addReaction(writes, ticketOccasion(about), reacting, reaction);
  }
}
