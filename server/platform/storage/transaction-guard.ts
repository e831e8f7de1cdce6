import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import { OutsideTransactionError } from './errors.ts';
import { sendForViewer } from './viewers/viewer-rows.ts';

/** A transaction that runs, as everything called from within it can see. */
export interface TransactionScope {
  /** False once it is committed or rolled back: what was started in it and runs on is no longer inside. */
  isActive: boolean;
  /** The connection that it has, to see how it fares. */
  connection?: pg.PoolClient;
  readonly afterCommit: Array<() => void | Promise<void>>;
}

export const transactionScope = new AsyncLocalStorage<TransactionScope>();

/** @throws {OutsideTransactionError} a transaction is running around the caller */
export function refuseInside(used: string): void {
  if (transactionScope.getStore()?.isActive) throw new OutsideTransactionError(used);
}

const originals = new WeakMap<object, object>();

/** What a guard stands before; for the code that runs the transactions themselves. */
export function unguarded<Guarded extends object>(guarded: Guarded): Guarded {
  return (originals.get(guarded) as Guarded | undefined) ?? guarded;
}

/**
 * The same pool, but `query` and `connect` refuse inside a transaction. On the embedded database, a pool of one, they
 * would wait for ever; on a server they would quietly work outside of the transaction.
 */
export function guardPool(pool: pg.Pool): pg.Pool {
  return guardMethods(pool, 'pool', new Set(['query', 'connect']));
}

/**
 * The same Prisma client, but every operation, of a model (`prisma.ticket.findMany`) or of the client itself (`$queryRaw`,
 * `$transaction`), refuses inside a transaction. The transaction's own client is another one and not guarded.
 */
export function guardPrisma<Client extends object>(prisma: Client): Client {
  const operations = new Set([
    '$transaction',
    '$queryRaw',
    '$queryRawUnsafe',
    '$executeRaw',
    '$executeRawUnsafe',
    '$queryRawTyped',
  ]);
  const models = new Map<PropertyKey, object>();
  const client = guardMethods(prisma, 'prisma', operations);
  const guarded = new Proxy(client, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      const isModel = typeof key === 'string' && !/^[$_]/.test(key) && typeof value === 'object' && value !== null;
      if (!isModel) return value;
      if (!models.has(key)) models.set(key, guardMethods(value, `prisma.${key}`));
      return models.get(key);
    },
  });
  originals.set(guarded, prisma);
  return guarded;
}

/** @param names the methods that refuse inside a transaction; all of them by default */
function guardMethods<Target extends object>(target: Target, called: string, names?: ReadonlySet<string>): Target {
  const methods = new Map<PropertyKey, unknown>();
  const guarded = new Proxy(target, {
    get(_target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || typeof key !== 'string' || key === 'constructor') return value;
      if (!methods.has(key)) {
        const isGuarded = names ? names.has(key) : true;
        methods.set(key, (...values: unknown[]) => {
          if (isGuarded) refuseInside(`${called}.${key}`);
          // On the target itself, for its private fields are not the guard's.
          return Reflect.apply(value, target, values) as unknown;
        });
      }
      return methods.get(key);
    },
  });
  originals.set(guarded, target);
  return guarded;
}

/**
 * The pool as Prisma's adapter gets it: not guarded, what is read outside of transactions is read for whoever asks, and it tells a
 * transaction which connection it was given.
 */
export function transactionPool(pool: pg.Pool): pg.Pool {
  const connect = async () => {
    const connection = await pool.connect();
    const scope = transactionScope.getStore();
    if (scope) scope.connection = connection;
    return connection;
  };
  return new Proxy(pool, {
    get(_target, key) {
      if (key === 'connect') return connect;
      if (key === 'query') return (config: pg.QueryConfig) => sendForViewer(pool, config);
      const value: unknown = Reflect.get(pool, key);
      return typeof value === 'function' ? value.bind(pool) : value;
    },
  });
}
