import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { type AlertCustomer, alertAbout, unsaidReactionAlert } from '../../engine/alert-log/raise.ts';
import type { ReactAnswer } from '../../engine/policy/answers.ts';
import type { CustomerFacts, ReactFacts } from '../../engine/policy/facts.ts';
import type { Services } from '../../engine/services/services.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { NotConfigured } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { proposedTask } from '../tasks/proposed.ts';

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

/** What a policy said, or why it could not and in which version. */
export type Reaction = { readonly answer: ReactAnswer } | { readonly failure: unknown; readonly policyVersion: string };

/** The ticket that an event belongs to, as the policy's reaction needs it. */
export interface Reacting {
  readonly customer: AlertCustomer;
  readonly customerFacts: CustomerFacts;
  readonly ticketId: string;
  readonly ticket: NonNullable<ReactFacts['ticket']>;
  readonly assigneeId: string | null;
}

/** The facts about an event from which a policy tells what follows. */
export function reactionFacts({ customerFacts, ticket }: Reacting, event: ReactFacts['event'], now: Date): ReactFacts {
  return { now: now.toISOString(), event, customer: customerFacts, ticket };
}

/** A ticket as the occasion of its events. */
export function ticketOccasion({ customer, ticketId, assigneeId }: Reacting): Occasion {
  const { policyId, branchId } = customer;
  return { key: `ticket:${ticketId}`, policyId, branchId, customer, ticketId, assigneeId };
}

/** Asks the policy what follows from an event. Never throws: nothing that a policy proposes is worth the event. */
export async function reactionTo(
  services: Pick<Services, 'policies' | 'log'>,
  policyId: string,
  facts: ReactFacts,
): Promise<Reaction> {
  try {
    return { answer: (await services.policies.ask(policyId, 'react', facts)).answer };
  } catch (failure) {
    return unsaid(services, policyId, failure);
  }
}

/** Asks like `reactionTo` about many events at once, in one message. */
export async function reactionsToMany(
  services: Pick<Services, 'policies' | 'log'>,
  policyId: string,
  facts: readonly ReactFacts[],
): Promise<Reaction[]> {
  const decisions = await services.policies.askMany(policyId, 'react', facts);
  return decisions.map((decision) =>
    decision instanceof Error ? unsaid(services, policyId, decision) : { answer: decision.answer },
  );
}

/** A reaction that a policy could not give. */
export function unsaid(
  { policies, log }: Pick<Services, 'policies' | 'log'>,
  policyId: string,
  failure: unknown,
): Reaction {
  log.warn({ err: failure, policyId }, 'a policy could not react; it is asked again');
  return { failure, policyVersion: policies.get(policyId)?.version ?? '' };
}

/**
 * Adds what follows from an event to what is written with it: the policy's tasks and alerts, or that they are owed.
 *
 * @param once the event's own key, where others may write it at the same time
 */
export function addReaction(
  writes: WriteSet,
  occasion: Occasion,
  { event, ticket, now }: ReactFacts,
  reaction: Reaction,
  once: string = newId(),
): void {
  const at = new Date(now);
  if ('answer' in reaction) {
    addAnswer(writes, occasion, reaction.answer, at);
    return;
  }
  const { key, policyId, branchId, customer, ticketId, assigneeId } = occasion;
  writes.insert('unsaid_reaction', {
    id: newId(),
    key: once,
    policyId,
    policyVersion: reaction.policyVersion,
    branchId,
    customerId: customer?.id ?? null,
    ticketId,
    assigneeId,
    occasion: key,
    event: event as Prisma.InputJsonObject,
    ...(ticket && { ticket: { ...ticket } }),
    at,
    attempts: 0,
    nextTryAt: new Date(at.getTime() + RETRY_MS),
  });
  const { failure } = reaction;
  const lack = failure instanceof NotConfigured ? { parameters: failure.parameters } : { detail: detailOf(failure) };
  writes.insert('alert', unsaidReactionAlert(policyId, branchId, lack, at));
}

/** Milliseconds until a policy whose settings did not change is asked again. */
export const RETRY_MS = 60_000;

/** Adds a policy's tasks and alerts. Its selections need the rows as they are then: see `openSelections`. */
export function addAnswer(writes: WriteSet, occasion: Occasion, answer: ReactAnswer, at: Date): void {
  const { key: occasionKey, customer, ticketId, assigneeId } = occasion;
  if (!customer) return;
  for (const task of answer.tasks) {
    const owner = { customer, assigneeId: assigneeId ?? customer.managerId, ticketId, at };
    writes.insert('task', proposedTask(task, { ...owner, key: `${occasionKey}:${task.key}` }));
  }
  for (const { key, ...alert } of answer.alerts) {
    const about = ticketId === null ? {} : { ticketId, assigneeId };
    writes.insert('alert', alertAbout(customer, { ...alert, key: `${occasionKey}:${key}`, at, ...about }));
  }
}

function detailOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
