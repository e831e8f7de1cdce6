import type { TicketStatus } from '../../../prisma/generated/client/enums.ts';
import type { PromiseFacts } from '../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { foldOfTicket, LOADED_TICKET, type LoadedTicket, storeFold } from '../tickets/clock-fold.ts';
import { eventRow } from '../tickets/event-row.ts';
import { pinned } from '../tickets/pin-promises.ts';
import { isSamePromise, repromise } from '../tickets/promise-change.ts';
import { ticketFacts } from '../tickets/ticket-facts.ts';
import { type MovedTicket, moveTicketsOn } from './sql.ts';

/** Tickets of one transaction. */
const BATCH = 200;

/** What applying the policy in force did to the open tickets. */
export interface Applied {
  open: number;
  deadlinesMoved: number;
  breachesCreated: number;
  breachesAvoided: number;
}

/**
 * Applies the policy that is in force, its parameters and calendars, to the open tickets of its line. What was counted and
 * what was paused stays; the rest counts under the new promise. `policyImpact` shows the same numbers beforehand.
 *
 * @param expectedVersion the policy version whose impact the caller saw
 * @throws {Conflict} another version is in force by now
 */
export async function applyPolicy(
  services: Services,
  caller: Caller,
  input: { readonly policyId: string; readonly expectedVersion: string; readonly reason: string },
): Promise<Applied> {
  const act = Act.begin(services, caller, 'applyPolicy', input);
  const policy = businessLine(services.policies.get(input.policyId), input.policyId);
  if (!act.actor.policyIds.includes(input.policyId))
    throw new InvalidInput([{ path: 'input.policyId', message: 'is not run at your branch' }]);
  if (input.reason.trim() === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  if (policy.version !== input.expectedVersion) throw new Conflict(policy.version, 'Another version is in force.');
  const applied: Applied = { open: 0, deadlinesMoved: 0, breachesCreated: 0, breachesAvoided: 0 };
  for (let cursor: string | null = null; ; ) {
    const tickets: LoadedTicket[] = await act.prisma.ticket.findMany({
      where: { policyId: input.policyId, status: { not: 'CLOSED' }, ...(cursor && { id: { gt: cursor } }) },
      include: LOADED_TICKET,
      orderBy: { id: 'asc' },
      take: BATCH,
      relationLoadStrategy: 'query',
    });
    await applyBatch(act, policy, tickets, applied);
    if (tickets.length < BATCH) break;
    cursor = tickets.at(-1)?.id ?? null;
  }
  const bound = { policyId: input.policyId, branchId: act.actor.branchId };
  const changes = Object.entries(applied).map(([field, count]) => ({ field, before: null, after: String(count) }));
  await act.commit({
    audit: act.audit(
      'APPLY_POLICY',
      { type: 'Policy', id: input.policyId, ...bound },
      { reason: input.reason, changes },
    ),
    alerts: true,
  });
  return applied;
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

async function applyBatch(
  act: Act,
  policy: InstalledPolicy,
  tickets: readonly LoadedTicket[],
  applied: Applied,
): Promise<void> {
  if (tickets.length === 0) return;
  const { policies, changes } = act.services;
  const facts = tickets.map((ticket) => reapplyFacts(policy, ticket, act.now));
  const decisions = await policies.askMany(policy.declaration.id, 'promise', facts);
  const writes = new WriteSet();
  const moved = tickets.flatMap((ticket, index) => {
    applied.open += 1;
    const decision = decisions[index];
    return isApplied(decision, ticket.status)
      ? (applyTo(act, writes, { policy, ticket, decision }, applied) ?? [])
      : [];
  });
  if (moved.length === 0) return;
  await act.commit({
    // One entry tells of all batches together.
    audit: [],
    writes,
    async change(tx) {
      const count = await moveTicketsOn(tx, moved);
      // One of them was changed since it was read: none of this batch is applied, and the caller tries again.
      if (count < moved.length)
        throw new Conflict(null, 'A ticket was changed in the meantime; apply the policy again.');
    },
  });
  for (const { id } of moved) changes.announce('TICKET', id);
}

/** Adds what the decision does to a ticket's clocks, and counts it; null where it promises the same as before. */
function applyTo(
  { services, actor, now }: Act,
  writes: WriteSet,
  { policy, ticket, decision }: { policy: InstalledPolicy; ticket: LoadedTicket; decision: Decision<'promise'> },
  applied: Applied,
): MovedTicket | null {
  const calendars = services.calendars.get;
  const promises = pinned(services, decision, now);
  const fold = foldOfTicket(ticket, calendars);
  const { state } = fold;
  if (isSamePromise(state.promises, promises)) return null;
  const at = new Date(Math.max(now.getTime(), state.asOf));
  const { moved, breachesCreated, breachesAvoided } = repromise(state, promises, at.getTime(), calendars);
  applied.deadlinesMoved += moved.length;
  applied.breachesCreated += breachesCreated;
  applied.breachesAvoided += breachesAvoided;
  const place = { ticketId: ticket.id, position: ticket.version + 1, at, byId: actor.id };
  const event = eventRow({ kind: 'POLICY_APPLIED', text: policy.version, promises }, place);
  const summary = storeFold(writes, fold, [event], { calendars, at });
  return { id: ticket.id, version: ticket.version, sla_state: summary.slaState, next_due_at: summary.nextDueAt };
}
