import type { Slot } from './slot.ts';
import { PROGRESS, type ToThread } from './thread-protocol.ts';

/** Milliseconds between two looks. */
const EVERY_MS = 1_000;

/** Milliseconds of the processor that a thread may take between two looks beside what it was asked; rubbish has to be collected, too. */
const MAX_IDLE_MS = 150;

/** Kilobytes by which what it holds may grow beyond what it held first. */
const MAX_GROWTH_KB = 128 * 1024;

/**
 * Watches what a thread does when nobody asks: a policy answers and is done. Timers that work on, and memory that grows, are told once.
 */
export class IdleWatch {
  readonly #slot: Slot;
  readonly #tell: (message: string) => void;
  readonly #timer: NodeJS.Timeout;
  #last: { readonly workedMs: number; readonly spentUs: number } | null = null;
  #looks = 0;
  #firstKb: number | null = null;
  #isAsked = false;

  /** @param tell of what it did; the thread is then to be ended */
  constructor(slot: Slot, tell: (message: string) => void, everyMs = EVERY_MS) {
    this.#slot = slot;
    this.#tell = tell;
    this.#looks = Atomics.load(slot.progress, PROGRESS.LOOKS);
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
    this.#look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const message = this.#overworked() ?? this.#overgrown();
    if (message === null) return;
    this.stop();
    this.#tell(message);
  }

  #overworked(): string | null {
    const { progress } = this.#slot;
    // A question at work is judged by its own limit.
    if (Atomics.load(progress, PROGRESS.QUESTION) !== 0) {
      this.#last = null;
      return null;
    }
    const workedMs = this.#slot.workedMs();
    const spentUs = Atomics.load(progress, PROGRESS.SPENT);
    const last = this.#last;
    this.#last = workedMs === null ? null : { workedMs, spentUs };
    if (!last || workedMs === null) return null;
    // Reading and writing messages costs about as much again as answering them.
    const askedMs = (2 * ((spentUs - last.spentUs) | 0)) / 1000;
    const idleMs = workedMs - last.workedMs - askedMs;
    return idleMs > MAX_IDLE_MS ? `it worked ${Math.round(idleMs)} ms within a second in which nobody asked` : null;
  }

  #overgrown(): string | null {
    const { progress, worker } = this.#slot;
    const looks = Atomics.load(progress, PROGRESS.LOOKS);
    if (this.#isAsked && looks === this.#looks) return null;
    const heldKb = Atomics.load(progress, PROGRESS.HELD);
    const isKnown = this.#isAsked;
    this.#looks = looks;
    this.#isAsked = true;
    worker.postMessage({ kind: 'LOOK' } satisfies ToThread);
    if (!isKnown) return null;
    this.#firstKb ??= heldKb;
    const grown = heldKb - this.#firstKb;
    return grown > MAX_GROWTH_KB ? `it keeps ${Math.round(grown / 1024)} MB that it did not have at first` : null;
  }
}
