import type { Logger } from 'pino';
import { isAway } from './passing.ts';

/** Milliseconds between two looks whether a database that was away answers again, and for which one look may take. */
const LOOK_EVERY_MS = 1_000;
const LOOK_MS = 5_000;

/**
 * The spells in which the database does not answer. Every request, job and watch meets it on its own, many times a second; whoever
 * reads the log is told once that a spell began and once that it is over.
 */
export class Outage {
  readonly #log: Logger;
  #look: (() => Promise<void>) | null = null;
  #since: number | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param look fails while the database does not answer */
  watch(look: () => Promise<void>): void {
    this.#look = look;
  }

  /** The same log, in which failures of a database that is away are one line a spell. */
  quiet(): Logger {
    const quiet = this.#log.child({});
    for (const level of ['warn', 'error'] as const) {
      const write = quiet[level].bind(quiet) as (...args: unknown[]) => void;
      quiet[level] = (...args: unknown[]) => {
        if (!this.#takes(args[0])) write(...args);
      };
    }
    return quiet;
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  /** Whether an entry tells of the spell and nothing else. */
  #takes(entry: unknown): boolean {
    const error = typeof entry === 'object' && entry !== null && 'err' in entry ? entry.err : null;
    if (!this.#look || this.#isOver || !isAway(error)) return false;
    this.#failures += 1;
    if (this.#since !== null) return true;
    this.#since = performance.now();
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.error({ code: 'UNAVAILABLE', reason }, 'the database does not answer; requests are told to come again');
    this.#arm();
    return true;
  }

  #arm(): void {
    this.#timer = setTimeout(() => void this.#lookAgain(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  async #lookAgain(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('it took too long')), LOOK_MS);
      timer.unref();
    });
    try {
      await Promise.race([this.#look?.(), late]);
    } catch {
      if (!this.#isOver) this.#arm();
      return;
    } finally {
      clearTimeout(timer);
    }
    const awayMs = Math.round(performance.now() - (this.#since ?? 0));
    this.#log.info({ awayMs, failures: this.#failures }, 'the database answers again');
    this.#since = null;
    this.#failures = 0;
  }
}
