import type { Logger } from 'pino';
import type { DatabaseClock } from '../../platform/storage/database-clock.ts';
import { StorageError } from '../../platform/storage/errors.ts';

/** Milliseconds by which a node's clock may be off before its jobs are left to others. */
const LIMIT_MS = 5_000;

/** Whether a machine's clock is too far from the database's for its jobs. */
export function isSkewed(skewMs: number): boolean {
  return Math.abs(skewMs) > LIMIT_MS;
}

/** This machine's clock is not the database's; which of the two is wrong nobody can tell from here. */
export class ClockSkewError extends StorageError {
  constructor(skewMs: number) {
    const seconds = Math.round(Math.abs(skewMs) / 1_000);
    super(
      'CLOCK_SKEW',
      `This machine's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the database's, so nothing is done here that is ` +
        'done once or removes something, until both agree within 5 s. Set the clocks (NTP).',
    );
  }
}

/**
 * Keeps jobs from running while the node's clock and the database's differ. All that jobs decide goes by the database's
 * time; but where the two disagree one of them is wrong, and what was removed for that does not come back.
 */
export class SkewWatch {
  readonly #clock: DatabaseClock;
  readonly #log: Logger;
  #trouble: ClockSkewError | null = null;

  constructor(clock: DatabaseClock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Why jobs do not run; null while they do. */
  get trouble(): ClockSkewError | null {
    return this.#trouble;
  }

  /** Whether jobs may run. Costs nothing while they may; told once when that changes. */
  async mayRun(): Promise<boolean> {
    // A machine that slept finds its timer behind: what the database says now counts.
    if (this.#isOff()) await this.#clock.measure();
    if (!this.#isOff()) {
      if (this.#trouble) this.#log.info('the clocks agree again, and jobs run');
      this.#trouble = null;
      return true;
    }
    const error = new ClockSkewError(this.#clock.skewMs);
    if (!this.#trouble) this.#log.error({ err: error }, 'jobs are not run');
    this.#trouble = error;
    return false;
  }

  #isOff(): boolean {
    return isSkewed(this.#clock.skewMs);
  }
}
