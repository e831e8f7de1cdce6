import { Prisma, type UnsaidReaction } from '../../../prisma/generated/client/client.ts';
import type { ReactAnswer } from '../../engine/policy/answers.ts';
import type { ReactFacts } from '../../engine/policy/facts.ts';
import type { Services } from '../../engine/services/services.ts';
import { nowSql } from '../../platform/storage/now.ts';
import { inTransaction, type TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { openCallbacks } from '../tasks/callbacks.ts';
import { addAnswer, type Occasion, RETRY_MS } from './react.ts';

const BATCH = 200;

/**
 * Asks policies again what follows from events on which they had nothing to say: at once when their parameters changed, else
 * once a minute. An answer is written in the transaction that removes what was owed, which one node alone can do.
 *
 * @returns how many were made up for
 */
export async function makeUpReactions(services: Services): Promise<number> {
  let made = 0;
  for (;;) {
    const owed = await readOwed(services);
    let answered = 0;
    for (const [policyId, rows] of groupBy(owed, (row) => row.policyId))
      answered += await ask(services, policyId, rows);
    made += answered;
    if (owed.length < BATCH || answered === 0) break;
  }
  if (made > 0) {
    services.log.info({ made }, 'reactions of policies were made up for');
    services.alerts.wake();
  }
  return made;
}

/** What is owed and to be asked now; those that were asked least come first, so that none waits behind others for ever. */
async function readOwed({ database, clock, policies }: Services): Promise<UnsaidReaction[]> {
  const asked = policies.all().filter(({ enabled }) => enabled);
  const ids = await database.prisma.$queryRaw<{ id: string }[]>`
    select u.id from unsaid_reaction u
    join unnest(${asked.map(({ declaration }) => declaration.id)}::text[], ${asked.map(({ version }) => version)}::text[]) p (id, version)
      on p.id = u.policy_id
    where u.next_try_at <= ${nowSql(clock)} or u.policy_version <> p.version
    order by u.attempts, u.id limit ${BATCH}`;
  if (ids.length === 0) return [];
  return database.prisma.unsaidReaction.findMany({
    where: { id: { in: ids.map(({ id }) => id) } },
    orderBy: { id: 'asc' },
  });
}

async function ask(services: Services, policyId: string, rows: readonly UnsaidReaction[]): Promise<number> {
  const { database, policies, clock, log } = services;
  const policy = policies.get(policyId);
  if (!policy) return 0;
  const customers = new Map(
    (
      await database.prisma.customer.findMany({
        where: { id: { in: rows.flatMap(({ customerId }) => customerId ?? []) }, erasedAt: null },
        select: CUSTOMER_FACTS,
      })
    ).map((customer) => [customer.id, customer]),
  );
  // Nothing follows any more for who was deleted meanwhile.
  const open = rows.filter(({ customerId }) => customerId === null || customers.has(customerId));
  const occasions = open.map((row): { row: UnsaidReaction; occasion: Occasion; facts: ReactFacts } => {
    const customer = (row.customerId && customers.get(row.customerId)) || null;
    const { occasion: key, branchId, ticketId, assigneeId } = row;
    return {
      row,
      occasion: { key, policyId, branchId, customer, ticketId, assigneeId },
      facts: {
        now: row.at.toISOString(),
        event: row.event as unknown as ReactFacts['event'],
        customer: customer && customerFacts(policy.declaration, customer),
        ticket: row.ticket as ReactFacts['ticket'],
      },
    };
  });
  const decisions = await policies
    .askMany(
      policyId,
      'react',
      occasions.map(({ facts }) => facts),
    )
    .catch((error: unknown) => {
      log.warn({ err: error, policyId }, 'a policy could not react; it is asked again');
      return [];
    });
  const answers = new Map<string, { readonly occasion: Occasion; readonly answer: ReactAnswer; readonly at: Date }>();
  for (const [index, { row, occasion }] of occasions.entries()) {
    const decision = decisions[index];
    if (decision && !(decision instanceof Error))
      answers.set(row.id, { occasion, answer: decision.answer, at: row.at });
  }
  const gone = rows.filter((row) => !open.includes(row)).map(({ id }) => id);
  const failed = open.map(({ id }) => id).filter((id) => !answers.has(id));
  const nextTryAt = new Date(clock.now().getTime() + RETRY_MS);
  return inTransaction(database, async (tx) => {
    const claimed = await tx.$queryRaw<{ id: string }[]>`
      select id from unsaid_reaction where id = any(${[...answers.keys(), ...gone]}::uuid[]) for update skip locked`;
    const writes = new WriteSet();
    let made = 0;
    for (const { id } of claimed) {
      const one = answers.get(id);
      if (!one) continue;
      addAnswer(writes, one.occasion, one.answer, one.at);
      await openSelections(tx, one.occasion, one.answer, one.at);
      made += 1;
    }
    await writes.execute(tx);
    await tx.unsaidReaction.deleteMany({ where: { id: { in: claimed.map(({ id }) => id) } } });
    await tx.unsaidReaction.updateMany({
      where: { id: { in: failed } },
      data: { nextTryAt, policyVersion: policy.version, attempts: { increment: 1 } },
    });
    // A policy that answers nothing is not asked about the others either, one batch a second.
    if (answers.size === 0)
      await tx.unsaidReaction.updateMany({ where: { policyId }, data: { nextTryAt, policyVersion: policy.version } });
    return made;
  });
}

/** Opens the callbacks that a policy has chosen by rule, where the event is the line's own. */
export async function openSelections(
  tx: TransactionClient,
  { key: occasionKey, policyId, branchId, customer }: Occasion,
  answer: ReactAnswer,
  now: Date,
): Promise<void> {
  if (customer) return;
  for (const { key, dueAt, ...selection } of answer.selections) {
    const scope = Prisma.sql`c.policy_id = ${policyId} and c.branch_id = ${branchId}::uuid`;
    await openCallbacks(tx, { ...selection, key: `${occasionKey}:${key}`, dueAt: new Date(dueAt), scope, now });
  }
}
