import type { TicketStatus } from '../../../prisma/generated/client/enums.ts';
import type { Act } from '../../engine/services/act.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { refusedNulls } from '../../platform/values/given.ts';
import { refuse } from '../../platform/values/refusals.ts';
import type { LoadedTicket } from './clock-fold.ts';
import { installationOf } from './installation.ts';
import { isWaiting } from './moves.ts';
import {
  type Decide,
  type MoveEvent,
  type PreparedMove,
  prepareMove,
  type Transition,
  transition,
} from './transition.ts';

function owesFirstResponse({ clocks }: Pick<LoadedTicket, 'clocks'>): boolean {
  return clocks.some(
    ({ metric, fulfilledAt, cancelledAt }) =>
      metric === 'FIRST_RESPONSE' && fulfilledAt === null && cancelledAt === null,
  );
}

export function required(path: string, text: string, limit = 4000): string {
  const trimmed = text.trim();
  if (trimmed === '') throw new InvalidInput([{ path, message: 'is empty' }]);
  if (trimmed.length > limit) throw new InvalidInput([{ path, message: `is longer than ${limit} characters` }]);
  return trimmed;
}

/**
 * The first response. The person who gives it works on the ticket, if nobody did. As long as one is owed it can be given, also
 * while the work goes on or the customer is waited for; the status stays then.
 */
export function acknowledgeTicket(
  services: Services,
  caller: Caller,
  id: string,
  message?: string | null,
): Promise<string> {
  return transition(services, caller, id, acknowledging(caller.actor.id, message ?? null));
}

export function acknowledging(byId: string, message: string | null): Decide {
  return (ticket) => ({
    move: 'acknowledge',
    ...(owesFirstResponse(ticket) && ticket.status !== 'NEW' && { status: ticket.status }),
    events: [{ kind: 'ACKNOWLEDGED', text: message, isPublic: true }],
    set: { assigneeId: ticket.assigneeId ?? byId },
  });
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
  const { id, assigneeId: staffId, expectedVersion } = input;
  const decide = async (ticket: LoadedTicket) => {
    const issues = await checkGiven(services, ticket, [{ work: 'TICKET', staffId, path: 'input.assigneeId' }]);
    if (issues.length > 0) throw new InvalidInput(issues);
    return decideUpdate(ticket, input);
  };
  return transition(services, caller, id, decide, expectedVersion);
}

export function decideUpdate(ticket: LoadedTicket, input: Omit<TicketUpdate, 'id' | 'expectedVersion'>): Transition {
  const { assigneeId, status, subject } = input;
  const issues = refusedNulls(input, ['subject', 'status']);
  if (issues.length > 0) throw new InvalidInput(issues);
  const starts = status === 'IN_PROGRESS' && ticket.status !== 'IN_PROGRESS';
  if (status && status !== ticket.status && !starts) {
    throw new InvalidInput([
      { path: 'input.status', message: 'is reached by a mutation of its own; only IN_PROGRESS is set here' },
    ]);
  }
  const events = updateEvents(ticket, input, starts);
  if (events.length === 0) throw new InvalidInput([{ path: 'input', message: 'changes nothing' }]);
  return {
    move: starts ? 'start' : 'update',
    events,
    set: { ...(assigneeId !== undefined && { assigneeId }), ...(subject && { subject: subject.trim() }) },
  };
}

function updateEvents(
  ticket: LoadedTicket,
  { assigneeId, subject, comment, commentPublic }: Omit<TicketUpdate, 'id' | 'expectedVersion'>,
  starts: boolean,
): MoveEvent[] {
  const events: MoveEvent[] = [];
  if (assigneeId !== undefined && assigneeId !== ticket.assigneeId)
    events.push({ kind: 'ASSIGNED', from: ticket.assigneeId, to: assigneeId });
  const to = subject == null ? ticket.subject : required('input.subject', subject, 300);
  if (to !== ticket.subject) events.push({ kind: 'UPDATED', text: 'subject', from: ticket.subject, to });
  if (starts) {
    const kind = isWaiting(ticket.status) ? 'RESUMED' : 'UPDATED';
    events.push({ kind, text: 'status', from: ticket.status, to: 'IN_PROGRESS' });
  }
  if (comment) {
    const text = required('input.comment', comment);
    events.push({ kind: 'COMMENTED', text, isPublic: commentPublic ?? false });
  }
  return events;
}

/** The customer has to do something first: clocks that the promise lets pause stand still. */
export async function waitOnCustomer(services: Services, caller: Caller, id: string, reason: string): Promise<string> {
  const text = required('reason', reason);
  return transition(services, caller, id, waiting(text));
}

export function waiting(text: string): Decide {
  return () => ({ move: 'wait', events: [{ kind: 'WAITING', text, pauseReason: 'WAITING_ON_CUSTOMER' }] });
}

export function resumeTicket(services: Services, caller: Caller, id: string): Promise<string> {
  return transition(services, caller, id, resuming);
}

export const resuming: Decide = () => ({ move: 'resume', events: [{ kind: 'RESUMED' }] });

/** Raises the level; the clocks keep their start and take the new level's target. */
export async function escalateTicket(
  services: Services,
  caller: Caller,
  id: string,
  level: number,
  reason: string,
): Promise<string> {
  const text = required('reason', reason);
  return transition(services, caller, id, escalating(level, text));
}

export function escalating(level: number, text: string): Decide {
  return (ticket, { declaration }) => {
    const levels = Object.keys(declaration.ticketTypes?.[ticket.type]?.levels ?? {}).map(Number);
    if (!levels.includes(level))
      throw new InvalidInput([
        { path: 'level', message: `is none of ${levels.join(', ') || '(the type has no levels)'}` },
      ]);
    if (level <= ticket.level) throw refuse('NOT_HIGHER', { level: ticket.level });
    return {
      move: 'escalate',
      events: [{ kind: 'ESCALATED', text, from: String(ticket.level), to: String(level), detail: { level } }],
      guard: { action: 'ESCALATE_TICKET', input: { level } },
      promise: { cause: 'ESCALATED', level, neverByFallback: true },
    };
  };
}

export async function resolveTicket(
  services: Services,
  caller: Caller,
  id: string,
  resolution: string,
  rootCause?: string | null,
): Promise<string> {
  const text = required('resolution', resolution);
  return transition(services, caller, id, resolving(services, text, rootCause ?? null));
}

export function resolving({ clock }: Pick<Services, 'clock'>, text: string, rootCause: string | null): Decide {
  return () => ({
    move: 'resolve',
    events: [{ kind: 'RESOLVED', text, isPublic: true }],
    set: { resolution: text, rootCause, resolvedAt: clock.now() },
    guard: { action: 'RESOLVE_TICKET', input: { rootCause: Boolean(rootCause?.trim()) } },
  });
}

/** Closes a resolved ticket; the policy may ask for the customer's confirmation, a callback, a prevention measure. */
export function closeTicket(
  services: Services,
  caller: Caller,
  id: string,
  customerConfirmed: boolean,
): Promise<string> {
  return transition(services, caller, id, closing(services, customerConfirmed));
}

export function closing({ clock, database }: Pick<Services, 'clock' | 'database'>, customerConfirmed: boolean): Decide {
  return async (ticket) => ({
    move: 'close',
    events: [{ kind: 'CLOSED', text: customerConfirmed ? 'confirmed by the customer' : null }],
    set: { closedAt: clock.now() },
    guard: {
      action: 'CLOSE_TICKET',
      input: {
        customerConfirmed,
        rootCause: Boolean(ticket.rootCause?.trim()),
        resolution: ticket.resolution !== null,
        installation: await installationOf(database.prisma, ticket.id),
      },
    },
  });
}

/** Begins a new cycle; the old one keeps its outcome. */
export async function reopenTicket(services: Services, caller: Caller, id: string, reason: string): Promise<string> {
  const text = required('reason', reason);
  return transition(services, caller, id, reopening(text));
}

export function reopening(text: string): Decide {
  return (ticket) => ({
    move: 'reopen',
    events: [{ kind: 'REOPENED', text, isPublic: true }],
    set: { resolvedAt: null, closedAt: null },
    guard: { action: 'REOPEN_TICKET', input: {} },
    promise: { cause: 'REOPENED', level: ticket.level },
  });
}

/** That the customer was called back about a resolved ticket (S02-phone-callback), to be written with the record of the call. */
export function prepareCallback(act: Act, id: string, summary: string): Promise<PreparedMove> {
  return prepareMove(act, id, (ticket) => ({
    move: 'update',
    status: ticket.status,
    events: [{ kind: 'CALLED_BACK', text: summary }],
  }));
}
