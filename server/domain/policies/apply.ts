import type { Prisma, TicketEvent } from '../../../prisma/generated/client/client.ts';
import type { TicketStatus } from '../../../prisma/generated/client/enums.ts';
import type { PromiseFacts } from '../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { foldInto, foldOf } from '../tickets/fold.ts';
import { pinned } from '../tickets/promises.ts';
import { isSamePromise, repromise } from '../tickets/repromise.ts';

/** Tickets of one transaction. */
const BATCH = 200;

/** What applying the policy in force did to the open tickets. */
export interface Applied {
  open: number;
  deadlinesMoved: number;
  breachesCreated: number;
  breachesAvoided: number;
}

const APPLIED_TO = {
  events: { orderBy: { position: 'asc' } },
  clocks: true,
  customer: { select: CUSTOMER_FACTS },
} satisfies Prisma.TicketInclude;
type Open = Prisma.TicketGetPayload<{ include: typeof APPLIED_TO }>;

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
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'applyPolicy', input);
  const policy = businessLine(services.policies.get(input.policyId), input.policyId);
  if (!actor.policyIds.includes(input.policyId))
    throw new InvalidInput([{ path: 'input.policyId', message: 'is not run at your branch' }]);
  if (input.reason.trim() === '') throw new InvalidInput([{ path: 'input.reason', message: 'is empty' }]);
  if (policy.version !== input.expectedVersion) throw new Conflict(policy.version, 'Another version is in force.');
  const now = clock.now();
  const applied: Applied = { open: 0, deadlinesMoved: 0, breachesCreated: 0, breachesAvoided: 0 };
  for (let cursor: string | null = null; ; ) {
    const tickets: Open[] = await database.prisma.ticket.findMany({
      where: { policyId: input.policyId, status: { not: 'CLOSED' }, ...(cursor && { id: { gt: cursor } }) },
      include: APPLIED_TO,
      orderBy: { id: 'asc' },
      take: BATCH,
      relationLoadStrategy: 'query',
    });
    await applyBatch(services, { policy, tickets, now, actorId: actor.id, applied });
    if (tickets.length < BATCH) break;
    cursor = tickets.at(-1)?.id ?? null;
  }
  await inTransaction(database, (tx) =>
    writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'APPLY_POLICY',
      subject: { type: 'Policy', id: input.policyId },
      policyId: input.policyId,
      branchId: actor.branchId,
      reason: input.reason,
      changes: Object.entries(applied).map(([field, count]) => ({ field, before: null, after: String(count) })),
    }),
  );
  services.alerts.wake();
  return applied;
}

/** The facts for which an open ticket's promise is asked anew. */
export function reapplyFacts(
  policy: InstalledPolicy,
  ticket: Pick<Open, 'type' | 'level' | 'caseCode' | 'channel' | 'openedAt' | 'appointmentAt' | 'customer'>,
  now: Date,
): PromiseFacts {
  return {
    now: now.toISOString(),
    cause: 'POLICY_APPLIED',
    ticket: {
      type: ticket.type,
      level: ticket.level,
      case: ticket.caseCode,
      channel: ticket.channel,
      openedAt: ticket.openedAt.toISOString(),
      appointmentAt: ticket.appointmentAt?.toISOString() ?? null,
    },
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
  services: Services,
  {
    policy,
    tickets,
    now,
    actorId,
    applied,
  }: { policy: InstalledPolicy; tickets: readonly Open[]; now: Date; actorId: string; applied: Applied },
): Promise<void> {
  const { database, calendars, policies } = services;
  const facts = tickets.map((ticket) => reapplyFacts(policy, ticket, now));
  const decisions = facts.length === 0 ? [] : await policies.askMany(policy.declaration.id, 'promise', facts);
  const writes = new WriteSet();
  const changed: { id: string; version: number; sla_state: string; next_due_at: Date | null }[] = [];
  for (const [index, ticket] of tickets.entries()) {
    applied.open += 1;
    const decision = decisions[index];
    if (!isApplied(decision, ticket.status)) continue;
    const promises = pinned(services, decision, now);
    const state = foldOf(ticket.events, calendars.get);
    if (isSamePromise(state.promises, promises)) continue;
    const at = new Date(Math.max(now.getTime(), state.asOf));
    const { moved, breachesCreated, breachesAvoided } = repromise(state, promises, at.getTime(), calendars.get);
    applied.deadlinesMoved += moved.length;
    applied.breachesCreated += breachesCreated;
    applied.breachesAvoided += breachesAvoided;
    const event = {
      id: newId(),
      ticketId: ticket.id,
      position: ticket.version + 1,
      kind: 'POLICY_APPLIED' as const,
      at,
      byId: actorId,
      text: policy.version,
      isPublic: false,
      pauseReason: null,
      appointmentAt: null,
      promises: promises.map((promise) => ({ ...promise })),
    };
    const summary = foldInto(writes, state, [event as unknown as TicketEvent], {
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
        assigneeId: ticket.assigneeId ?? ticket.ownerId,
      },
      known: ticket.clocks,
      calendars: calendars.get,
      at,
    });
    writes.insert('ticket_event', event as never);
    changed.push({
      id: ticket.id,
      version: ticket.version,
      sla_state: summary.slaState,
      next_due_at: summary.nextDueAt,
    });
  }
  if (changed.length === 0) return;
  await inTransaction(database, async (tx) => {
    const count = await tx.$executeRaw`
      update ticket t set version = t.version + 1, fallback = false, sla_state = g.sla_state::"SlaState", next_due_at = g.next_due_at
      from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as g(id uuid, version int, sla_state text, next_due_at timestamptz)
      where t.id = g.id and t.version = g.version`;
    // Somebody worked on one of them in between: none of this batch is applied, and the caller tries again.
    if (count < changed.length)
      throw new Conflict(null, 'A ticket was changed in the meantime; apply the policy again.');
    await writes.execute(tx);
  });
  for (const { id } of changed) services.changes.announce('TICKET', id);
}
