import { requirePermission } from '../access/permissions.ts';
import { visible } from '../access/scope.ts';
import { policyFailedAlert } from '../alerts/raise.ts';
import { writeAudit } from '../audit/audit.ts';
import type { Caller, Services } from '../context.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { Conflict, InvalidInput, NotFound, PolicyFailure, Refused } from '../errors.ts';
import type { Prisma, Ticket, TicketEvent } from '../generated/prisma/client.ts';
import type { TicketEventKind, TicketStatus } from '../generated/prisma/enums.ts';
import { newId } from '../ids.ts';
import { installationOf } from '../interactions/installation.ts';
import type { ActionWithInput } from '../policy/action-inputs.ts';
import type { EventKind } from '../policy/enums.ts';
import type { PromiseFacts } from '../policy/facts.ts';
import { guard } from '../policy/guard.ts';
import type { InstalledPolicy } from '../policy/policies.ts';
import { inTransaction } from '../storage/transaction.ts';
import { WriteSet } from '../storage/write-set.ts';
import { checkAssignee, findAssignee } from './assignee.ts';
import { foldInto, foldOf } from './fold.ts';
import { type Move, statusAfter } from './moves.ts';
import { promisesFor } from './promises.ts';
import { proposeReactions } from './react.ts';

/** A ticket with all that a move of it is decided from. */
const WORKED = {
  customer: { select: CUSTOMER_FACTS },
  events: { orderBy: { position: 'asc' } },
  clocks: true,
} satisfies Prisma.TicketInclude;

type Worked = Prisma.TicketGetPayload<{ include: typeof WORKED }>;

/** An event that a move makes; who, when and where it stands in the ticket's history is added. */
interface Happening {
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
async function workOn(
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
    await proposeReactions(services, writes, about, { kind, ...detail }, now);
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

function owesFirstResponse({ clocks }: Pick<Worked, 'clocks'>): boolean {
  return clocks.some(
    ({ metric, fulfilledAt, cancelledAt }) =>
      metric === 'FIRST_RESPONSE' && fulfilledAt === null && cancelledAt === null,
  );
}

function required(path: string, text: string, limit = 4000): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new InvalidInput([{ path, message: 'is empty' }]);
  if (trimmed.length > limit) throw new InvalidInput([{ path, message: `is longer than ${limit} characters` }]);
  return trimmed;
}

/**
 * The first response. Whoever gives it works on the ticket, if nobody did. As long as one is owed it can be given, also
 * while the work goes on or the customer is waited for; the status stays then.
 */
export function acknowledgeTicket(
  services: Services,
  caller: Caller,
  id: string,
  message?: string | null,
): Promise<string> {
  return workOn(services, caller, id, (ticket) => ({
    move: 'acknowledge',
    ...(owesFirstResponse(ticket) && ticket.status !== 'NEW' && { status: ticket.status }),
    happenings: [{ kind: 'ACKNOWLEDGED', text: message ?? null, isPublic: true }],
    set: { assigneeId: ticket.assigneeId ?? caller.actor.id },
  }));
}

export interface TicketUpdate {
  readonly id: string;
  readonly expectedVersion: number;
  readonly assigneeId?: string | null;
  readonly status?: TicketStatus | null;
  readonly subject?: string | null;
  readonly comment?: string | null;
  readonly commentPublic?: boolean | null;
}

/** Assigns, renames, comments, or starts the work; the other statuses have moves of their own. */
export async function updateTicket(services: Services, caller: Caller, input: TicketUpdate): Promise<string> {
  const { assigneeId, status, subject, comment } = input;
  const assignee = assigneeId ? await findAssignee(services, assigneeId) : null;
  return workOn(
    services,
    caller,
    input.id,
    (ticket) => {
      const issues = assigneeId ? checkAssignee(assignee, ticket.policyId) : [];
      if (issues.length > 0) throw new InvalidInput(issues);
      const starts = status === 'IN_PROGRESS' && ticket.status !== 'IN_PROGRESS';
      if (status && status !== ticket.status && !starts) {
        throw new InvalidInput([
          { path: 'input.status', message: 'is reached by a mutation of its own; only IN_PROGRESS is set here' },
        ]);
      }
      const happenings: Happening[] = [];
      if (assigneeId && assigneeId !== ticket.assigneeId)
        happenings.push({ kind: 'ASSIGNED', from: ticket.assigneeId, to: assigneeId });
      if (subject)
        happenings.push({
          kind: 'UPDATED',
          text: 'subject',
          from: ticket.subject,
          to: required('input.subject', subject, 300),
        });
      if (starts)
        happenings.push({
          kind: ticket.status === 'WAITING_ON_CUSTOMER' ? 'RESUMED' : 'UPDATED',
          text: 'status',
          from: ticket.status,
          to: 'IN_PROGRESS',
        });
      if (comment)
        happenings.push({
          kind: 'COMMENTED',
          text: required('input.comment', comment),
          isPublic: input.commentPublic ?? false,
        });
      if (happenings.length === 0) throw new InvalidInput([{ path: 'input', message: 'changes nothing' }]);
      return {
        move: starts ? 'start' : 'update',
        happenings,
        set: { ...(assigneeId && { assigneeId }), ...(subject && { subject: subject.trim() }) },
      };
    },
    input.expectedVersion,
  );
}

/** The customer has to do something first: clocks that the promise lets pause stand still. */
export async function waitOnCustomer(services: Services, caller: Caller, id: string, reason: string): Promise<string> {
  const text = required('reason', reason);
  return workOn(services, caller, id, () => ({
    move: 'wait',
    happenings: [{ kind: 'WAITING', text, pauseReason: 'WAITING_ON_CUSTOMER' }],
  }));
}

export function resumeTicket(services: Services, caller: Caller, id: string): Promise<string> {
  return workOn(services, caller, id, () => ({ move: 'resume', happenings: [{ kind: 'RESUMED' }] }));
}

/** Raises the level; the clocks keep their start and take the new level's target. */
export async function escalateTicket(
  services: Services,
  caller: Caller,
  id: string,
  level: number,
  reason: string,
): Promise<string> {
  const text = required('reason', reason);
  return workOn(services, caller, id, (ticket, { declaration }) => {
    const levels = Object.keys(declaration.ticketTypes?.[ticket.type]?.levels ?? {}).map(Number);
    if (!levels.includes(level))
      throw new InvalidInput([
        { path: 'level', message: `is none of ${levels.join(', ') || '(the type has no levels)'}` },
      ]);
    if (level <= ticket.level) throw Refused.because('NOT_HIGHER', `The ticket is at level ${ticket.level} already.`);
    return {
      move: 'escalate',
      happenings: [{ kind: 'ESCALATED', text, from: String(ticket.level), to: String(level), detail: { level } }],
      guard: { action: 'ESCALATE_TICKET', input: { level } },
      promise: { cause: 'ESCALATED', level },
    };
  });
}

export async function resolveTicket(
  services: Services,
  caller: Caller,
  id: string,
  resolution: string,
  rootCause?: string | null,
): Promise<string> {
  const text = required('resolution', resolution);
  return workOn(services, caller, id, () => ({
    move: 'resolve',
    happenings: [{ kind: 'RESOLVED', text, isPublic: true }],
    set: { resolution: text, rootCause: rootCause ?? null, resolvedAt: services.clock.now() },
    guard: { action: 'RESOLVE_TICKET', input: { rootCause: Boolean(rootCause?.trim()) } },
  }));
}

/** Closes a resolved ticket; the policy may ask for the customer's confirmation, a callback, a prevention measure. */
export function closeTicket(
  services: Services,
  caller: Caller,
  id: string,
  customerConfirmed: boolean,
): Promise<string> {
  return workOn(services, caller, id, async (ticket) => ({
    move: 'close',
    happenings: [{ kind: 'CLOSED', text: customerConfirmed ? 'confirmed by the customer' : null }],
    set: { closedAt: services.clock.now() },
    guard: {
      action: 'CLOSE_TICKET',
      input: {
        customerConfirmed,
        rootCause: Boolean(ticket.rootCause?.trim()),
        resolution: ticket.resolution !== null,
        installation: await installationOf(services.database.prisma, ticket.id),
      },
    },
  }));
}

/** Begins a new cycle; the old one keeps its outcome. */
export async function reopenTicket(services: Services, caller: Caller, id: string, reason: string): Promise<string> {
  const text = required('reason', reason);
  return workOn(services, caller, id, (ticket) => ({
    move: 'reopen',
    happenings: [{ kind: 'REOPENED', text, isPublic: true }],
    set: { resolvedAt: null, closedAt: null },
    guard: { action: 'REOPEN_TICKET', input: {} },
    promise: { cause: 'REOPENED', level: ticket.level },
  }));
}

/** Records that the customer was called back about a resolved ticket (S02-phone-callback). */
export function recordCallback(services: Services, caller: Caller, id: string, summary: string): Promise<string> {
  return workOn(services, caller, id, (ticket) => ({
    move: 'update',
    status: ticket.status,
    happenings: [{ kind: 'CALLED_BACK', text: summary }],
  }));
}
