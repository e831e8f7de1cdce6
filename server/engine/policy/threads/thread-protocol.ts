import type { BreakageKind } from '../errors.ts';
import type { Parameters } from '../evaluate/operands.ts';
import type { Question } from '../facts.ts';

/** What the platform and the thread of a plugin say to each other. All of it is JSON-safe. */

/** What a thread is asked: a question of the contract, or to read values by the plugin's own schemas. */
export type Asking = Question | 'read';

export interface LoadMessage {
  readonly kind: 'LOAD';
  /** The plugin's module, whose default export is the policy. */
  readonly url: string;
  /** Whether it is to say what it declares. */
  readonly declares: boolean;
}

/** Asks to say how much memory it holds. */
export interface LookMessage {
  readonly kind: 'LOOK';
}

/** One question about one or many. */
export interface Asked {
  readonly id: number;
  readonly question: Asking;
  readonly facts: readonly unknown[];
  readonly parameters: Parameters;
}

/** Questions that came together; they are answered in their order. */
export interface AskMessage {
  readonly kind: 'ASK';
  readonly asked: readonly Asked[];
}

export type ToThread = LoadMessage | LookMessage | AskMessage;

/** An outcome on its way. An answer crosses as the JSON text whose length was checked, so that nothing else can cross. */
export type SentOutcome =
  | { readonly kind: 'ANSWERED'; readonly json: string }
  | { readonly kind: 'LEFT' }
  | { readonly kind: 'BLANK'; readonly parameters: readonly string[] }
  | { readonly kind: 'BROKEN'; readonly breakage: BreakageKind; readonly message: string };

export type FromThread =
  /** It is there, with the platform's own modules: what comes now is the plugin's time. */
  | { readonly kind: 'UP' }
  /** Loaded; with the text of its declaration and what is wrong with it, where that was asked. */
  | { readonly kind: 'READY'; readonly declaration: string | null; readonly problems: readonly string[] }
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
  /** Microseconds that it spent on messages; the number begins anew after 35 minutes of them. */
  SPENT: 3,
  /** Kilobytes that it held when it was last asked. */
  HELD: 4,
  /** How often it said so. */
  LOOKS: 5,
  LENGTH: 6,
} as const;

/** The longest answer, in UTF-16 units of its JSON. */
export const MAX_ANSWER = 64 * 1024;

/** Whether a message has the form that threads send: a plugin may send what it likes through the same port. */
export function isFromThread(message: unknown): message is FromThread {
  if (!isObject(message)) return false;
  switch (message.kind) {
    case 'UP':
      return true;
    case 'READY':
      return (message.declaration === null || typeof message.declaration === 'string') && isTexts(message.problems);
    case 'UNUSABLE':
      return typeof message.message === 'string';
    case 'OUTCOMES':
      return Array.isArray(message.answered) && message.answered.every(isAnswered);
    default:
      return false;
  }
}

function isAnswered(one: unknown): boolean {
  return isObject(one) && typeof one.id === 'number' && Array.isArray(one.outcomes) && one.outcomes.every(isOutcome);
}

function isOutcome(one: unknown): boolean {
  if (!isObject(one)) return false;
  switch (one.kind) {
    case 'ANSWERED':
      return typeof one.json === 'string';
    case 'LEFT':
      return true;
    case 'BLANK':
      return isTexts(one.parameters);
    case 'BROKEN':
      return typeof one.breakage === 'string' && typeof one.message === 'string';
    default:
      return false;
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
