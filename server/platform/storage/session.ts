import type { Pool, PoolClient } from 'pg';

/**
 * Runs work on a connection of its own.
 *
 * @param work if it throws, its session goes, and with it its transaction and its locks, whatever state they are in
 */
export async function withConnection<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  // A session that ends between two statements has nobody else to tell, and an unheard 'error' ends the process.
  const ignore = () => {};
  client.on('error', ignore);
  let isSound = false;
  try {
    const result = await work(client);
    isSound = true;
    return result;
  } finally {
    client.release(!isSound);
    client.off('error', ignore);
  }
}

// The lock must be held before the snapshot of the work's first statement is taken, or it would see what was before its
// turn. Under read committed each statement takes its own snapshot, so the two are statements of their own (and whatever
// the server's default isolation is, it is read committed here). A node that is suspended in between lets go after 5 s.
const BEGIN = `begin isolation level read committed;
  set local idle_in_transaction_session_timeout = '5s'; set local lock_timeout = '2s'`;
const TRY_LOCK = 'select pg_try_advisory_xact_lock($1) as locked';

/**
 * Runs work in a transaction that nobody else's work under the same lock runs beside; whoever dies in it leaves a
 * transaction that never was.
 *
 * @param lock any number that nothing else in this database locks
 * @returns what `work` returned; undefined, and nothing was done, where somebody else has the lock
 */
export function underAdvisoryLock<Result>(
  pool: Pool,
  lock: number,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result | undefined> {
  return withConnection(pool, async (client) => {
    await client.query(BEGIN);
    const { rows } = await client.query<{ locked: boolean }>(TRY_LOCK, [lock]);
    if (!rows[0]?.locked) {
      await client.query('rollback');
      return undefined;
    }
    const result = await work(client);
    await client.query('commit');
    return result;
  });
}
