import { type AlertCustomer, alertAbout } from '../alerts/raise.ts';
import type { Services } from '../context.ts';
import { PolicyFailure } from '../errors.ts';
import type { ReactAnswer } from '../policy/answers.ts';
import type { CustomerFacts, ReactFacts } from '../policy/facts.ts';
import type { WriteSet } from '../storage/write-set.ts';
import { proposedTask } from '../tasks/proposed.ts';

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

/** Adds a policy's tasks and alerts to what is written with the event. */
export function addReactions(
  writes: WriteSet,
  { customer, ticketId, assigneeId }: Reacting,
  answer: ReactAnswer,
  now: Date,
): void {
  for (const task of answer.tasks) {
    const owner = { customer, assigneeId: assigneeId ?? customer.managerId, ticketId, at: now };
    writes.insert('task', proposedTask(task, { ...owner, key: `ticket:${ticketId}:${task.key}` }));
  }
  for (const { key, ...alert } of answer.alerts) {
    writes.insert(
      'alert',
      alertAbout(customer, { ...alert, key: `ticket:${ticketId}:${key}`, at: now, ticketId, assigneeId }),
    );
  }
}

/**
 * Asks the policy what follows from an event. A policy that is out of order loses its own proposals, never the event.
 *
 * @returns null where the policy could not be asked
 */
export async function reactionsTo(
  services: Pick<Services, 'policies' | 'log'>,
  policyId: string,
  facts: ReactFacts,
): Promise<ReactAnswer | null> {
  try {
    return (await services.policies.ask(policyId, 'react', facts)).answer;
  } catch (error) {
    if (!(error instanceof PolicyFailure)) throw error;
    services.log.warn({ err: error, policyId }, 'a policy could not react');
    return null;
  }
}

/** Asks like `reactionsTo` about many events at once, in one message. */
export async function reactionsToMany(
  services: Pick<Services, 'policies' | 'log'>,
  policyId: string,
  facts: readonly ReactFacts[],
): Promise<(ReactAnswer | null)[]> {
  const decisions = await services.policies.askMany(policyId, 'react', facts);
  return decisions.map((decision) => {
    if (!(decision instanceof Error)) return decision.answer;
    if (!(decision instanceof PolicyFailure)) throw decision;
    services.log.warn({ err: decision, policyId }, 'a policy could not react');
    return null;
  });
}

/** Asks the policy what follows from an event, and adds it to what is written with the event. */
export async function proposeReactions(
  services: Pick<Services, 'policies' | 'log'>,
  writes: WriteSet,
  about: Reacting,
  event: ReactFacts['event'],
  now: Date,
): Promise<void> {
  const answer = await reactionsTo(services, about.customer.policyId, reactionFacts(about, event, now));
  if (answer) addReactions(writes, about, answer, now);
}
