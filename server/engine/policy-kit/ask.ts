import type { Outcome } from '../policy/answer.ts';
import type { Policy } from '../policy/contract.ts';
import type { Parameters } from '../policy/evaluate/operands.ts';
import { canonicalJson } from '../policy/parameters.ts';
import { type Asked, answerAsked, placeOf } from './facts/all.ts';
import type { Watch } from './progress.ts';

/** Asks a policy one question; how long it took is added to `durations`, in milliseconds. */
export function ask(policy: Policy, asked: Asked, parameters: Parameters, watch: Watch, durations?: number[]): Outcome {
  watch.enter(placeOf(asked));
  const start = performance.now();
  const outcome = answerAsked(policy, asked, parameters);
  durations?.push(performance.now() - start);
  watch.leave();
  return outcome;
}

/** The outcome as a text: equal outcomes have equal texts. */
export function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'ANSWERED') return canonicalJson(outcome.answered);
  if (outcome.kind === 'BROKEN') return `BROKEN ${outcome.breakage.message}`;
  return canonicalJson(outcome);
}
