import { performance } from 'node:perf_hooks';

/** Milliseconds over which what was used is forgotten, but for a third of it. */
const MEMORY_MS = 1_000;

/** The part of the process's time above which it counts as busy, and of what was used above which one person uses too much. */
const BUSY = 0.5;
const MOST = 0.5;

/** People whose use is remembered, before those whose use has faded are forgotten. */
const REMEMBERED = 10_000;

/** Milliseconds of the process's time, of which the older ones fade. */
class Usage {
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
 * Tells how much of the process's time each person used: what the event loop worked while operations ran, or messages were
 * read, is divided among them, moment by moment.
 */
export class CpuShare {
  readonly #workedMs: () => number;
  readonly #now: () => number;
  readonly #all = new Usage();
  readonly #people = new Map<string, Usage>();
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
  begin(person: string): () => number {
    this.#divide();
    this.#running += 1;
    const before = this.#each;
    return () => {
      this.#divide();
      this.#running -= 1;
      const used = this.#each - before;
      const now = this.#now();
      this.#of(person, now).add(used, now);
      this.#all.add(used, now);
      return used;
    };
  }

  /** Milliseconds that a person used, of which the older ones fade. */
  used(person: string): number {
    return this.#people.get(person)?.at(this.#now()) ?? 0;
  }

  /** Whether a person has most of a busy process that others use too. */
  isGreedy(person: string): boolean {
    const own = this.used(person);
    const all = this.#all.at(this.#now());
    return all > BUSY * MEMORY_MS && own > MOST * all && all - own > 1;
  }

  #of(person: string, now: number): Usage {
    const known = this.#people.get(person);
    if (known) return known;
    if (this.#people.size >= REMEMBERED) {
      for (const [other, usage] of this.#people) if (usage.at(now) < 1) this.#people.delete(other);
    }
    const usage = new Usage();
    this.#people.set(person, usage);
    return usage;
  }

  #divide(): void {
    const worked = this.#workedMs();
    if (this.#running > 0) this.#each += (worked - this.#worked) / this.#running;
    this.#worked = worked;
  }
}
