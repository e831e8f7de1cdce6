import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../values/wall-clock.ts';
import { withConnection } from './session.ts';

/** Milliseconds between two measurements. */
const EVERY_MS = 5_000;

/** By how much of the time that passes a machine's timer may be wrong, amply. */
const DRIFT = 0.000_5;

/** A correction below this, in milliseconds, holds the clock up and does not turn it back. */
const TURNS_BACK_MS = 1_000;

/** The database's time at an instant of this process's timer, in milliseconds, and by how much it may be wrong. */
interface Reading {
  readonly database: number;
  readonly timer: number;
  readonly error: number;
}

export interface DatabaseClockOptions {
  readonly pool: Pool;
  /** This machine's clock. It is compared with the database's and decides nothing. */
  readonly node: Clock;
  /** Told of a measurement that failed; the clock goes on by the last one. */
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/**
 * A running clock that shows the database's time: what nodes have in common. It is asked for at the start and every five
 * seconds; in between the process's own timer counts on, which nobody can set. So a machine whose clock is an hour off
 * writes the right instants, and no request waits for the time.
 */
export class DatabaseClock implements Clock {
  readonly held = false;
  readonly #pool: Pool;
  readonly #node: Clock;
  #reading: Reading;
  #last = 0;
  #measuring: Promise<void> | null = null;
  readonly #timer: NodeJS.Timeout;

  private constructor({ pool, node, onError, everyMs = EVERY_MS }: DatabaseClockOptions, reading: Reading) {
    this.#pool = pool;
    this.#node = node;
    this.#reading = reading;
    this.#timer = setInterval(() => void this.measure().catch(onError), everyMs);
    this.#timer.unref();
  }

  /** @throws when the database cannot be asked */
  static async start(options: DatabaseClockOptions): Promise<DatabaseClock> {
    return new DatabaseClock(options, await read(options.pool));
  }

  now(): Date {
    const at = Math.floor(this.#at(performance.now()));
    if (at > this.#last || this.#last - at > TURNS_BACK_MS) this.#last = at;
    return new Date(this.#last);
  }

  /** By how much this machine's clock is ahead of the database's, in milliseconds. */
  get skewMs(): number {
    return this.#node.now().getTime() - this.#at(performance.now());
  }

  /** Asks the database for its time. @throws when it does not answer */
  measure(): Promise<void> {
    this.#measuring ??= read(this.#pool)
      .then((reading) => this.#take(reading))
      .finally(() => {
        this.#measuring = null;
      });
    return this.#measuring;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A slow answer says less than an old quick one, unless both cannot be right: then somebody's time has jumped. */
  #take(reading: Reading): void {
    const error = this.#reading.error + (reading.timer - this.#reading.timer) * DRIFT;
    const difference = Math.abs(reading.database - this.#at(reading.timer));
    if (reading.error <= error || difference > error + reading.error) this.#reading = reading;
  }

  #at(timer: number): number {
    return this.#reading.database + timer - this.#reading.timer;
  }
}

function read(pool: Pool): Promise<Reading> {
  // On a connection that is there already, or waiting for one would count as the way of the answer; and twice, for the first
  // question of a session takes the server as long as many others.
  return withConnection(pool, async (client) => {
    const first = await ask(client);
    const second = await ask(client);
    return first.error < second.error ? first : second;
  });
}

async function ask(client: PoolClient): Promise<Reading> {
  const asked = performance.now();
  const { rows } = await client.query<{ at: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as at',
  );
  const error = (performance.now() - asked) / 2;
  return { database: Number(rows[0]?.at), timer: asked + error, error };
}
