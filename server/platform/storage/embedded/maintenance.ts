import type pg from 'pg';
import { withoutTimeout } from '../without-timeout.ts';

const CHECKPOINT_EVERY_MS = 5 * 60_000;
const VACUUM_EVERY_MS = 10 * 60_000;
const LOOK_AT_LOG_EVERY_MS = 30_000;
const LOG_LIMIT_BYTES = 64 * 1_048_576;

/** A table is vacuumed past this many dead rows, and past a fifth of the live ones: autovacuum's own formula. */
const DEAD_ROWS = 50;
const DEAD_SHARE = 0.2;

/** What a database server does by itself in the background and the embedded one, a single-user backend, does not. */
export interface Maintenance {
  /** Shortens the write-ahead log. */
  checkpoint(): Promise<void>;
  /** Gives the room of dead rows free again and renews the planner's figures. @returns the tables it did */
  vacuum(): Promise<string[]>;
  /** No chore begins any more; resolves when the one that runs has ended. */
  stop(): Promise<void>;
}

/**
 * Starts the chores on their timers, which do not keep the process alive. Each takes the one connection as any request
 * does, so none ever begins inside a transaction.
 *
 * @param walBytes the log's size in bytes; past 64 MB a checkpoint is made early
 * @param onError told of a chore that failed; the next will come
 */
export function startMaintenance(
  pool: pg.Pool,
  walBytes: () => number,
  onError: (error: unknown) => void,
): Maintenance {
  let isStopped = false;
  let checkpointedBytes = 0;
  let running: Promise<unknown> = Promise.resolve();

  const checkpoint = async () => {
    await withoutTimeout(pool, (client) => client.query('CHECKPOINT'));
    // Segments are kept to be used again, so it is growth that calls for the next checkpoint, not size.
    checkpointedBytes = walBytes();
  };

  const vacuum = async () => {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables
       WHERE n_dead_tup > $1 AND n_dead_tup > $2::float8 * n_live_tup ORDER BY n_dead_tup DESC`,
      [DEAD_ROWS, DEAD_SHARE],
    );
    const names: string[] = [];
    // One by one, so that requests get their turn in between.
    for (const { name } of rows) {
      if (isStopped) break;
      await withoutTimeout(pool, (client) => client.query(`VACUUM (ANALYZE) ${name}`));
      names.push(name);
    }
    return names;
  };

  const start = <Result>(chore: () => Promise<Result>): Promise<Result> => {
    const result = running.then(chore);
    running = result.catch(() => {});
    return result;
  };
  const timers = [
    setInterval(() => isStopped || start(checkpoint).catch(onError), CHECKPOINT_EVERY_MS),
    setInterval(() => isStopped || start(vacuum).catch(onError), VACUUM_EVERY_MS),
    setInterval(() => {
      if (!isStopped && walBytes() - checkpointedBytes > LOG_LIMIT_BYTES) start(checkpoint).catch(onError);
    }, LOOK_AT_LOG_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();

  return {
    checkpoint: () => start(checkpoint),
    vacuum: () => start(vacuum),
    stop: async () => {
      isStopped = true;
      for (const timer of timers) clearInterval(timer);
      await running;
    },
  };
}
