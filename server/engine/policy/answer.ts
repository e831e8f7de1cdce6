import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { malformedStrings } from '../../platform/values/sound-text.ts';
import type { Text } from '../../platform/values/text.ts';
import { ANSWERS, type Answers } from './answers.ts';
import { completePromise, type Policy, type PromiseOffer, type ReactOffer, type RouteOffer } from './contract.ts';
import { issueText } from './declaration/issue-text.ts';
import { BlankParameters, PolicyBreakage } from './errors.ts';
import type { Parameters } from './evaluate/operands.ts';
import { becauseOf, evaluate } from './evaluate.ts';
import type { Facts, GradeFacts, Question } from './facts.ts';

/** An answer with its reason, complete and of the right shape. */
export interface Answered<Q extends Question> {
  readonly answer: Answers[Q];
  readonly because: Text;
}

/** What has come of one question: an answer, none (left to the standard policy), blank parameters, or a breakage. */
export type Outcome<Q extends Question = Question> =
  | { readonly kind: 'ANSWERED'; readonly answered: Answered<Q> }
  | { readonly kind: 'LEFT' }
  | { readonly kind: 'BLANK'; readonly parameters: readonly string[] }
  | { readonly kind: 'BROKEN'; readonly breakage: PolicyBreakage };

const because = z.strictObject({ en: z.string().min(1).max(2000), zh: z.string().min(1).max(2000) });
const offer = z.strictObject({ answer: z.unknown(), because });

/** Whether the policy has anything to say to a question; if not, it need not be asked. */
export function mayAnswer(policy: Policy, question: Question): boolean {
  return policy.answers?.[question] !== undefined || (question === 'grade' && policy.schemes !== undefined);
}

/**
 * Asks a policy one question: its function, and for `grade`, where that leaves it, the scheme's rule. Never throws.
 *
 * @param parameters those in force; a blank one is absent
 */
export function answerOne<Q extends Question>(
  policy: Policy,
  question: Q,
  facts: Facts[Q],
  parameters: Parameters,
): Outcome<Q> {
  try {
    const given = policy.answers?.[question]?.(facts, readable(policy, question, parameters));
    if (given !== undefined)
      return { kind: 'ANSWERED', answered: checked(policy, question, facts, completed(question, given)) };
    if (question !== 'grade') return { kind: 'LEFT' };
    // Evaluated by the platform itself: whoever takes it out of the thread checks it, and once is enough.
    const byRule = ruled(policy, facts as GradeFacts, parameters);
    return byRule ? { kind: 'ANSWERED', answered: byRule as Answered<Question> as Answered<Q> } : { kind: 'LEFT' };
  } catch (error) {
    if (error instanceof BlankParameters) return { kind: 'BLANK', parameters: error.parameters };
    if (error instanceof PolicyBreakage) return { kind: 'BROKEN', breakage: error };
    return { kind: 'BROKEN', breakage: new PolicyBreakage('THREW', `${question} threw ${describeThrown(error)}`) };
  }
}

function ruled(policy: Policy, facts: GradeFacts, parameters: Parameters): Answered<'grade'> | undefined {
  const scheme = policy.schemes?.[facts.scheme];
  if (!scheme) return undefined;
  const answer = evaluate({ policy, scheme, facts, parameters });
  return { answer, because: becauseOf({ scheme }, answer) };
}

/**
 * The parameters as answer functions read them. Reading a blank one ends the answer as NOT_CONFIGURED, reading one that is
 * not declared breaks it; `'key' in parameters` asks without reading.
 */
function readable(policy: Policy, question: Question, parameters: Parameters): Parameters {
  return new Proxy(parameters, {
    get(values, key) {
      if (typeof key !== 'string') return undefined;
      const value = values[key];
      if (value !== undefined) return value;
      if (Object.hasOwn(policy.parameters ?? {}, key)) throw new BlankParameters([key]);
      // Whoever prints the parameters asks for more than their names.
      if (key === 'toJSON' || key === 'then') return undefined;
      throw new PolicyBreakage('RUBBISH', `${question} reads the parameter ${key}, which is not declared`);
    },
  });
}

/** What the plugin left out of its answer, filled in; what it should not have said stays, to be found by the check. */
function completed(question: Question, given: unknown): unknown {
  if (typeof given === 'object' && given !== null && 'then' in given) {
    throw new PolicyBreakage('RUBBISH', `${question} answered with a Promise; policies are synchronous`);
  }
  const envelope = offer.safeParse(given);
  if (!envelope.success) throw rubbish(question, envelope.error, given);
  const { answer, because } = envelope.data;
  if (typeof answer !== 'object' || answer === null) return { answer, because };
  switch (question) {
    case 'promise': {
      if (!Array.isArray(answer)) return { answer, because };
      const promises = (answer as PromiseOffer[]).map((one) => ({ ...one, ...completePromise(one, because) }));
      return { answer: promises, because };
    }
    case 'react': {
      const { tasks, alerts, selections, ...rest } = answer as ReactOffer;
      return {
        answer: { ...rest, tasks: tasks ?? [], alerts: alerts ?? [], selections: selections ?? [] },
        because,
      };
    }
    case 'route': {
      const { fourEyes, oneByOne, ratifyWithinDays, ...rest } = answer as RouteOffer;
      return {
        answer: {
          ...rest,
          fourEyes: fourEyes ?? true,
          oneByOne: oneByOne ?? false,
          ratifyWithinDays: ratifyWithinDays ?? null,
        },
        because,
      };
    }
    default:
      return { answer, because };
  }
}

/** The whole of an answer with its reason, as it leaves the thread. */
const ENVELOPES: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  Object.entries(ANSWERS).map(([question, answer]) => [question, z.strictObject({ answer, because })]),
);

/** Compiles the schemas, which they put off to their first use: a thread does it before its time is taken. */
export function warmUp(): void {
  for (const envelope of Object.values(ENVELOPES)) envelope.safeParse({ answer: {}, because: { en: ' ', zh: ' ' } });
}

/**
 * The answer, if its shape is right and it speaks of what the policy declares.
 *
 * @param value the answer with its reason, complete
 * @throws {PolicyBreakage} it cannot be taken; the message says where
 */
export function checked<Q extends Question>(policy: Policy, question: Q, facts: Facts[Q], value: unknown): Answered<Q> {
  const parsed = (ENVELOPES[question] as z.ZodType<Answered<Q>>).safeParse(value);
  if (!parsed.success) throw rubbish(question, parsed.error, value);
  // No database holds it: what follows from the answer could not be written.
  const [unsound] = malformedStrings(parsed.data, question);
  if (unsound) throw new PolicyBreakage('RUBBISH', `${unsound.path.replace(/\[(\d+)\]/g, '.$1')} ${unsound.message}`);
  const problem = contradiction(policy, question, facts, parsed.data.answer);
  if (problem) throw new PolicyBreakage('RUBBISH', `${question} answered ${problem}`);
  return parsed.data;
}

/** What no schema can tell: names that the policy does not declare, and orders that do not hold. */
function contradiction(policy: Policy, question: Question, facts: unknown, answer: unknown): string | null {
  if (question === 'grade') {
    const { tier, nextTier } = answer as Answers['grade'];
    const tiers = policy.schemes?.[(facts as GradeFacts).scheme]?.tiers;
    const unknown = [tier, nextTier?.tier].find((code) => code != null && tiers && !Object.hasOwn(tiers, code));
    return unknown === undefined ? null : `with the tier ${unknown}, which the scheme does not have`;
  }
  if (question === 'care') return dutyProblem(policy, answer as Answers['care']);
  if (question !== 'promise') return null;
  const metrics = new Set<string>();
  for (const { metric, calendar, atRisk } of answer as Answers['promise']) {
    if (metrics.has(metric)) return `two promises of ${metric}`;
    metrics.add(metric);
    if (calendar !== 'always' && !Object.hasOwn(policy.calendars ?? {}, calendar))
      return `with the calendar ${calendar}, which it does not declare`;
    if (atRisk.some((percent, index) => percent <= (atRisk[index - 1] ?? 0)))
      return `at-risk points of ${metric} that do not ascend`;
  }
  return null;
}

function dutyProblem({ duties = {} }: Policy, tasks: Answers['care']): string | null {
  for (const { key, duty, period } of tasks) {
    if (duty == null) continue;
    if (duties[duty]?.of !== 'CUSTOMER') return `with the duty ${duty}, which it does not declare of customers`;
    if (!period) return `with ${key} for the duty ${duty} without a period`;
  }
  return null;
}

function rubbish(question: Question, error: z.ZodError, value: unknown): PolicyBreakage {
  const [first] = error.issues;
  const where = [question, ...(first?.path ?? [])].map(String).join('.');
  const what = first ? issueText(first, value) : 'has the wrong shape';
  const whole = first?.path.length === 0 ? ': { answer, because }, or undefined where the question is left' : '';
  return new PolicyBreakage('RUBBISH', `${where} ${what}${whole}`);
}

/** What a plugin threw and where, in a few words: it may be anything, and reading it may throw again. */
export function describeThrown(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}${lineOf(error.stack)}` : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}

/** Where the platform's own files lie: what they throw was thrown because of who called them. */
const OWN = fileURLToPath(new URL('../../', import.meta.url));

/** The plugin's innermost line in a stack, as ` (index.ts:12)`. */
function lineOf(stack = ''): string {
  for (const frame of stack.split('\n')) {
    const [, at = '', line = ''] = /^ {4}at (?:.*\()?(.+):(\d+):\d+\)?$/.exec(frame) ?? [];
    const file = at.startsWith('file:') ? fileURLToPath(at) : at;
    if (file === '' || file.startsWith('node:') || file.startsWith(OWN) || file.includes('node_modules')) continue;
    return ` (${path.basename(file)}:${line})`;
  }
  return '';
}
