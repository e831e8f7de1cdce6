/** How long a loop that follows the database sleeps, and what ends its sleep. */
export class PollDelay {
  #woken = false;
  #closed = false;
  #end: (() => void) | undefined;
  #heedsWake = false;

  /** Ends a `wait`; one that has not begun yet will return at once. */
  wake(): void {
    this.#woken = true;
    if (this.#heedsWake) this.#end?.();
  }

  /** Ends whatever sleep there is, and makes all later ones return at once. */
  close(): void {
    this.#closed = true;
    this.#end?.();
  }

  /** Sleeps `ms` milliseconds, or until it is woken or closed. */
  async wait(ms: number): Promise<void> {
    if (!this.#woken) await this.#sleep(ms, true);
    this.#woken = false;
  }

  /** Sleeps `ms` milliseconds, whoever wakes it: for pauses that hold a loop back. Only `close` ends it. */
  rest(ms: number): Promise<void> {
    return this.#sleep(ms, false);
  }

  #sleep(ms: number, heedsWake: boolean): Promise<void> {
    if (this.#closed || ms <= 0) return Promise.resolve();
    this.#heedsWake = heedsWake;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end?.(), ms);
      this.#end = () => {
        clearTimeout(timer);
        this.#end = undefined;
        resolve();
      };
    });
  }
}

/** Milliseconds to hold back after so many failures in a row: 50, 100, 200 ... 2,000. */
export function backoffMs(failures: number): number {
  return Math.min(2_000, 25 * 2 ** Math.min(failures, 10));
}
