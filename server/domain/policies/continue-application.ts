import type { PolicyApplication } from '../../../prisma/generated/client/client.ts';
import { keepDecisions } from '../../engine/policy/decisions/decision-row.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import type { LongWork } from '../../engine/services/long-work.ts';
import type { Services } from '../../engine/services/services.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { applyLadders } from '../alerts/reladder.ts';
import { foldOfTicket, LOADED_TICKET, type LoadedTicket, storeFold } from '../tickets/clock-fold.ts';
import { eventRow } from '../tickets/event-row.ts';
import { pinned } from '../tickets/pin-promises.ts';
import { isSamePromise, repromise } from '../tickets/promise-change.ts';
import { type Applied, isApplied, reapplyFacts } from './reapply.ts';
import { type MovedTicket, moveTicketsOn } from './sql.ts';

/** Tickets of one transaction. */
const BATCH = 200;

/** How often a ticket may be changed by others between reading and writing before the work breaks off. */
const TRIES = 50;

/** A ticket was changed since it was read: nothing of the batch is written. */
class StaleTickets extends Error {}

/**
 * Policies that are applied to open tickets. Another version in force ends it as failed, and so does what stays: what was applied
 * stays too, and the policy can be applied again.
 */
export const policyApplications: LongWork = {
  name: 'policies.applications',
  async underWay({ database }) {
    const where = { state: 'RUNNING' } as const;
    const rows = await database.prisma.policyApplication.findMany({
      where,
      select: { id: true },
      orderBy: { startedAt: 'asc' },
    });
    return rows.map(({ id }) => id);
  },
  rest: applyRest,
  async fail({ database, clock }, id) {
    const data = { state: 'FAILED', finishedAt: clock.now() } as const;
    await database.prisma.policyApplication.updateMany({ where: { id, state: 'RUNNING' }, data });
  },
};

async function applyRest(services: Services, id: string, hold: () => Promise<boolean>): Promise<void> {
  const { prisma } = services.database;
  // Another node may have set the policy a moment ago.
  await services.policies.refresh();
  let size = BATCH;
  for (let tries = 0; tries < TRIES; ) {
    if (!(await hold())) return;
    const application = await prisma.policyApplication.findUnique({ where: { id, state: 'RUNNING' } });
    if (!application) return;
    const policy = services.policies.get(application.policyId);
    if (policy?.version !== application.version)
      throw new Error(`another version of ${application.policyId} is in force`);
    try {
      // Before the last batch, which ends the work: whoever goes on after a stop does it again, to the same effect.
      if (application.cursor === null) await applyLadders(services, application.policyId);
      if (await applyBatch(services, policy, application, size)) return;
      [size, tries] = [BATCH, 0];
    } catch (error) {
      if (!(error instanceof StaleTickets)) throw error;
      [size, tries] = [Math.ceil(size / 2), tries + 1];
    }
  }
  throw new Error('tickets were changed by others again and again');
}

/** Applies the policy to the next tickets; returns whether they were the last ones. */
async function applyBatch(
  services: Services,
  policy: InstalledPolicy,
  application: PolicyApplication,
  size: number,
): Promise<boolean> {
  const { database, policies, changes, clock, alerts } = services;
  const now = clock.now();
  const tickets = await ticketsAfter(services, application, size);
  const facts = tickets.map((ticket) => reapplyFacts(policy, ticket, now));
  const decisions = tickets.length > 0 ? await policies.askMany(application.policyId, 'promise', facts) : [];
  const writes = new WriteSet();
  const done = { open: tickets.length, deadlinesMoved: 0, breachesCreated: 0, breachesAvoided: 0 };
  const by = { now, byId: application.byId };
  const moved = tickets.flatMap((ticket, index) => {
    const decision = decisions[index];
    return isApplied(decision, ticket.status)
      ? (applyTo(services, writes, { policy, ticket, decision, ...by }, done) ?? [])
      : [];
  });
  if (moved.length > 0) writes.insert('audit_entry', entryOf(application, done, now));
  const isLast = tickets.length < size;
  const cursor = tickets.at(-1)?.id ?? application.cursor;
  await inTransaction(database, async (tx) => {
    if ((await moveTicketsOn(tx, moved)) < moved.length) throw new StaleTickets();
    await writes.execute(tx);
    const { count } = await tx.policyApplication.updateMany({
      where: { id: application.id, state: 'RUNNING', cursor: application.cursor },
      data: { cursor, ...added(done), updatedAt: now, ...(isLast && { state: 'COMPLETED', finishedAt: now }) },
    });
    if (count === 0) throw new Error('another process did this batch: nothing of it is written twice');
  });
  for (const { id } of moved) changes.announce('TICKET', id);
  if (moved.length > 0) alerts.wake();
  return isLast;
}

function ticketsAfter(
  { database: { prisma } }: Services,
  { policyId, cursor }: PolicyApplication,
  take: number,
): Promise<LoadedTicket[]> {
  return prisma.ticket.findMany({
    where: { policyId, status: { not: 'CLOSED' }, ...(cursor && { id: { gt: cursor } }) },
    include: LOADED_TICKET,
    orderBy: { id: 'asc' },
    take,
    relationLoadStrategy: 'query',
  });
}

/** Each batch has its entry, in its own transaction. */
function entryOf({ policyId, branchId, byId, reason }: PolicyApplication, done: Applied, at: Date) {
  const changes = Object.entries(done).map(([field, count]) => ({ field, before: null, after: String(count) }));
  const subject = { type: 'Policy', id: policyId };
  return auditRow({ at, actorId: byId, action: 'APPLY_POLICY', subject, policyId, branchId, reason, changes });
}

function added(done: Applied) {
  return {
    open: { increment: done.open },
    deadlinesMoved: { increment: done.deadlinesMoved },
    breachesCreated: { increment: done.breachesCreated },
    breachesAvoided: { increment: done.breachesAvoided },
  };
}

type Counting = { -readonly [Key in keyof Applied]: number };

interface Deciding {
  readonly policy: InstalledPolicy;
  readonly ticket: LoadedTicket;
  readonly decision: Decision<'promise'>;
  readonly now: Date;
  readonly byId: string;
}

/** Adds what the decision does to a ticket's clocks, and counts it; null where it promises the same as before. */
function applyTo(
  services: Services,
  writes: WriteSet,
  { policy, ticket, decision, now, byId }: Deciding,
  done: Counting,
): MovedTicket | null {
  const calendars = services.calendars.get;
  const promises = pinned(services, decision, now);
  const fold = foldOfTicket(ticket, calendars);
  const { state } = fold;
  if (isSamePromise(state.promises, promises)) return null;
  const at = new Date(Math.max(now.getTime(), state.asOf));
  const { moved, breachesCreated, breachesAvoided } = repromise(state, promises, at.getTime(), calendars);
  done.deadlinesMoved += moved.length;
  done.breachesCreated += breachesCreated;
  done.breachesAvoided += breachesAvoided;
  const place = { ticketId: ticket.id, position: ticket.version + 1, at, byId };
  const event = eventRow({ kind: 'POLICY_APPLIED', text: policy.version, promises }, place);
  const summary = storeFold(writes, fold, [event], { calendars, at });
  keepDecisions(writes, [decision]);
  return { id: ticket.id, version: ticket.version, sla_state: summary.slaState, next_due_at: summary.nextDueAt };
}
