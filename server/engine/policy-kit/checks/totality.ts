import type { Outcome } from '../../policy/answer.ts';
import type { ReactAnswer } from '../../policy/answers.ts';
import { MAX_ANSWER } from '../../policy/threads/thread-protocol.ts';
import { type Asked, placeOf } from '../facts/all.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings, type Result } from './result.ts';

/** Every question is answered, or left, and never with an exception; blank parameters are the only excuse. */
export function totalityFindings({ unfilled }: Subject, results: readonly Result[]): Finding[] {
  const found = new Findings('totality');
  for (const { asked, outcome } of results) {
    if (outcome.kind === 'BROKEN') found.add(placeOf(asked), brokenBy(outcome.breakage.message));
    if (outcome.kind === 'ANSWERED' && JSON.stringify(outcome.answered).length > MAX_ANSWER)
      found.add(placeOf(asked), `the answer is longer than ${MAX_ANSWER} characters, and would be thrown away`);
    if (outcome.kind !== 'BLANK') continue;
    const unexcused = outcome.parameters.filter((key) => !unfilled.includes(key));
    if (unexcused.length > 0)
      found.add(placeOf(asked), `answers NOT_CONFIGURED for ${unexcused.join(', ')}, which has a value`);
  }
  return found.all();
}

/** Facts cannot be changed here: whoever tries reads the engine's words for it. */
function brokenBy(message: string): string {
  const changes = /read only property|not extensible|Cannot delete property/.test(message);
  return changes ? `${message}; facts are read and not changed` : message;
}

/**
 * Where nobody set any parameter, NOT_CONFIGURED names blank ones alone, nothing breaks that does not break anyhow, and what
 * needs no parameter is said all the same.
 *
 * @param set what came of the same questions where all parameters were set, in the same order
 */
export function blankFindings(
  { policy, presets }: Subject,
  results: readonly Result[],
  set: readonly Result[],
): Finding[] {
  const found = new Findings('parameters');
  for (const [index, { asked, outcome }] of results.entries()) {
    const place = `${placeOf(asked)}, parameters as delivered`;
    if (outcome.kind === 'BROKEN' && set[index]?.outcome.kind !== 'BROKEN') found.add(place, outcome.breakage.message);
    if (outcome.kind !== 'BLANK') continue;
    const said = set[index]?.outcome;
    if (said && saysNothing(asked.question, said))
      found.add(
        place,
        `reads ${outcome.parameters.join(', ')}, which has no value, and then has nothing to say: it answers NOT_CONFIGURED where it ` +
          'would leave the question. Take a parameter from the second argument where it is needed, not in its pattern',
      );
    const wrong = outcome.parameters.filter(
      (key) => presets[key] !== undefined || !Object.hasOwn(policy.parameters ?? {}, key),
    );
    if (wrong.length > 0) found.add(place, `answers NOT_CONFIGURED for ${wrong.join(', ')}, which is not blank`);
  }
  return found.all();
}

/** It leaves the question, or nothing follows. */
function saysNothing(question: Asked['question'], outcome: Outcome): boolean {
  if (outcome.kind === 'LEFT') return true;
  if (question !== 'react' || outcome.kind !== 'ANSWERED') return false;
  const { tasks, alerts, selections } = outcome.answered.answer as ReactAnswer;
  return tasks.length + alerts.length + selections.length === 0;
}
