import type { Readable } from 'node:stream';
import type { ToThread } from './thread-protocol.ts';

/** Where a plugin runs, as far as it is talked to and ended: a thread, or a process that is dealt with like one. */
export interface Runner {
  readonly stdout: Readable;
  readonly stderr: Readable;
  postMessage(message: ToThread): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'messageerror' | 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<number>;
}

/** A runner with what it is at, and the plugin that it has loaded or none yet. */
export interface Slot {
  readonly worker: Runner;
  /** See PROGRESS. */
  readonly progress: Int32Array;
  /** For how long the processor worked for it, in ms; null where the system does not tell. */
  readonly workedMs: () => number | null;
  /** The memory of the process that it is in. */
  readonly rssBytes: () => number;
  /** The URL of the plugin that it has loaded. */
  loaded?: string;
}

/** Where the runners of plugins come from, and go when nobody asks them any more. */
export interface Slots {
  /** @param url of the plugin that it is for */
  take(url: string): Slot;
  giveBack(slot: Slot): Promise<void>;
  close(): Promise<void>;
}
