import { answerOne, describeThrown, warmUp } from '../answer.ts';
import type { Policy } from '../contract.ts';
import { declarationProblems } from '../declaration/check-declaration.ts';
import type { Facts } from '../facts.ts';
import { declarationData, MAX_DECLARATION, policyOf } from '../reading/declared.ts';
import { type Reading, readHere } from '../reading/readings.ts';
import { freezeRealm } from './frozen-realm.ts';
import {
  type Answered,
  type Asked,
  type AskMessage,
  type FromThread,
  type LoadMessage,
  MAX_ANSWER,
  type SentOutcome,
  type ToThread,
} from './thread-protocol.ts';

/** How a plugin's thread, or its process, tells the platform what it is at. */
export interface Line {
  readonly send: (message: FromThread) => void;
  /** The question and the entry of its facts at work; 0 for none. */
  readonly at: (question: number, entry: number) => void;
  /** Microseconds that a message took. */
  readonly spent: (microseconds: number) => void;
  /** Kilobytes that it holds. */
  readonly held: (kilobytes: number) => void;
}

const memoryUsage = process.memoryUsage.bind(process);
const now = performance.now.bind(performance);

/**
 * Answers for one plugin, in the order in which questions come. It starts without one, so that a spare can stand ready, and is given a
 * plugin once. It is ended from outside when it is silent for too long, or works unasked.
 *
 * @returns what is to be called with each message of the platform
 */
export function servePlugin(line: Line): (message: ToThread) => void {
  warmUp();
  freezeRealm();
  line.send({ kind: 'UP' });
  return (message) => {
    if (message.kind === 'LOAD') void load(line, message);
    else if (message.kind === 'LOOK') say(line);
    else answerAll(line, message);
  };
}

let policy: Policy | undefined;

async function load(line: Line, { url, declares }: LoadMessage): Promise<void> {
  try {
    const { default: loaded } = (await import(url)) as { default?: Partial<Policy> };
    policy = policyOf(loaded);
    const declaration = declares ? JSON.stringify(declarationData(policy)) : null;
    if (declaration !== null && declaration.length > MAX_DECLARATION)
      throw new Error(`its declaration is ${declaration.length} characters long, ${MAX_DECLARATION} at most`);
    line.send({ kind: 'READY', declaration, problems: declares ? declarationProblems(policy) : [] });
  } catch (error) {
    line.send({ kind: 'UNUSABLE', message: error instanceof Error ? error.message : describeThrown(error) });
  }
}

/** Milliseconds after which answers are sent while further questions of the same message are answered. */
const SEND_AFTER_MS = 2;

function answerAll(line: Line, { asked }: AskMessage): void {
  const beganAt = now();
  let answered: Answered[] = [];
  let sentAt = beganAt;
  for (const one of asked) {
    answered.push({ id: one.id, outcomes: answer(line, one) });
    if (now() - sentAt < SEND_AFTER_MS) continue;
    line.send({ kind: 'OUTCOMES', answered });
    answered = [];
    sentAt = now();
  }
  line.at(0, 0);
  if (answered.length > 0) line.send({ kind: 'OUTCOMES', answered });
  line.spent(Math.round((now() - beganAt) * 1000));
}

function answer(line: Line, { id, question, facts, parameters }: Asked): SentOutcome[] {
  return facts.map((one, entry): SentOutcome => {
    line.at(id, entry);
    if (!policy) return { kind: 'BROKEN', breakage: 'GONE', message: 'the plugin is not loaded' };
    if (question === 'read') return read(policy, one as Reading);
    const outcome = answerOne(policy, question, one as Facts[typeof question], parameters);
    if (outcome.kind === 'BROKEN')
      return { kind: 'BROKEN', breakage: outcome.breakage.kind, message: outcome.breakage.message };
    return outcome.kind === 'ANSWERED' ? sentAnswer(question, outcome.answered) : outcome;
  });
}

function read(policy: Policy, reading: Reading): SentOutcome {
  const what = `reading ${reading.of.toLowerCase()}`;
  try {
    return sentAnswer(what, readHere(policy, reading));
  } catch (error) {
    return { kind: 'BROKEN', breakage: 'THREW', message: `${what} threw ${describeThrown(error)}` };
  }
}

function sentAnswer(what: string, answered: unknown): SentOutcome {
  const json = JSON.stringify(answered);
  if (json.length <= MAX_ANSWER) return { kind: 'ANSWERED', json };
  return {
    kind: 'BROKEN',
    breakage: 'RUBBISH',
    message: `${what}: the answer is ${json.length} long, ${MAX_ANSWER} at most`,
  };
}

function say(line: Line): void {
  const { heapUsed, external } = memoryUsage();
  line.held(Math.round((heapUsed + external) / 1024));
}
