import type { UnsaidReaction } from '../../../../prisma/generated/client/client.ts';
import { keepDecisions } from '../../../engine/policy/decisions/decision-row.ts';
import type { ReactFacts } from '../../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../../engine/policy/policies.ts';
import type { Services } from '../../../engine/services/services.ts';
import { nowSql } from '../../../platform/storage/now-sql.ts';
import { isPassing } from '../../../platform/storage/outages/passing.ts';
import { inTransaction, type TransactionClient } from '../../../platform/storage/transaction.ts';
import { WriteSet } from '../../../platform/storage/write-set.ts';
import { groupBy } from '../../../platform/values/group-by.ts';
import { fromJson } from '../../../platform/values/json.ts';
import { CUSTOMER_FACTS, customerFacts } from '../../customers/customer-facts.ts';
import { addAnswer, type Occasion, openSelections, RETRY_MS } from '../../tasks/add-reactions.ts';
import { lockOwed, owedReactions } from '../sql.ts';

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
      answered += await makeUp(services, policyId, rows);
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
  const enabled = policies.all().filter((policy) => policy.enabled);
  const asked = enabled.map(({ declaration, version }) => ({ id: declaration.id, version }));
  const ids = await owedReactions(database.prisma, asked, nowSql(clock), BATCH);
  if (ids.length === 0) return [];
  return database.prisma.unsaidReaction.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
}

/** A reaction that is owed, as the policy is asked for it again. */
interface Owed {
  readonly id: string;
  readonly at: Date;
  readonly occasion: Occasion;
  readonly facts: ReactFacts;
}

/** What came of asking again. */
interface Asked {
  readonly answers: ReadonlyMap<string, Owed & { readonly decision: Decision<'react'> }>;
  /** Nothing follows any more for a customer who was deleted in the meantime. */
  readonly gone: readonly string[];
  readonly failed: readonly string[];
}

async function makeUp(services: Services, policyId: string, rows: readonly UnsaidReaction[]): Promise<number> {
  const policy = services.policies.get(policyId);
  if (!policy) return 0;
  const open = await openOnes(services, policy, rows);
  const answers = await askAgain(services, policyId, open);
  const known = new Set(open.map(({ id }) => id));
  const asked = {
    answers,
    gone: rows.map(({ id }) => id).filter((id) => !known.has(id)),
    failed: open.map(({ id }) => id).filter((id) => !answers.has(id)),
  };
  try {
    return await store(services, policy, asked);
  } catch (error) {
    if (isPassing(error)) throw error;
    return apart(services, policy, rows, error);
  }
}

/** What cannot be written together is asked for in halves; the one that stays alone waits, and holds up none of the others. */
async function apart(
  services: Services,
  policy: InstalledPolicy,
  rows: readonly UnsaidReaction[],
  cause: unknown,
): Promise<number> {
  const { id: policyId } = policy.declaration;
  if (rows.length > 1) {
    const half = Math.ceil(rows.length / 2);
    return (
      (await makeUp(services, policyId, rows.slice(0, half))) + (await makeUp(services, policyId, rows.slice(half)))
    );
  }
  services.log.error({ err: cause, policyId, row: rows[0]?.id }, 'a reaction cannot be written: it waits');
  await store(services, policy, { answers: new Map(), gone: [], failed: rows.map(({ id }) => id) }, false);
  return 0;
}

/** The owed reactions whose customer is still there. */
async function openOnes(
  { database }: Services,
  { declaration }: InstalledPolicy,
  rows: readonly UnsaidReaction[],
): Promise<Owed[]> {
  const found = await database.prisma.customer.findMany({
    where: { id: { in: rows.flatMap(({ customerId }) => customerId ?? []) }, erasedAt: null },
    select: CUSTOMER_FACTS,
  });
  const customers = new Map(found.map((customer) => [customer.id, customer]));
  return rows.flatMap((row) => {
    const { id, at, occasion: key, policyId, branchId, ticketId, assigneeId, customerId } = row;
    const customer = (customerId && customers.get(customerId)) || null;
    if (customerId !== null && customer === null) return [];
    const facts = {
      now: at.toISOString(),
      event: fromJson<ReactFacts['event']>(row.event),
      customer: customer && customerFacts(declaration, customer),
      ticket: row.ticket as ReactFacts['ticket'],
    };
    return [{ id, at, occasion: { key, policyId, branchId, customer, ticketId, assigneeId }, facts }];
  });
}

async function askAgain(
  { policies, log }: Services,
  policyId: string,
  owed: readonly Owed[],
): Promise<Asked['answers']> {
  const facts = owed.map((one) => one.facts);
  const decisions = await policies.askMany(policyId, 'react', facts).catch((error: unknown) => {
    log.warn({ err: error, policyId }, 'a policy could not react; it is asked again');
    return [];
  });
  const answers = new Map<string, Owed & { readonly decision: Decision<'react'> }>();
  for (const [index, one] of owed.entries()) {
    const decision = decisions[index];
    if (decision && !(decision instanceof Error)) answers.set(one.id, { ...one, decision });
  }
  return answers;
}

/** Writes what follows and removes what was owed, as far as no other node does it; returns how many were made up for. */
function store(
  { database, clock }: Services,
  policy: InstalledPolicy,
  asked: Asked,
  isSilent = asked.answers.size === 0,
): Promise<number> {
  const { answers, gone, failed } = asked;
  const policyId = policy.declaration.id;
  const again = { nextTryAt: new Date(clock.now().getTime() + RETRY_MS), policyVersion: policy.version };
  return inTransaction(database, async (tx) => {
    const claimed = await lockOwed(tx, [...answers.keys(), ...gone]);
    const made = await writeAnswers(tx, answers, claimed);
    await tx.unsaidReaction.deleteMany({ where: { id: { in: claimed } } });
    await tx.unsaidReaction.updateMany({
      where: { id: { in: [...failed] } },
      data: { ...again, attempts: { increment: 1 } },
    });
    // A policy that answers nothing is not asked about the others either, one batch a second.
    if (isSilent) await tx.unsaidReaction.updateMany({ where: { policyId }, data: again });
    return made;
  });
}

async function writeAnswers(
  tx: TransactionClient,
  answers: Asked['answers'],
  claimed: readonly string[],
): Promise<number> {
  const writes = new WriteSet();
  const made = claimed.flatMap((id) => answers.get(id) ?? []);
  for (const { occasion, decision, at } of made) {
    keepDecisions(writes, [decision]);
    addAnswer(writes, occasion, decision.answer, at);
    await openSelections(tx, occasion, decision.answer, at);
  }
  await writes.execute(tx);
  return made.length;
}
