import { performance } from 'node:perf_hooks';

/** Milliseconds over which what was used is forgotten, but for a third of it. */
const MEMORY_MS = 1_000;

/** The part of the process's time above which it counts as busy, and of what was used above which one person uses too much. */
const BUSY = 0.5;
const MOST = 0.5;

/** Milliseconds of the process's time, of which the older ones fade. */
export class Usage {
  #ms = 0;
  #at = 0;

  add(ms: number, now: number): void {
    this.#ms = this.at(now) + ms;
    this.#at = now;
  }

  at(now: number): number {
    return this.#ms * Math.exp((this.#at - now) / MEMORY_MS);
  }
}

/**
 * Tells how much of the process's time each person used: what the event loop worked while operations ran is divided among
 * them, moment by moment.
 */
export class TimeShares {
  readonly #workedMs: () => number;
  readonly #now: () => number;
  readonly #all = new Usage();
  /** What an operation that ran from the start would have used by now. */
  #each = 0;
  #worked: number;
  #running = 0;

  /**
   * @param now milliseconds that only ever go up
   * @param workedMs milliseconds for which the event loop has worked since it began
   */
  constructor(now: () => number, workedMs = () => performance.eventLoopUtilization().active) {
    this.#now = now;
    this.#workedMs = workedMs;
    this.#worked = workedMs();
  }

  /** Begins an operation of a person. @returns ends it; the milliseconds that it used */
  begin(person: Usage): () => number {
    this.#divide();
    this.#running += 1;
    const before = this.#each;
    return () => {
      this.#divide();
      this.#running -= 1;
      const used = this.#each - before;
      const now = this.#now();
      person.add(used, now);
      this.#all.add(used, now);
      return used;
    };
  }

  /** Whether a person has most of a busy process that others use too. */
  isGreedy(person: Usage): boolean {
    const now = this.#now();
    const [own, all] = [person.at(now), this.#all.at(now)];
    return all > BUSY * MEMORY_MS && own > MOST * all && all - own > 1;
  }

  #divide(): void {
    const worked = this.#workedMs();
    if (this.#running > 0) this.#each += (worked - this.#worked) / this.#running;
    this.#worked = worked;
  }
}
