import { isRehearsing } from '../storage/rehearsal/rehearsal-scope.ts';

/**
 * How often each person may do something within a window: a sliding window in this process. What has to hold over all
 * nodes is counted in the database instead, as reveals are.
 */
export class Quota {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  readonly #taken = new Map<string, number[]>();

  /**
   * @param limit how often within the window, >= 1
   * @param windowMs the window's length, milliseconds
   * @param now milliseconds that only ever go up
   */
  constructor(limit: number, windowMs: number, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** Takes one, if there is one left. */
  take(key: string): boolean {
    const now = this.#now();
    const recent = (this.#taken.get(key) ?? []).filter((at) => now - at < this.#windowMs);
    const mayTake = recent.length < this.#limit;
    if (isRehearsing()) return mayTake;
    if (mayTake) recent.push(now);
    // Whoever came last stands last, so the first are those who have been away longest.
    this.#taken.delete(key);
    this.#taken.set(key, recent);
    if (this.#taken.size > 10_000) for (const oldest of this.#taken.keys()) if (this.#taken.delete(oldest)) break;
    return mayTake;
  }
}
