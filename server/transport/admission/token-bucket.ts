/** So many a second over a long time, and so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Counts what somebody may still do; full at first. */
export class TokenBucket {
  readonly #rate: Rate;
  #left: number;
  #at: number;

  /** @param now milliseconds that only ever go up, as of each `take` */
  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#at = now;
  }

  /** Takes one; false where none is left. */
  take(now: number): boolean {
    const { perSecond, burst } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((now - this.#at) * perSecond) / 1_000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
