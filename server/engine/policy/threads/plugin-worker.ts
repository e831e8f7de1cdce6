import { parentPort, workerData } from 'node:worker_threads';
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
  PROGRESS,
  type SentOutcome,
  type ToThread,
} from './thread-protocol.ts';
import { ownThreadId } from './thread-time.ts';

/**
 * The thread of one plugin. It starts without one, so that a spare thread can stand ready, is given a plugin once, and
 * answers questions in the order in which they come. It is ended from outside when it is silent for too long, or works unasked.
 */
const given = workerData as { progress?: Int32Array };
const progress = given.progress ?? new Int32Array(PROGRESS.LENGTH);
// Whatever is left within reach is the plugin's to change.
delete given.progress;
const port = parentPort;
const send: (message: FromThread) => void = port ? port.postMessage.bind(port) : () => {};
const memoryUsage = process.memoryUsage.bind(process);
const now = performance.now.bind(performance);
let policy: Policy | undefined;

async function load({ url, declares }: LoadMessage): Promise<void> {
  try {
    const { default: loaded } = (await import(url)) as { default?: Partial<Policy> };
    policy = policyOf(loaded);
    const declaration = declares ? JSON.stringify(declarationData(policy)) : null;
    if (declaration !== null && declaration.length > MAX_DECLARATION)
      throw new Error(`its declaration is ${declaration.length} characters long, ${MAX_DECLARATION} at most`);
    send({ kind: 'READY', declaration, problems: declares ? declarationProblems(policy) : [] });
  } catch (error) {
    send({ kind: 'UNUSABLE', message: error instanceof Error ? error.message : describeThrown(error) });
  }
}

/** Milliseconds after which answers are sent while further questions of the same message are answered. */
const SEND_AFTER_MS = 2;

function answerAll({ asked }: AskMessage): void {
  const beganAt = now();
  let answered: Answered[] = [];
  let sentAt = beganAt;
  for (const one of asked) {
    answered.push({ id: one.id, outcomes: answer(one) });
    if (now() - sentAt < SEND_AFTER_MS) continue;
    send({ kind: 'OUTCOMES', answered });
    answered = [];
    sentAt = now();
  }
  Atomics.store(progress, PROGRESS.QUESTION, 0);
  if (answered.length > 0) send({ kind: 'OUTCOMES', answered });
  Atomics.add(progress, PROGRESS.SPENT, Math.round((now() - beganAt) * 1000));
}

function answer({ id, question, facts, parameters }: Asked): SentOutcome[] {
  Atomics.store(progress, PROGRESS.ENTRY, 0);
  Atomics.store(progress, PROGRESS.QUESTION, id);
  return facts.map((one, entry): SentOutcome => {
    Atomics.store(progress, PROGRESS.ENTRY, entry);
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

function say(): void {
  const { heapUsed, external } = memoryUsage();
  Atomics.store(progress, PROGRESS.HELD, Math.round((heapUsed + external) / 1024));
  Atomics.add(progress, PROGRESS.LOOKS, 1);
}

Atomics.store(progress, PROGRESS.THREAD, ownThreadId());
warmUp();
freezeRealm();
port?.on('message', (message: ToThread) => {
  if (message.kind === 'LOAD') void load(message);
  else if (message.kind === 'LOOK') say();
  else answerAll(message);
});
