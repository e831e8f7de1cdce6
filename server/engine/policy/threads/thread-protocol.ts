import type { BreakageKind } from '../errors.ts';
import type { Parameters } from '../evaluate/operands.ts';
import type { Question } from '../facts.ts';

/** What the platform and the thread of a plugin say to each other. All of it is JSON-safe. */

export interface LoadMessage {
  readonly kind: 'LOAD';
  /** The plugin's module, whose default export is the policy. */
  readonly url: string;
}

/** One question about one or many. */
export interface Asked {
  readonly id: number;
  readonly question: Question;
  readonly facts: readonly unknown[];
  readonly parameters: Parameters;
}

/** Questions that came together; they are answered in their order. */
export interface AskMessage {
  readonly kind: 'ASK';
  readonly asked: readonly Asked[];
}

export type ToThread = LoadMessage | AskMessage;

/** An outcome on its way. An answer crosses as the JSON text whose length was checked, so that nothing else can cross. */
export type SentOutcome =
  | { readonly kind: 'ANSWERED'; readonly json: string }
  | { readonly kind: 'LEFT' }
  | { readonly kind: 'BLANK'; readonly parameters: readonly string[] }
  | { readonly kind: 'BROKEN'; readonly breakage: BreakageKind; readonly message: string };

export type FromThread =
  | { readonly kind: 'READY' }
  /** The plugin could not be loaded. */
  | { readonly kind: 'UNUSABLE'; readonly message: string }
  | { readonly kind: 'OUTCOMES'; readonly answered: readonly Answered[] };

/** The outcomes of one question, in the order of its facts. */
export interface Answered {
  readonly id: number;
  readonly outcomes: readonly SentOutcome[];
}

/** Places in the shared memory in which a thread tells what it is at, so that a silent one is judged fairly. */
export const PROGRESS = {
  /** The id of the question at work, 0 for none. */
  QUESTION: 0,
  /** The entry of its facts. */
  ENTRY: 1,
  /** The system's id of the thread, by which its processor time is read; 0 where there is none. */
  THREAD: 2,
  LENGTH: 3,
} as const;

/** The longest answer, in UTF-16 units of its JSON. */
export const MAX_ANSWER = 64 * 1024;
