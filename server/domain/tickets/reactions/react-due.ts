import type { Prisma } from '../../../../prisma/generated/client/client.ts';
import type { ReactFacts } from '../../../engine/policy/facts.ts';
import { reactionsToMany } from '../../../engine/policy/reactions.ts';
import type { Services } from '../../../engine/services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../../../engine/services/sweep-batches.ts';
import { inTransaction } from '../../../platform/storage/transaction.ts';
import { WriteSet } from '../../../platform/storage/write-set.ts';
import { groupBy } from '../../../platform/values/group-by.ts';
import { CUSTOMER_FACTS, customerFacts } from '../../customers/customer-facts.ts';
import { addReaction } from '../../tasks/add-reactions.ts';
import { lockAwaiting } from '../sql.ts';
import { ticketFacts } from '../ticket-facts.ts';
import { type Reacting, reactionFacts, ticketOccasion } from './ticket-reactions.ts';

const FIRED = { ticket: true, clock: true, customer: { select: CUSTOMER_FACTS } } satisfies Prisma.AlertInclude;
type Fired = Prisma.AlertGetPayload<{ include: typeof FIRED }>;

/**
 * Asks policies what follows from moments at which clocks fired. A step of its own after the sweep, which asks nobody
 * while rows are locked: what it writes goes with the mark that the moment awaits it, so that two nodes, or a node that was
 * killed in between, write it once. What a policy cannot say is owed (server/domain/tickets/unsaid.ts).
 *
 * @returns how many moments were looked at
 */
export function reactToDue(services: Services): Promise<number> {
  return sweepBatches(services, 'tickets.reactions', (batch) => reactToBatch(services, batch));
}

async function reactToBatch(services: Services, { limit, without, took }: Batch): Promise<SweptBatch> {
  const alerts = await services.database.prisma.alert.findMany({
    where: { awaitsReaction: true, id: { notIn: [...without] } },
    orderBy: { id: 'asc' },
    take: limit,
    include: FIRED,
    relationLoadStrategy: 'query',
  });
  took(alerts.map(({ id }) => id));
  const claimed = await writeReactions(services, alerts, await reactionsTo(services, alerts));
  // What another node holds is its own.
  return { taken: claimed === 0 ? 0 : alerts.length, raised: alerts.length };
}

/** What is to be written of each moment, by its alert's id; each policy is asked once about all of its moments. */
async function reactionsTo(services: Services, alerts: readonly Fired[]): Promise<ReadonlyMap<string, WriteSet>> {
  const writes = new Map<string, WriteSet>();
  const moments = alerts.flatMap((alert) => momentOf(services, alert) ?? []);
  for (const [policyId, ofPolicy] of groupBy(moments, ({ about }) => about.customer.policyId)) {
    const facts = ofPolicy.map((moment) => moment.facts);
    const reactions = await reactionsToMany(services, policyId, facts);
    for (const [index, { id, about, facts }] of ofPolicy.entries()) {
      const reaction = reactions[index];
      if (!reaction) continue;
      const set = new WriteSet();
      addReaction(set, ticketOccasion(about), facts, reaction, `alert:${id}`);
      writes.set(id, set);
    }
  }
  return writes;
}

/** Writes what follows, and that the moments await it no more; returns of how many this node did. */
function writeReactions(
  { database }: Services,
  alerts: readonly Fired[],
  writes: ReadonlyMap<string, WriteSet>,
): Promise<number> {
  return inTransaction(database, async (tx) => {
    // Another node that asked at the same time may have heard something else; one answer counts.
    const ids = await lockAwaiting(
      tx,
      alerts.map(({ id }) => id),
    );
    await WriteSet.together(ids.flatMap((id) => writes.get(id) ?? [])).execute(tx);
    await tx.alert.updateMany({ where: { id: { in: ids } }, data: { awaitsReaction: false } });
    return ids.length;
  });
}

/** A moment at which a clock fired, and the facts that the policy reads. */
interface Moment {
  /** Its alert's. */
  readonly id: string;
  readonly about: Reacting;
  readonly facts: ReactFacts;
}

/** The moment with the facts that the policy reads; null where there is no policy to ask, or nobody left whom it is about. */
function momentOf({ policies }: Services, { id, kind, raisedAt, ticket, clock, customer }: Fired): Moment | null {
  const policy = customer && policies.get(customer.policyId);
  if (!ticket || !clock || !policy || customer.erasedAt) return null;
  const { metric, cycle } = clock;
  const about = {
    customer,
    customerFacts: customerFacts(policy.declaration, customer),
    ticketId: ticket.id,
    ticket: { ...ticketFacts(ticket), status: ticket.status },
    assigneeId: ticket.assigneeId ?? ticket.ownerId,
  };
  const event = {
    kind: kind === 'SLA_BREACHED' ? ('BREACHED' as const) : ('AT_RISK' as const),
    metric,
    cycle,
    level: ticket.level,
  };
  return { id, about, facts: reactionFacts(about, event, raisedAt) };
}
