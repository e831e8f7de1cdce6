import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Database } from './database.ts';
import { erasedOr } from './erased.ts';
import { hasCode } from './error-codes.ts';
import { TransactionAbortedError } from './errors.ts';
import { refuseInside, type TransactionScope, transactionScope, unguarded } from './transaction-guard.ts';

/** How often a transaction that lost to another one is tried in all. */
const TRIES = 3;

/** serialization_failure, deadlock_detected, and Prisma's own names for both. */
const CONFLICTS = new Set(['40001', '40P01', 'P2034', 'TransactionWriteConflict']);

export type TransactionClient = Prisma.TransactionClient;

export interface TransactionOptions {
  /** By default the database's: read committed. */
  isolation?: Prisma.TransactionIsolationLevel;
  /** The longest the transaction may take, in milliseconds; then it is rolled back. */
  timeoutMs?: number;
  /** The longest to wait for a connection, in milliseconds. */
  waitMs?: number;
  /** Told of an `afterCommit` that failed; the transaction stays committed. By default the database's `onError`. */
  onAfterCommitError?: (error: unknown) => void;
}

/**
 * Runs `work` in a transaction and commits what it did, or rolls it back if it throws. Inside, only `tx` may be used: the
 * shared client and pool refuse. If another transaction was in the way (serialization failure, deadlock), all of `work`
 * is run again, so it may have no effects but on the database; those belong into `afterCommit`.
 *
 * @returns what `work` returned
 * @throws {OutsideTransactionError} called inside a transaction: pass `tx` on instead
 * @throws {TransactionAbortedError} `work` returned though a statement in it had failed; nothing was committed
 */
export async function inTransaction<Result>(
  database: Pick<Database, 'prisma' | 'onError'>,
  work: (tx: TransactionClient) => Promise<Result>,
  { isolation, timeoutMs = 5_000, waitMs = 10_000, onAfterCommitError = database.onError }: TransactionOptions = {},
): Promise<Result> {
  refuseInside('inTransaction');
  const prisma = unguarded(database.prisma);
  const options = { timeout: timeoutMs, maxWait: waitMs, ...(isolation && { isolationLevel: isolation }) };
  for (let tries = 1; ; tries++) {
    const scope: TransactionScope = { isActive: true, afterCommit: [] };
    try {
      const result = await transactionScope.run(scope, () =>
        prisma.$transaction(async (tx) => {
          const value = await work(tx);
          // PostgreSQL answers a COMMIT after a failed statement with a rollback and no error.
          if (scope.connection && (await isAborted(scope.connection, timeoutMs))) throw new TransactionAbortedError();
          return value;
        }, options),
      );
      scope.isActive = false;
      await runAll(scope.afterCommit, onAfterCommitError);
      return result;
    } catch (error) {
      scope.isActive = false;
      if (tries === TRIES || !hasCode(error, CONFLICTS)) throw erasedOr(error);
      await wait(Math.random() * 25 * 2 ** tries);
    }
  }
}

/**
 * Runs `work` once the transaction around the caller is committed, in the order of the calls, and not at all if it is
 * rolled back: whoever hears of a change can then also read it. `inTransaction` returns when all have run.
 *
 * @throws {Error} no transaction is running around the caller
 */
export function afterCommit(work: () => void | Promise<void>): void {
  const scope = transactionScope.getStore();
  if (!scope?.isActive) throw new Error('afterCommit was called outside a transaction.');
  scope.afterCommit.push(work);
}

/**
 * A statement's error arrives before the state that it leaves the transaction in, maybe in a packet of its own: only a
 * connection that is ready again knows its state. One that does not become ready has nothing to commit.
 */
async function isAborted(connection: pg.PoolClient & { readyForQuery?: boolean }, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; connection.readyForQuery === false; await nextTurn())
    if (performance.now() > end) return true;
  return connection.getTransactionStatus() === 'E';
}

async function runAll(works: TransactionScope['afterCommit'], onError: (error: unknown) => void): Promise<void> {
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      onError(error);
    }
  }
}
