import type { Prisma, Ticket, TicketEvent } from '../../../prisma/generated/client/client.ts';
import type { TicketEventKind, TicketStatus } from '../../../prisma/generated/client/enums.ts';
import { policyFailedAlert } from '../../engine/alert-log/raise.ts';
import type { ActionWithInput } from '../../engine/policy/action-inputs.ts';
import type { PromiseFacts } from '../../engine/policy/facts.ts';
import { guard } from '../../engine/policy/guard.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import type { EventKind } from '../../platform/values/enums.ts';
import { Conflict, NotFound, PolicyFailure } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { refuseErased } from '../customers/find.ts';
import { foldInto, foldOf } from './fold.ts';
import { type Move, statusAfter } from './moves.ts';
import { promisesFor } from './promises.ts';
import { addReaction, reactionFacts, reactionTo, ticketOccasion } from './react.ts';

/** A ticket with all that a move of it is decided from. */
const WORKED = {
  customer: { select: CUSTOMER_FACTS },
  events: { orderBy: { position: 'asc' } },
  clocks: true,
} satisfies Prisma.TicketInclude;

export type Worked = Prisma.TicketGetPayload<{ include: typeof WORKED }>;

/** An event that a move makes; who, when and where it stands in the ticket's history is added. */
export interface Happening {
  readonly kind: Extract<TicketEventKind, EventKind>;
  readonly text?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly isPublic?: boolean;
  readonly pauseReason?: 'WAITING_ON_CUSTOMER' | 'APPROVAL';
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A move: what happens, what it asks of the policy, and the columns that it sets. */
interface Work {
  readonly move: Move;
  readonly happenings: readonly Happening[];
  readonly set?: Prisma.TicketUncheckedUpdateInput;
  readonly guard?: ActionWithInput;
  /** The move changes what is promised. */
  readonly promise?: { readonly cause: PromiseFacts['cause']; readonly level: number };
  readonly status?: TicketStatus;
}

/** How often a decision is made again on fresh facts before it is a Conflict. */
const TRIES = 3;

/**
 * Carries out one move of a ticket: read, ask the policy outside any transaction, then write everything in one
 * transaction, if the ticket is still what was read.
 *
 * @param expectedVersion the version that the caller saw; without it the move is decided again on the newest
 */
export async function workOn(
  services: Services,
  caller: Caller,
  id: string,
  decide: (ticket: Worked, policy: InstalledPolicy) => Work | Promise<Work>,
  expectedVersion?: number,
): Promise<string> {
  requirePermission(caller.actor, 'workTicket');
  for (let attempt = 1; ; attempt += 1) {
    const ticket = await services.database.prisma.ticket.findFirst({
      where: { id, ...visible(caller.actor) },
      include: WORKED,
    });
    if (!ticket) throw new NotFound('Ticket');
    refuseErased(ticket.customer);
    if (expectedVersion !== undefined && ticket.version !== expectedVersion) throw new Conflict(ticket.version);
    const policy = services.policies.get(ticket.policyId);
    if (!policy) throw new NotFound('Policy');
    const work = await decide(ticket, policy);
    if (await carryOut(services, caller, { ticket, policy, work })) return id;
    if (attempt === TRIES || expectedVersion !== undefined) throw new Conflict(null);
  }
}

async function carryOut(
  services: Services,
  { actor, requestId }: Caller,
  { ticket, policy, work }: { ticket: Worked; policy: InstalledPolicy; work: Work },
): Promise<boolean> {
  const { database, clock, calendars, policies } = services;
  // A ticket's events ascend: a node whose clock is behind writes no earlier one.
  const now = new Date(Math.max(clock.now().getTime(), ticket.events.at(-1)?.at.getTime() ?? 0));
  const status = work.status ?? statusAfter(work.move, ticket.status);
  const level = work.promise?.level ?? ticket.level;
  const facts = customerFacts(policy.declaration, ticket.customer);
  const ticketFacts = ticketFactsOf(ticket, level);
  if (work.guard) {
    await guard(policies, ticket.policyId, {
      ...work.guard,
      now: now.toISOString(),
      viewer: { roles: actor.roles },
      customer: facts,
      ticket: {
        ...ticketFacts,
        status: ticket.status,
        calledBack: calledBack(ticket),
        assigned: ticket.assigneeId !== null,
      },
    });
  }
  const promised = work.promise
    ? await promisesFor(services, ticket.policyId, {
        now: now.toISOString(),
        cause: work.promise.cause,
        ticket: ticketFacts,
        customer: facts,
      })
    : null;
  const fallback = promised?.decision.fallback ?? null;
  // What the ticket was promised is better than what stands in for a policy that is out of order.
  if (fallback && work.promise?.cause === 'ESCALATED') throw new PolicyFailure(fallback.policyId);
  const events = work.happenings.map(({ detail: _detail, ...happening }, index) => ({
    id: newId(),
    ticketId: ticket.id,
    position: ticket.version + index + 1,
    at: now,
    byId: actor.id,
    text: null,
    from: null,
    to: null,
    isPublic: false,
    pauseReason: null,
    appointmentAt: null,
    ...happening,
    promises: promised && ['ESCALATED', 'REOPENED'].includes(happening.kind) ? promised.promises : null,
  }));
  const writes = new WriteSet();
  if (fallback) {
    const { policyId, detail, spell } = fallback;
    writes.insert('alert', policyFailedAlert(policyId, ticket.branchId, detail, spell, now));
  }
  const assigneeId = (work.set?.assigneeId as string | null | undefined) ?? ticket.assigneeId ?? ticket.ownerId;
  const summary = foldInto(writes, foldOf(ticket.events, calendars.get), events as unknown as TicketEvent[], {
    subject: {
      owner: {
        ticketId: ticket.id,
        customerId: ticket.customerId,
        policyId: ticket.policyId,
        branchId: ticket.branchId,
        tierRank: ticket.tierRank,
      },
      customer: { ...ticket.customer, tierRank: ticket.tierRank },
      serial: ticket.serial,
      assigneeId,
    },
    known: ticket.clocks,
    calendars: calendars.get,
    at: now,
  });
  writes.insert(
    'ticket_event',
    ...(events.map(({ promises, ...event }) => ({
      ...event,
      ...(promises && { promises: promises.map((one) => ({ ...one })) }),
    })) as never[]),
  );
  for (const { kind, detail } of work.happenings) {
    const about = {
      customer: ticket.customer,
      customerFacts: facts,
      ticketId: ticket.id,
      ticket: { ...ticketFacts, status },
      assigneeId,
    };
    const reacting = reactionFacts(about, { kind, ...detail }, now);
    const reaction = await reactionTo(services, ticket.policyId, reacting);
    addReaction(writes, ticketOccasion(about), reacting, reaction);
  }
  const done = await inTransaction(database, async (tx) => {
    const { count } = await tx.ticket.updateMany({
      where: { id: ticket.id, version: ticket.version },
      data: {
        ...work.set,
        ...summary,
        status,
        level,
        version: ticket.version + events.length,
        ...(promised && { fallback: fallback !== null }),
      },
    });
    if (count === 0) return false;
    await writes.execute(tx);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: `${work.move.toUpperCase()}_TICKET`,
      subject: { type: 'Ticket', id: ticket.id },
      policyId: ticket.policyId,
      branchId: ticket.branchId,
      customerId: ticket.customerId,
      changes: status === ticket.status ? [] : [{ field: 'status', before: ticket.status, after: status }],
    });
    return true;
  });
  if (!done) return false;
  services.changes.announce('TICKET', ticket.id);
  if (writes.of('alert').length > 0) services.alerts.wake();
  return true;
}

function ticketFactsOf(ticket: Ticket, level: number) {
  return {
    type: ticket.type,
    level,
    case: ticket.caseCode,
    channel: ticket.channel,
    openedAt: ticket.openedAt.toISOString(),
    appointmentAt: ticket.appointmentAt?.toISOString() ?? null,
  };
}

/** Whether the customer was called back since the ticket was last resolved. */
function calledBack({ events }: Pick<Worked, 'events'>): boolean {
  return (
    events.findLastIndex(({ kind }) => kind === 'CALLED_BACK') > events.findLastIndex(({ kind }) => kind === 'RESOLVED')
  );
}
