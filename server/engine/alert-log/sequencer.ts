import type { Pool, PoolClient } from 'pg';
import { underAdvisoryLock } from '../../platform/storage/session.ts';
import { backoffMs, PollDelay } from '../../platform/values/poll-delay.ts';
import { ALERTS_CHANNEL } from './log.ts';
import { FIND_UNNUMBERED, NOTIFY, NUMBER } from './sql.ts';

// An alert is written without a position, in the transaction that decided it. Once that has committed, a sequencer
// gives it the next position. So positions are dense and follow the commits: no reader that has seen position n can
// meet a smaller one later, and a transaction that takes long only gets a later number and holds up nobody. Every node
// runs a sequencer; an advisory lock lets one of them work at a time, and whoever dies leaves a transaction that never
// was.

/** Any number that nothing else in this database locks. */
const LOCK = 7_283_046_115;

export interface SequencerOptions {
  readonly pool: Pool;
  /** Called after each commit that numbered something: where there is no LISTEN, it wakes the log tail. */
  readonly onNumbered?: () => void;
  /** Milliseconds within which an alert is found that nobody woke us for. */
  readonly pollMs?: number;
  /** Milliseconds between two looks, so that a stream of wakes costs one look a gap. */
  readonly gapMs?: number;
  /** Alerts in one transaction, so that the lock and (embedded) the only session are not held for long. */
  readonly batch?: number;
  /** Hears of failures, each of which is tried again. */
  readonly onError?: (error: unknown) => void;
}

export interface SequencerFigures {
  readonly numbered: number;
  readonly batches: number;
  readonly failures: number;
}

/**
 * Numbers what is committed until it is stopped. Failures of the database are retried; it never throws.
 * Works on a pool of one session: it holds it for one short transaction at a time.
 */
export class Sequencer {
  readonly #pool: Pool;
  readonly #onNumbered: () => void;
  readonly #onError: (error: unknown) => void;
  readonly #pollMs: number;
  readonly #gapMs: number;
  readonly #batch: number;
  readonly #pace = new PollDelay();
  #stopped = false;
  #running: Promise<void> | undefined;
  #figures = { numbered: 0, batches: 0, failures: 0 };

  constructor({ pool, onNumbered, pollMs = 200, gapMs = 10, batch = 500, onError }: SequencerOptions) {
    this.#pool = pool;
    this.#onNumbered = onNumbered ?? (() => {});
    this.#onError = onError ?? (() => {});
    this.#pollMs = pollMs;
    this.#gapMs = gapMs;
    this.#batch = batch;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something may have been committed. Costs nothing; call it after every commit that wrote an alert. */
  wake(): void {
    this.#pace.wake();
  }

  /** Ends after the transaction that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pace.close();
    await this.#running;
  }

  figures(): SequencerFigures {
    return { ...this.#figures };
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      let count: number | undefined = 0;
      try {
        count = await numberBatch(this.#pool, this.#batch);
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#figures.failures += 1;
        quietly(this.#onError, error);
      }
      if (count) {
        this.#figures.numbered += count;
        this.#figures.batches += 1;
        quietly(this.#onNumbered, undefined);
      }
      if (failures > 0) {
        await this.#pace.rest(backoffMs(failures));
      } else if (count === undefined) {
        // Whoever has the lock may have looked before our alert was there, so this is not left to the next poll.
        await this.#pace.rest(this.#gapMs);
      } else if (count < this.#batch) {
        await this.#pace.rest(this.#gapMs);
        await this.#pace.wait(this.#pollMs - this.#gapMs);
      }
    }
  }
}

/**
 * Numbers up to `limit` alerts in one transaction.
 *
 * @returns how many; undefined when there are some, but another sequencer is at work
 * @throws when the database does; nothing is numbered then
 */
export async function numberBatch(pool: Pool, limit: number): Promise<number | undefined> {
  // One round trip where there is nothing to do, which is nearly always: the embedded database has but one session.
  const waiting = await pool.query(FIND_UNNUMBERED);
  if (waiting.rowCount === 0) return 0;
  return underAdvisoryLock(pool, LOCK, (client) => numberWith(client, limit));
}

/** Numbers in the caller's transaction. Its snapshot is taken under the lock, or it would number from a head that is gone. */
export async function numberWith(client: PoolClient, limit: number): Promise<number> {
  const numbered = await client.query<{ count: number }>(NUMBER, [limit]);
  const count = numbered.rows[0]?.count ?? 0;
  if (count > 0) await client.query(NOTIFY, [ALERTS_CHANNEL, '']);
  return count;
}

/** A listener's fault must not end the loop. */
function quietly<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch {
    // Whoever listens has to report its own faults; there is nobody here to tell.
  }
}
