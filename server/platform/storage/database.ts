import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { type EmbeddedDatabase, type EmbeddedOptions, openEmbedded } from './embedded/embedded.ts';
import { DataLossError, UnsupportedDatabaseError } from './errors.ts';
import { GroupedReads } from './grouped-reads.ts';
import { GroupedWrites } from './grouped-writes.ts';
import { embeddedListeners, type Listener, listenOn, type OnNotify } from './listen.ts';
import { hearPoolErrors } from './pool-errors.ts';
import { statementNames } from './statement-names.ts';
import { guardPool, guardPrisma, transactionPool } from './transaction-guard.ts';

/** The oldest PostgreSQL whose SQL is written here, as `server_version_num` has it. */
const OLDEST_VERSION = 140_000;

/** More connections are slower, for the work is Node's. */
const CONNECTIONS = 10;

/** What a request may take of a server, in milliseconds. */
const LIMITS = { statement_timeout: 5_000, lock_timeout: 2_000, idle_in_transaction_session_timeout: 10_000 };

/**
 * Where the data is: a server (`url` wins), a folder, or memory. With `acceptDataLoss` also a server that may lose what it
 * has acknowledged.
 */
export type DatabaseSettings = { url?: string; acceptDataLoss?: boolean; folder?: string } | { memory: true };

export interface DatabaseOptions extends EmbeddedOptions {
  /** Told of errors that belong to no request: a lost idle connection, a failed chore. By default to the console. */
  onError?: (error: unknown) => void;
}

export interface Database {
  readonly kind: 'EMBEDDED' | 'POSTGRES';
  /** Refuses inside a transaction, as `prisma` does: see `inTransaction`. */
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** For rows that belong to no transaction, read and written together with others. */
  readonly reads: GroupedReads;
  readonly writes: GroupedWrites;
  /** For chores, dumps and the disk guard; undefined on a server. */
  readonly embedded: EmbeddedDatabase | undefined;
  /** For the log: the kind, the version and the place, with no password. */
  readonly describe: string;
  /** What an operator should know of the server's settings; empty when all is well. */
  readonly warnings: readonly string[];
  readonly onError: (error: unknown) => void;
  /** Calls `onNotify` at every NOTIFY on the channel, and once after every time the connection was lost. Never throws. */
  listen(channel: string, onNotify: OnNotify): Promise<Listener>;
  /** Whether writes are to be refused for want of room on the disk; a server tells by itself. */
  isFull(): boolean;
  close(): Promise<void>;
}

/**
 * Opens the database; its tables are made by `migrate`.
 *
 * @throws {StorageError} the folder or the server cannot be used; the message says what to do
 */
export async function openDatabase(settings: DatabaseSettings, options: DatabaseOptions = {}): Promise<Database> {
  const onError = options.onError ?? ((error: unknown) => console.error(error));
  if ('memory' in settings) return openInProcess({ memory: true }, { ...options, onError });
  if (settings.url) return openServer(settings.url, settings.acceptDataLoss ?? false, onError);
  return openInProcess({ folder: settings.folder ?? 'data' }, { ...options, onError });
}

type Handled = { onError: (error: unknown) => void };

async function openInProcess(
  place: { folder: string } | { memory: true },
  options: EmbeddedOptions & Handled,
): Promise<Database> {
  const embedded = await openEmbedded(place, options);
  const { pool } = embedded;
  // Before the first connection is made, which is also the last.
  const listen = embeddedListeners(pool, options.onError);
  const prisma = connectPrisma(pool, options.onError);
  const version = await readVersion(pool);
  const guarded = guardPool(pool);
  return {
    kind: 'EMBEDDED',
    pool: guarded,
    prisma: guardPrisma(prisma),
    reads: new GroupedReads({ pool: guarded }),
    writes: new GroupedWrites({ pool: guarded }),
    embedded,
    describe: `embedded PostgreSQL ${version.text}, ${'folder' in place ? place.folder : 'in memory'}`,
    warnings: 'folder' in place ? [] : ['The data is in memory: it is lost when the program ends.'],
    onError: options.onError,
    listen,
    isFull: () => embedded.isFull(),
    close: async () => {
      await prisma.$disconnect();
      await embedded.close();
    },
  };
}

async function openServer(url: string, acceptDataLoss: boolean, onError: (error: unknown) => void): Promise<Database> {
  const connection: pg.ClientConfig = { connectionString: url, application_name: 'tierline' };
  const pool = new pg.Pool({
    ...connection,
    ...LIMITS,
    max: CONNECTIONS,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  hearPoolErrors(pool, onError);
  try {
    const version = await readVersion(pool);
    if (version.number < OLDEST_VERSION) {
      throw new UnsupportedDatabaseError(`PostgreSQL ${version.text} is too old: 14 or later is needed.`);
    }
    const losses = await readLosses(pool);
    if (losses.length > 0 && !acceptDataLoss) throw new DataLossError(losses);
    const warnings = losses.map((loss) => `The server may lose data that it has acknowledged: ${loss}.`);
    const prisma = connectPrisma(pool, onError);
    const listeners = new Set<Listener>();
    const guarded = guardPool(pool);
    return {
      kind: 'POSTGRES',
      pool: guarded,
      prisma: guardPrisma(prisma),
      reads: new GroupedReads({ pool: guarded }),
      writes: new GroupedWrites({ pool: guarded }),
      embedded: undefined,
      describe: `PostgreSQL ${version.text}, ${withoutPassword(url)}`,
      warnings,
      onError,
      listen: async (channel, onNotify) => {
        const listener = await listenOn(connection, channel, onNotify, onError);
        listeners.add(listener);
        return listener;
      },
      isFull: () => false,
      close: async () => {
        await Promise.all([...listeners].map((listener) => listener.close()));
        await prisma.$disconnect();
        if (!pool.ended && !pool.ending) await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function connectPrisma(pool: pg.Pool, onError: (error: unknown) => void): PrismaClient {
  const adapter = new PrismaPg(transactionPool(pool), {
    statementNameGenerator: statementNames(),
    onConnectionError: onError,
  });
  return new PrismaClient({ adapter });
}

async function readVersion(pool: pg.Pool): Promise<{ number: number; text: string }> {
  const { rows } = await pool.query<{ number: string; text: string }>(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS text",
  );
  return { number: Number(rows[0]?.number), text: rows[0]?.text ?? 'of an unknown version' };
}

/** Settings that are safe when they are on, and what can be lost while they are off. */
const LOSSES: Readonly<Record<string, string>> = {
  fsync: 'fsync is off, so a crash of the machine can lose or damage all of the database',
  full_page_writes: 'full_page_writes is off, so a crash of the machine can damage pages that were being written',
  synchronous_commit:
    'synchronous_commit is off, so a crash loses the last commits: tickets, alerts and entries of the audit trail',
};

/**
 * What can be lost, as this user's sessions on this database are: a role and a database have settings of their own, and
 * `synchronous_commit` is one that anybody may change.
 */
async function readLosses(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting = 'off' ORDER BY name",
    [Object.keys(LOSSES)],
  );
  return rows.map(({ name }) => LOSSES[name] ?? name);
}

function withoutPassword(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}${port && `:${port}`}${pathname}`;
  } catch {
    return 'at the configured address';
  }
}
