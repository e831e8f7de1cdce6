import type pg from 'pg';
import type { Engine } from './embedded/engine.ts';
import { withConnection } from './session.ts';
import { unguarded } from './transaction-guard.ts';

const engines = new WeakMap<object, Engine>();

/** Lets `withoutTimeout` find the engine behind a pool. */
export function setEngine(pool: pg.Pool, engine: Engine): void {
  engines.set(pool, engine);
}

/**
 * Runs work on a connection of its own on which statements may take as long as they need: migrations, chores, imports.
 * Elsewhere a statement on the embedded database that does not end costs the database its life, because nothing short
 * of that stops it. On a server `statement_timeout` stands for this limit, and it is for `work` to lift it.
 *
 * @param work if it throws, its connection is closed, with what its session holds
 */
export function withoutTimeout<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  return withConnection(pool, async (client) => {
    // Only now, for while this waited for the one connection somebody else's statement was running on it.
    const engine = engines.get(unguarded(pool));
    if (engine) engine.isPatient = true;
    try {
      return await work(client);
    } finally {
      if (engine) engine.isPatient = false;
    }
  });
}
