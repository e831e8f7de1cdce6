import { parentPort, workerData } from 'node:worker_threads';
import { answerOne, warmUp } from '../answer.ts';
import type { Policy } from '../contract.ts';
import type { Facts } from '../facts.ts';
import {
  type Answered,
  type Asked,
  type AskMessage,
  type FromThread,
  MAX_ANSWER,
  PROGRESS,
  type SentOutcome,
  type ToThread,
} from './thread-protocol.ts';
import { ownThreadId } from './thread-time.ts';

/**
 * The thread of one plugin. It starts without one, so that a spare thread can stand ready, is given a plugin once, and
 * answers questions in the order in which they come. It is ended from outside when it is silent for too long.
 */
const { progress } = workerData as { progress: Int32Array };
let policy: Policy | undefined;

function send(message: FromThread): void {
  parentPort?.postMessage(message);
}

async function load(url: string): Promise<void> {
  try {
    ({ default: policy } = (await import(url)) as { default: Policy });
    send({ kind: 'READY' });
  } catch (error) {
    send({ kind: 'UNUSABLE', message: error instanceof Error ? error.message : 'it could not be loaded' });
  }
}

/** Milliseconds after which answers are sent while further questions of the same message are answered. */
const SEND_AFTER_MS = 2;

function answerAll({ asked }: AskMessage): void {
  let answered: Answered[] = [];
  let sentAt = performance.now();
  for (const one of asked) {
    answered.push({ id: one.id, outcomes: answer(one) });
    if (performance.now() - sentAt < SEND_AFTER_MS) continue;
    send({ kind: 'OUTCOMES', answered });
    answered = [];
    sentAt = performance.now();
  }
  Atomics.store(progress, PROGRESS.QUESTION, 0);
  if (answered.length > 0) send({ kind: 'OUTCOMES', answered });
}

function answer({ id, question, facts, parameters }: Asked): SentOutcome[] {
  Atomics.store(progress, PROGRESS.ENTRY, 0);
  Atomics.store(progress, PROGRESS.QUESTION, id);
  return facts.map((one, entry): SentOutcome => {
    Atomics.store(progress, PROGRESS.ENTRY, entry);
    if (!policy) return { kind: 'BROKEN', breakage: 'GONE', message: 'the plugin is not loaded' };
    const outcome = answerOne(policy, question, one as Facts[typeof question], parameters);
    if (outcome.kind === 'BROKEN')
      return { kind: 'BROKEN', breakage: outcome.breakage.kind, message: outcome.breakage.message };
    if (outcome.kind !== 'ANSWERED') return outcome;
    const json = JSON.stringify(outcome.answered);
    if (json.length <= MAX_ANSWER) return { kind: 'ANSWERED', json };
    return {
      kind: 'BROKEN',
      breakage: 'RUBBISH',
      message: `${question}: the answer is ${json.length} long, ${MAX_ANSWER} at most`,
    };
  });
}

Atomics.store(progress, PROGRESS.THREAD, ownThreadId());
warmUp();
parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'LOAD') void load(message.url);
  else answerAll(message);
});
