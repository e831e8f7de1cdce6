import type pg from 'pg';

/** One transaction within the transaction of the rehearsal. */
const SAVEPOINT = 'rehearsed';

const BEGIN = `savepoint ${SAVEPOINT}`;
const COMMIT = `release savepoint ${SAVEPOINT}`;
const ROLLBACK = `rollback to savepoint ${SAVEPOINT}; release savepoint ${SAVEPOINT}`;

/**
 * One connection within one transaction, for all who would have taken connections of a pool: what they begin and commit are
 * savepoints of it, one after the other, and a statement that fails takes back itself alone.
 */
export class SharedConnection {
  readonly #client: pg.PoolClient;
  #turn: Promise<void> = Promise.resolve();

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** A statement that belongs to no transaction of its own. */
  async query(query: pg.QueryConfig | string, values?: readonly unknown[]): Promise<pg.QueryResult> {
    const free = await this.#take();
    try {
      await this.#client.query(BEGIN);
      const result = await this.#client.query(unnamed(query), values && [...values]);
      await this.#client.query(COMMIT);
      return result;
    } catch (error) {
      await this.#client.query(ROLLBACK);
      throw error;
    } finally {
      free();
    }
  }

  /** The connection for a transaction, until it is released. */
  async connect(): Promise<pg.PoolClient> {
    const free = await this.#take();
    const client = this.#client;
    return new Proxy(client, {
      get: (_target, key) => {
        if (key === 'release') return free;
        if (key === 'query') {
          return (query: pg.QueryConfig | string, values?: unknown[]) =>
            isSetting(textOf(query)) ? Promise.resolve(NOTHING) : client.query(withinOuter(query), values);
        }
        const value: unknown = Reflect.get(client, key);
        return typeof value === 'function' ? value.bind(client) : value;
      },
    });
  }

  /** Waits for whoever has the connection. @returns gives it back */
  async #take(): Promise<() => void> {
    const before = this.#turn;
    let free = () => {};
    this.#turn = new Promise((resolve) => {
      free = resolve;
    });
    await before;
    return free;
  }
}

const NOTHING = { command: 'SET', rowCount: 0, oid: 0, fields: [], rows: [] };

function textOf(query: pg.QueryConfig | string): string {
  return typeof query === 'string' ? query : query.text;
}

/** The isolation is the outer transaction's, which has begun. */
function isSetting(text: string): boolean {
  return /^\s*set transaction/i.test(text);
}

function withinOuter(query: pg.QueryConfig | string): pg.QueryConfig | string {
  const text = textOf(query);
  if (/^\s*begin\b/i.test(text)) return BEGIN;
  if (/^\s*commit\b/i.test(text)) return COMMIT;
  if (/^\s*rollback\s*$/i.test(text)) return ROLLBACK;
  return unnamed(query);
}

/** Names of prepared statements are their giver's, and the connection comes from a pool of others. */
function unnamed(query: pg.QueryConfig | string): pg.QueryConfig | string {
  if (typeof query === 'string') return query;
  const { name: _theirs, ...others } = query;
  return others;
}
