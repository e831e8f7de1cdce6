import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import {
  type DatabaseCrashedError,
  DatabaseDamagedError,
  NotADatabaseFolderError,
  StorageError,
  StorageFullError,
} from '../errors.ts';
import { hearPoolErrors } from '../pool-errors.ts';
import { setEngine, withoutTimeout } from '../without-timeout.ts';
import { DiskGuard, freeBytesAt, walBytes } from './disk.ts';
import { Engine } from './engine.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { type Maintenance, startMaintenance } from './maintenance.ts';
import { PGliteStream } from './pglite-stream.ts';

/** Recovery and a checkpoint write before anybody does; with less than this the database cannot even start. */
const START_BYTES = 64 * 1_048_576;

export interface EmbeddedOptions {
  /** An archive made by `dump()`: what a database that does not exist yet begins with. */
  snapshot?: Uint8Array;
  /** Takes the folder from a holder on another host, see `lockFolder`. */
  takeOver?: boolean;
  /** Told once when the database's thread has ended by itself. Every query fails from then on: end the program. */
  onCrash?: (error: DatabaseCrashedError) => void;
  /** How long one statement may take, in milliseconds, before the database is given up; by default 30 s. */
  limitMs?: number;
  /** Told of chores that failed and of connections that broke. */
  onError?: (error: unknown) => void;
}

/** PostgreSQL inside this process, on a folder or in memory. */
export interface EmbeddedDatabase {
  /** A pool of one: the database has one session. */
  readonly pool: pg.Pool;
  readonly chores: Maintenance;
  /** What can still be written to the disk, in bytes; Infinity in memory. */
  readonly freeBytes: number;
  /** Whether writes are to be refused, lest the database stops in the middle of one. */
  isFull(): boolean;
  /** All of the database as one archive, once the transaction that runs has ended; `snapshot` takes it back. */
  dump(): Promise<Uint8Array>;
  /** How often the disk was waited for since the start. */
  fsyncs(): Promise<{ files: number; directories: number }>;
  /** Waits for the queries that run, shuts down with a checkpoint, ends the thread, gives the folder up. */
  close(): Promise<void>;
}

/**
 * Opens the embedded database and, on a folder, holds the folder until `close`.
 *
 * @throws {FolderLockedError} another process has the folder open
 * @throws {NotADatabaseFolderError} the folder holds other things
 * @throws {DatabaseDamagedError} it holds a database that does not start; nothing was changed in it
 * @throws {StorageFullError} the disk has no room to start in
 */
export async function openEmbedded(
  place: { folder: string } | { memory: true },
  { snapshot, takeOver, limitMs, onCrash, onError = () => {} }: EmbeddedOptions = {},
): Promise<EmbeddedDatabase> {
  const folder = 'folder' in place ? path.resolve(place.folder) : undefined;
  if (folder) fs.mkdirSync(path.dirname(folder), { recursive: true });
  const lock = folder ? await lockFolder(folder, takeOver ? { takeOver } : {}) : undefined;
  try {
    if (folder) inspect(folder);
    const start = { ...(folder && { folder }), ...(snapshot && { snapshot }) };
    const engine = await Engine.start(start, limitMs).catch((error) => {
      throw folder ? new DatabaseDamagedError(folder, error) : error;
    });
    if (onCrash) engine.onCrash(onCrash);
    return embeddedDatabase(engine, folder, lock, onError);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

function embeddedDatabase(
  engine: Engine,
  folder: string | undefined,
  lock: FolderLock | undefined,
  onError: (error: unknown) => void,
): EmbeddedDatabase {
  const pool = new pg.Pool({
    stream: () => new PGliteStream(engine),
    user: 'postgres',
    database: 'postgres',
    max: 1,
    idleTimeoutMillis: 0,
  });
  setEngine(pool, engine);
  hearPoolErrors(pool, onError);
  const disk = folder ? new DiskGuard(folder) : undefined;
  const chores = startMaintenance(pool, () => (folder ? walBytes(folder) : 0), onError);

  let closing: Promise<void> | undefined;
  const close = async () => {
    await chores.stop();
    if (!engine.error) await withoutTimeout(pool, (client) => client.query('CHECKPOINT')).catch(onError);
    await pool.end().catch(onError);
    await engine.close();
    lock?.release();
  };

  return {
    pool,
    chores,
    get freeBytes() {
      return disk?.freeBytes ?? Number.POSITIVE_INFINITY;
    },
    isFull: () => disk?.isFull() ?? false,
    dump: () =>
      withoutTimeout(pool, async (client) => {
        await client.query('CHECKPOINT');
        return engine.dump();
      }),
    fsyncs: async () => {
      const { syncedFiles, syncedDirectories } = await engine.statistics();
      return { files: syncedFiles, directories: syncedDirectories };
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Refuses what PostgreSQL would answer with "Aborted()". */
function inspect(folder: string): void {
  const free = freeBytesAt(path.dirname(folder));
  if (free < START_BYTES) throw new StorageFullError(folder, free, START_BYTES);
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isDirectory()) throw new NotADatabaseFolderError(folder, 'it is a file');
  const version = path.join(folder, 'PG_VERSION');
  const names = fs.readdirSync(folder);
  if (!fs.existsSync(version)) {
    if (names.length > 0) throw new NotADatabaseFolderError(folder, `it holds ${names.slice(0, 3).join(', ')}`);
    return;
  }
  const major = fs.readFileSync(version, 'utf8').trim();
  if (major !== '18') {
    throw new StorageError(
      'WRONG_MAJOR_VERSION',
      `The database in ${folder} was made by PostgreSQL ${major}; this version opens 18. Carry the data over with a dump.`,
    );
  }
}
