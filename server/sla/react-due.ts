import type { Services } from '../context.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { groupBy } from '../group-by.ts';
import type { ReactFacts } from '../policy/facts.ts';
import { inTransaction } from '../storage/transaction.ts';
import { WriteSet } from '../storage/write-set.ts';
import { addReactions, type Reacting, reactionFacts } from '../tickets/react.ts';

const BATCH = 500;

const FIRED = { ticket: true, clock: true, customer: { select: CUSTOMER_FACTS } } satisfies Prisma.AlertInclude;
type Fired = Prisma.AlertGetPayload<{ include: typeof FIRED }>;

/**
 * Asks policies what follows from moments at which clocks fired. A step of its own after the sweep, which asks nobody
 * while rows are locked: what it writes has keys of the moment, so that two nodes, or a node that was killed in between,
 * write it once.
 *
 * @returns how many moments were looked at
 */
export async function reactToDue(services: Services): Promise<number> {
  const { database } = services;
  let seen = 0;
  for (;;) {
    const alerts = await database.prisma.alert.findMany({
      where: { awaitsReaction: true },
      orderBy: { id: 'asc' },
      take: BATCH,
      include: FIRED,
      relationLoadStrategy: 'query',
    });
    const writes = new WriteSet();
    const moments = alerts.flatMap((alert) => momentOf(services, alert) ?? []);
    for (const [policyId, ofPolicy] of groupBy(moments, ({ about }) => about.customer.policyId)) {
      const facts = ofPolicy.map(({ about, event, at }) => reactionFacts(about, event, at));
      const decisions = await services.policies.askMany(policyId, 'react', facts);
      for (const [index, { about, at }] of ofPolicy.entries()) {
        const decision = decisions[index];
        // A policy that is out of order loses its own proposals, never the alert, which is there already.
        if (!decision || decision instanceof Error)
          services.log.warn({ err: decision, policyId }, 'a policy could not react');
        else addReactions(writes, about, decision.answer, at);
      }
    }
    await inTransaction(database, async (tx) => {
      await writes.execute(tx);
      await tx.alert.updateMany({ where: { id: { in: alerts.map(({ id }) => id) } }, data: { awaitsReaction: false } });
    });
    seen += alerts.length;
    if (alerts.length < BATCH) break;
  }
  if (seen > 0) services.alerts.wake();
  return seen;
}

/** The moment as policies are told of it; null where there is nobody to ask. */
function momentOf(
  { policies }: Services,
  { kind, raisedAt, ticket, clock, customer }: Fired,
): { about: Reacting; event: ReactFacts['event']; at: Date } | null {
  const policy = customer && policies.get(customer.policyId);
  if (!ticket || !clock || !policy) return null;
  const { metric, cycle } = clock;
  return {
    about: {
      customer,
      customerFacts: customerFacts(policy.declaration, customer),
      ticketId: ticket.id,
      ticket: {
        type: ticket.type,
        level: ticket.level,
        case: ticket.caseCode,
        channel: ticket.channel,
        openedAt: ticket.openedAt.toISOString(),
        appointmentAt: ticket.appointmentAt?.toISOString() ?? null,
        status: ticket.status,
      },
      assigneeId: ticket.assigneeId ?? ticket.ownerId,
    },
    event: { kind: kind === 'SLA_BREACHED' ? 'BREACHED' : 'AT_RISK', metric, cycle, level: ticket.level },
    at: raisedAt,
  };
}
