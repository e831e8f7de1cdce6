import type { Logger } from 'pino';
import type { BreakageKind } from '../errors.ts';
import type { Parameters } from '../evaluate/operands.ts';
import type { Runner } from './slot.ts';
import type { Asked, Asking, SentOutcome } from './thread-protocol.ts';

export interface TimeLimits {
  /** For one call; and for one entry of many. */
  readonly callMs: number;
  /** Added to the time of all of a batch for each of its entries. */
  readonly entryMs: number;
  /** For loading a plugin into a thread. */
  readonly loadMs: number;
}

/** One question on its way to the thread, or waiting for one. */
export interface Job {
  id: number;
  readonly question: Asking;
  readonly facts: readonly unknown[];
  readonly parameters: Parameters;
  readonly outcomes: (SentOutcome | undefined)[];
  /** Indexes of the facts that are sent: those without an outcome. */
  asked: number[];
  /** Threads that this job's entries have cost. */
  losses: number;
  readonly resolve: (outcomes: SentOutcome[]) => void;
  readonly reject: (error: Error) => void;
}

/** A job as the thread is asked it: without the facts that have their outcome already. */
export function askedOf({ id, question, facts, asked, parameters }: Job): Asked {
  return {
    id,
    question,
    facts: asked.length === facts.length ? facts : asked.map((index) => facts[index]),
    parameters,
  };
}

/** The outcomes in the order of the facts; those that are missing are broken. */
export function outcomesOf({ facts, outcomes }: Job, breakage: BreakageKind, message: string): SentOutcome[] {
  return facts.map((_, index) => outcomes[index] ?? { kind: 'BROKEN', breakage, message });
}

/** What a plugin writes to its output is of interest to whoever looks for a fault, in pieces of a fair length. */
export function logOutput({ stdout, stderr }: Runner, policyId: string, log: Pick<Logger, 'debug'>): void {
  for (const stream of [stdout, stderr]) {
    stream.removeAllListeners('data');
    stream.on('data', (chunk: Buffer) =>
      log.debug({ policyId, output: chunk.toString().slice(0, MAX_OUTPUT) }, 'a policy wrote to its output'),
    );
  }
}

/** What is said of a process whose heap was full. */
export const OUT_OF_MEMORY = 'out of memory';

/** What ended a thread, in a few words. */
export function deathOf(error: Error & { readonly code?: string }): string {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error.message === OUT_OF_MEMORY) return 'it took too much memory';
  return `it ended its thread: ${String(error.message)}`;
}

/** What the thread was last seen at, and in how many looks one after the other. */
export interface Sighting {
  readonly at: string;
  /** Its processor time when it was first seen at it, in ms. */
  readonly workedMs: number | null;
  looks: number;
}

/** Threads that one job may cost before the rest of it is given up. */
export const MAX_LOSSES = 3;
/** How many limits a thread has to read a message, or to come to the end of one: it may be starved of its processor. */
export const PATIENCE = 5;
/** The part of its limit that a call has to have worked; with less it is starved, or waits, and has `PATIENCE` limits. */
const WORKED = 0.5;
/** How often a call is looked at within its limit: it is ended at the limit, give or take one look. */
export const LOOKS_PER_CALL = 10;
/** Bytes by which the process may grow while one question is at work. */
export const MAX_GROWTH = 256 * 1024 * 1024;
const MAX_OUTPUT = 1_000;

/** Whether a thread had the processor for most of a call's limit. Where the system does not tell, it had. */
export function hasWorked(before: number | null, now: number | null, callMs: number): boolean {
  return before === null || now === null || now - before >= WORKED * callMs;
}
