import type { Logger } from 'pino';
import type { ReactAnswer } from './answers.ts';
import type { ReactFacts } from './facts.ts';
import type { Decision, Policies } from './policies.ts';

/** What a policy said, or why it could not and in which version. */
export type Reaction =
  | { readonly answer: ReactAnswer; readonly decision: Decision<'react'> }
  | { readonly failure: unknown; readonly policyVersion: string };

/** Whom reactions are asked of, and where a failure is noted. */
interface Asked {
  readonly policies: Policies;
  readonly log: Logger;
}

/** Asks the policy what follows from an event. Never throws: nothing that a policy proposes is worth the event. */
export async function reactionTo(asked: Asked, policyId: string, facts: ReactFacts): Promise<Reaction> {
  try {
    const decision = await asked.policies.ask(policyId, 'react', facts);
    return { answer: decision.answer, decision };
  } catch (failure) {
    return unsaid(asked, policyId, failure);
  }
}

/** Asks like `reactionTo` about many events at once, in few messages; never throws either. */
export async function reactionsToMany(
  asked: Asked,
  policyId: string,
  facts: readonly ReactFacts[],
): Promise<Reaction[]> {
  const decisions = await asked.policies
    .askMany(policyId, 'react', facts)
    .catch((error: Error) => facts.map(() => error));
  return decisions.map((decision) =>
    decision instanceof Error ? unsaid(asked, policyId, decision) : { answer: decision.answer, decision },
  );
}

/** A reaction that a policy could not give. */
function unsaid({ policies, log }: Asked, policyId: string, failure: unknown): Reaction {
  log.warn({ err: failure, policyId }, 'a policy could not react; it is asked again');
  return { failure, policyVersion: policies.get(policyId)?.version ?? '' };
}
