import { NotConfigured } from '../../../platform/values/errors.ts';
import { type Facts, QUESTIONS, type Question } from '../facts.ts';
import { canonicalJson } from '../parameters.ts';
import type { Decision } from '../policies.ts';
import type { DecisionOutcome } from './asked.ts';
import type { Candidate } from './candidate.ts';
import { detailOf, outcomeOf } from './decision-row.ts';

/** A decision as it was kept, as far as it can be asked again. */
export interface Recorded {
  readonly question: string;
  readonly outcome: string;
  readonly facts: unknown;
  readonly answer: unknown;
}

/** What came of a question when it was asked again. */
export interface AskedAgain {
  readonly outcome: DecisionOutcome;
  readonly answer: unknown;
  readonly because: unknown;
  readonly detail: string | null;
  /** Another thing is decided than was recorded; other words for the same are none. */
  readonly isDifferent: boolean;
}

/** Asks a candidate what was asked before, in one message for each question; in the order of the recorded ones. */
export async function askAgain(candidate: Candidate, recorded: readonly Recorded[]): Promise<AskedAgain[]> {
  const again: (AskedAgain | undefined)[] = recorded.map(() => undefined);
  for (const question of QUESTIONS) {
    const places = recorded.flatMap((one, index) => (one.question === question ? [index] : []));
    if (places.length === 0) continue;
    const facts = places.map((index) => recorded[index]?.facts as Facts[typeof question]);
    const decided: (Decision<Question> | Error)[] = await candidate.askMany(question, facts);
    for (const [position, index] of places.entries()) {
      const [before, after] = [recorded[index], decided[position]];
      if (before && after) again[index] = compared(before, after);
    }
  }
  return again.map((one) => one ?? { ...NOT_ASKED });
}

const NOT_ASKED: AskedAgain = {
  outcome: 'FAILED',
  answer: null,
  because: null,
  detail: 'is no question of this version',
  isDifferent: true,
};

function compared(before: Recorded, after: Decision<Question> | Error): AskedAgain {
  if (after instanceof Error) {
    const outcome = after instanceof NotConfigured ? 'NOT_CONFIGURED' : 'FAILED';
    return { outcome, answer: null, because: null, detail: detailOf(after), isDifferent: before.outcome !== outcome };
  }
  const outcome = outcomeOf(after);
  const { answer, because, fallback } = after;
  const isDifferent =
    before.outcome !== outcome || decidedBy(before.question, before.answer) !== decidedBy(before.question, answer);
  return { outcome, answer, because, detail: fallback?.detail ?? null, isDifferent };
}

/** What an answer decides, as a text: equal decisions have equal texts, however they are explained. */
function decidedBy(question: string, answer: unknown): string {
  // A threshold moves every figure that explains a grade; what is decided is the tier.
  if (question === 'grade' && typeof answer === 'object' && answer !== null) {
    const { tier, eligible, result } = answer as Readonly<Record<string, unknown>>;
    return canonicalJson({ tier, eligible, result });
  }
  return canonicalJson(withoutWords(answer)) ?? 'null';
}

/** Parts of answers that explain or name, and decide nothing. */
const WORDS: readonly string[] = ['because', 'basis', 'label', 'message', 'text', 'title'];

function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      // What is left out and what is null mean the same in an answer.
      WORDS.includes(key) || inner === null || inner === undefined ? [] : [[key, withoutWords(inner)]],
    ),
  );
}
