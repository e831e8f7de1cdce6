import fs from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { emptyCluster, forgetEmptyCluster } from './empty-cluster.ts';
import { durableStart, SyncNodeFS, syncDirectory, syncTree } from './sync-fs.ts';

/**
 * The thread that holds the embedded database, so that heavy SQL never stops the event loop of the server. It answers
 * one request after the other, each with the id it came with.
 */
export interface EngineStart {
  /** A folder on disk, or undefined for a database in memory. */
  folder?: string;
  /** An archive made by `dump` to start from; by default an empty database. */
  snapshot?: Uint8Array;
  /** PostgreSQL's program, compiled once a process. */
  module?: object;
}

export type EngineRequest =
  | { id: number; ask: 'exec'; bytes: Uint8Array }
  | { id: number; ask: 'dump' | 'statistics' | 'close' };

export interface EngineStatistics {
  /** fsync calls on files and on directories since the database was opened; 0 in memory. */
  syncedFiles: number;
  syncedDirectories: number;
}

/** The first answer, with id 0, tells that the database is open. */
export type EngineAnswer =
  | { id: number; bytes: Uint8Array }
  | { id: number; statistics: EngineStatistics }
  | { id: number; failure: string };

if (parentPort) await serve(workerData as EngineStart, parentPort);

type Port = NonNullable<typeof parentPort>;

async function serve(start: EngineStart, port: Port): Promise<void> {
  const answer = (reply: EngineAnswer) =>
    port.postMessage(reply, 'bytes' in reply ? [reply.bytes.buffer as ArrayBuffer] : []);
  let opened: Opened;
  try {
    opened = await open(start);
  } catch (error) {
    answer({ id: 0, failure: describe(error) });
    return;
  }
  const { db, files } = opened;
  answer({ id: 0, statistics: statistics(files) });

  let last = Promise.resolve();
  port.on('message', (request: EngineRequest) => {
    // In the order they came: an answer to a later message would otherwise be taken for an earlier one's.
    last = last.then(async () => {
      try {
        answer(await fulfil(db, files, request));
      } catch (error) {
        answer({ id: request.id, failure: describe(error) });
        // An error of SQL is an answer, not an exception: this one came from the engine, whose state nobody knows now.
        if (request.ask === 'exec') process.exit(1);
      }
      if (request.ask === 'close') port.close();
    });
  });
}

async function fulfil(db: PGlite, files: SyncNodeFS | undefined, request: EngineRequest): Promise<EngineAnswer> {
  const { id } = request;
  switch (request.ask) {
    case 'exec':
      return { id, bytes: await exec(db, request.bytes) };
    case 'dump':
      return { id, bytes: new Uint8Array(await (await db.dumpDataDir('none')).arrayBuffer()) };
    case 'statistics':
      return { id, statistics: statistics(files) };
    case 'close':
      await db.close();
      return { id, statistics: statistics(files) };
  }
}

/** Runs whole messages of the protocol. The streaming call is the one that does not parse every answer on the way. */
async function exec(db: PGlite, messages: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  // The bytes lie in the memory of PostgreSQL, which it will use again.
  await db.execProtocolRawStream(messages, { onRawData: (bytes) => parts.push(bytes.slice()) });
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

interface Opened {
  db: PGlite;
  files: SyncNodeFS | undefined;
}

async function open({ folder, snapshot, module }: EngineStart): Promise<Opened> {
  const program = module ? { pgliteWasmModule: module } : {};
  if (!folder)
    return { db: await load(snapshot, (archive) => ({ ...program, loadDataDir: archive })), files: undefined };
  if (!fs.existsSync(path.join(folder, 'PG_VERSION'))) await create(folder, snapshot, program);
  const files = new SyncNodeFS(folder);
  return { db: await PGlite.create({ ...program, fs: files, startParams: durableStart }), files };
}

type PGliteOptions = NonNullable<ConstructorParameters<typeof PGlite>[0]> & object;

/** Opens a database from an archive; an empty one that does not load is made anew, once. */
async function load(snapshot: Uint8Array | undefined, options: (archive: Blob) => PGliteOptions): Promise<PGlite> {
  const from = (bytes: Uint8Array) => PGlite.create(options(new Blob([bytes as Uint8Array<ArrayBuffer>])));
  if (snapshot) return from(snapshot);
  const cluster = await emptyCluster();
  return from(cluster).catch(async () => {
    forgetEmptyCluster();
    return from(await emptyCluster());
  });
}

/** Makes the database under another name and renames it when it is whole and on the disk: a kill leaves no half of one. */
async function create(folder: string, snapshot: Uint8Array | undefined, program: PGliteOptions): Promise<void> {
  const draft = `${folder}.new`;
  const db = await load(snapshot, (archive) => {
    fs.rmSync(draft, { recursive: true, force: true });
    return { ...program, fs: new SyncNodeFS(draft), startParams: durableStart, loadDataDir: archive };
  });
  await db.close();
  syncTree(draft);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(draft, folder);
  syncDirectory(path.dirname(folder));
}

function statistics(files: SyncNodeFS | undefined): EngineStatistics {
  return { syncedFiles: files?.files ?? 0, syncedDirectories: files?.directories ?? 0 };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
