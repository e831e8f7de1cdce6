import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { ReactFacts } from '../../engine/policy/facts.ts';
import type { Decision } from '../../engine/policy/policies.ts';
import type { Services } from '../../engine/services/services.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { addReaction, type Reacting, type Reaction, reactionFacts, ticketOccasion, unsaid } from './react.ts';

const BATCH = 500;

const FIRED = { ticket: true, clock: true, customer: { select: CUSTOMER_FACTS } } satisfies Prisma.AlertInclude;
type Fired = Prisma.AlertGetPayload<{ include: typeof FIRED }>;

/**
 * Asks policies what follows from moments at which clocks fired. A step of its own after the sweep, which asks nobody
 * while rows are locked: what it writes goes with the mark that the moment awaits it, so that two nodes, or a node that was
 * killed in between, write it once. What a policy cannot say is owed (server/domain/tickets/unsaid.ts).
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
    const writes = new Map<string, WriteSet>();
    const moments = alerts.flatMap((alert) => {
      const moment = momentOf(services, alert);
      return moment ? [{ id: alert.id, ...moment }] : [];
    });
    for (const [policyId, ofPolicy] of groupBy(moments, ({ about }) => about.customer.policyId)) {
      const facts = ofPolicy.map(({ about, event, at }) => reactionFacts(about, event, at));
      const decisions = await services.policies
        .askMany(policyId, 'react', facts)
        .catch((error: unknown) => facts.map(() => error));
      for (const [index, { id, about }] of ofPolicy.entries()) {
        const decision = decisions[index] as Decision<'react'> | Error;
        const reaction: Reaction =
          decision instanceof Error ? unsaid(services, policyId, decision) : { answer: decision.answer };
        const set = new WriteSet();
        addReaction(set, ticketOccasion(about), facts[index] as ReactFacts, reaction, `alert:${id}`);
        writes.set(id, set);
      }
    }
    const claimed = await inTransaction(database, async (tx) => {
      // Whoever asked at the same time may have heard something else; one answer counts.
      const rows = await tx.$queryRaw<{ id: string }[]>`
        select id from alert where id = any(${alerts.map(({ id }) => id)}::uuid[]) and awaits_reaction for update skip locked`;
      const ids = rows.map(({ id }) => id);
      await WriteSet.together(ids.flatMap((id) => writes.get(id) ?? [])).execute(tx);
      await tx.alert.updateMany({ where: { id: { in: ids } }, data: { awaitsReaction: false } });
      return ids.length;
    });
    seen += alerts.length;
    // What another node holds is its own.
    if (alerts.length < BATCH || claimed === 0) break;
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
