/** Where the platform takes the time from. Tests and the sandbox hold it; in production it runs. */
export interface Clock {
  now(): Date;
  /** Whether it stands still until it is told to move. */
  readonly held: boolean;
}

/** This machine's own: what the database's is measured against, and never what decides (server/platform/storage/database-clock.ts). */
export const systemClock: Clock = { now: () => new Date(), held: false };

/** A clock that stands still until `set` moves it; it never goes back. */
export class HeldClock implements Clock {
  readonly held = true;
  #now: number;
  constructor(at: Date) {
    this.#now = at.getTime();
  }
  now(): Date {
    return new Date(this.#now);
  }
  /** @throws {RangeError} `to` lies before the present instant */
  set(to: Date): void {
    if (to.getTime() < this.#now) throw new RangeError('a held clock does not go back');
    this.#now = to.getTime();
  }
}
