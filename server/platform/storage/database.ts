import type pg from 'pg';
import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import { type EmbeddedDatabase, type EmbeddedOptions, openEmbedded } from './embedded/embedded.ts';
import { GroupedReads } from './grouped-reads.ts';
import { GroupedWrites } from './grouped-writes.ts';
import { embeddedListeners, type Listener, type OnNotify } from './listen.ts';
import { connectPrisma } from './prisma-connection.ts';
import { withReadLane } from './reads/read-lane.ts';
import { Rehearsals } from './rehearsal/rehearsals.ts';
import { openServer } from './server/open-server.ts';
import { guardPool, guardPrisma } from './transaction-guard.ts';

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
  /** For what is done without being kept. */
  readonly rehearsals: Rehearsals;
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
  const prisma = connectPrisma(pool, 'public', options.onError);
  const version = await readVersion(pool);
  const guarded = guardPool(pool);
  const rehearsals = new Rehearsals(pool, (shared) => connectPrisma(shared, 'public', options.onError));
  return {
    kind: 'EMBEDDED',
    pool: guarded,
    prisma: guardPrisma(withReadLane(prisma, pool)),
    reads: new GroupedReads({ pool: guarded }),
    writes: new GroupedWrites({ pool: guarded }),
    rehearsals,
    embedded,
    describe: `embedded PostgreSQL ${version}, ${'folder' in place ? place.folder : 'in memory'}`,
    warnings: 'folder' in place ? [] : ['The data is in memory: it is lost when the program ends.'],
    onError: options.onError,
    listen,
    isFull: () => embedded.isFull(),
    close: async () => {
      await rehearsals.close();
      await prisma.$disconnect();
      await embedded.close();
    },
  };
}

async function readVersion(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ text: string }>("SELECT current_setting('server_version') AS text");
  return rows[0]?.text ?? 'of an unknown version';
}
