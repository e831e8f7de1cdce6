import { type AlertCustomer, alertAbout, unsaidReactionAlert } from '../../engine/alert-log/raise.ts';
import type { ReactAnswer } from '../../engine/policy/answers.ts';
import { keepDecisions } from '../../engine/policy/decisions/decision-row.ts';
import type { ReactFacts } from '../../engine/policy/facts.ts';
import type { Reaction } from '../../engine/policy/reactions.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { NotConfigured } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { openCallbacks } from './callbacks.ts';
import { proposedTask } from './proposed.ts';
import { ofPlace } from './sql.ts';

// Event -> the policy is asked, outside any transaction -> what it answers is written with the event. Where it cannot answer
// the event is written all the same, and beside it that the reaction is owed (`unsaid_reaction`); server/domain/tickets/unsaid.ts
// asks again until there is an answer, and writes it in the transaction that removes what was owed.

/** What an event belongs to, and by which keys what follows from it is known. */
export interface Occasion {
  /** Begins the keys: `ticket:` and the id. */
  readonly key: string;
  readonly policyId: string;
  readonly branchId: string;
  /** Null where the event is the line's own, e.g. a duty's. */
  readonly customer: AlertCustomer | null;
  readonly ticketId: string | null;
  readonly assigneeId: string | null;
}

/** Milliseconds until a policy whose settings did not change is asked again. */
export const RETRY_MS = 60_000;

/**
 * Adds what follows from an event to what is written with it: the policy's tasks and alerts, or that they are owed.
 *
 * @param once the event's own key, where others may write it at the same time
 */
export function addReaction(
  writes: WriteSet,
  occasion: Occasion,
  facts: ReactFacts,
  reaction: Reaction,
  once: string = newId(),
): void {
  if ('answer' in reaction) {
    keepDecisions(writes, [reaction.decision]);
    addAnswer(writes, occasion, reaction.answer, new Date(facts.now));
  } else addOwed(writes, occasion, facts, reaction, once);
}

function addOwed(
  writes: WriteSet,
  occasion: Occasion,
  { event, ticket, now }: ReactFacts,
  { failure, policyVersion }: Exclude<Reaction, { readonly answer: ReactAnswer }>,
  once: string,
): void {
  const at = new Date(now);
  const { key, policyId, branchId, customer, ticketId, assigneeId } = occasion;
  writes.insert('unsaid_reaction', {
    id: newId(),
    key: once,
    policyId,
    policyVersion,
    branchId,
    customerId: customer?.id ?? null,
    ticketId,
    assigneeId,
    occasion: key,
    event: jsonOf(event),
    ...(ticket && { ticket: jsonOf(ticket) }),
    at,
    attempts: 0,
    nextTryAt: new Date(at.getTime() + RETRY_MS),
  });
  const lack = failure instanceof NotConfigured ? { parameters: failure.parameters } : { detail: detailOf(failure) };
  writes.insert('alert', unsaidReactionAlert(policyId, branchId, lack, at));
}

/** Adds a policy's tasks and alerts. Its selections need the rows as they are then: see `openSelections`. */
export function addAnswer(writes: WriteSet, occasion: Occasion, answer: ReactAnswer, at: Date): void {
  const { key: occasionKey, policyId, branchId, ticketId, assigneeId } = occasion;
  const customer = occasion.customer ?? { id: null, policyId, branchId, managerId: null, tierRank: null };
  for (const task of answer.tasks) {
    const owner = { customer, assigneeId: assigneeId ?? customer.managerId, ticketId, at };
    writes.insert('task', proposedTask(task, { ...owner, key: `${occasionKey}:${task.key}` }));
  }
  for (const { key, ...alert } of answer.alerts) {
    const about = ticketId === null ? {} : { ticketId, assigneeId };
    writes.insert('alert', alertAbout(customer, { ...alert, key: `${occasionKey}:${key}`, at, ...about }));
  }
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
    const scope = ofPlace(policyId, branchId);
    await openCallbacks(tx, { ...selection, key: `${occasionKey}:${key}`, dueAt: new Date(dueAt), scope, now });
  }
}

function detailOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
