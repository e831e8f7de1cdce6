import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { askDoor } from './doors.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';

const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);
const TEMPLATE = 'migrated';
const PREFIX = 'tierline-postgres-';
/** A server that has no process for so long is none. */
const STALE_MS = 600_000;
const FAST = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];

declare module 'vitest' {
  interface ProvidedContext {
    /** Where to ask for the run's PostgreSQL server, which starts when the first test file asks. */
    postgresDoor: string;
  }
}

export interface PostgresServer {
  /** Of the administrator's database. */
  readonly url: string;
  /** Ends all of its processes at once, as `pg_ctl stop -m immediate` does, and starts it again, which recovers. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL 18 in a temporary folder, in memory if it is not durable; works as root too, for which it makes
 * a user `postgres` if there is none.
 *
 * @param durable keeps fsync and its kin on, for tests of what survives
 * @param standby follows a primary that says nothing, as a replica does whose primary is away: it reads alone
 */
export async function startPostgres({ durable = false, standby = false } = {}): Promise<PostgresServer> {
  makeLinks();
  const above = durable ? os.tmpdir() : quickest();
  removeStale(above);
  const folder = fs.mkdtempSync(path.join(above, PREFIX));
  // The server's user is another one if the tests run as root, and has to get in.
  fs.chmodSync(folder, 0o755);
  const log: string[] = [];
  // The package waits for a server that takes writes.
  const readsOnly = deferred();
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: path.join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8', ...(durable ? [] : ['--no-sync'])],
    postgresFlags: [
      ...(durable ? [] : FAST),
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'shared_buffers=64MB',
    ].flatMap((setting) => ['-c', setting]),
    onLog: (line) => {
      log.push(line);
      if (String(line).includes('accept read-only connections')) readsOnly.resolve();
    },
    onError: (error) => log.push(String(error)),
  });
  const remove = () => fs.rmSync(folder, { recursive: true, force: true });
  try {
    await server.initialise();
    if (standby) fs.writeFileSync(path.join(folder, 'data', 'standby.signal'), '', { mode: 0o644 });
    await (standby ? Promise.race([server.start(), readsOnly.promise]) : server.start());
  } catch (error) {
    remove();
    throw new Error(`PostgreSQL did not start: ${error}\n${log.slice(-20).join('')}`);
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    crash: async () => {
      const pidFile = path.join(folder, 'data', 'postmaster.pid');
      const pid = Number(fs.readFileSync(pidFile, 'utf8').split('\n')[0]);
      process.kill(pid, 'SIGQUIT');
      while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
      await server.start();
    },
    stop: async () => {
      await server.stop();
      remove();
    },
  };
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** In memory where there is some, for data that need not last: each test file copies a database, which is ten times as fast there. */
function quickest(): string {
  try {
    const { bavail, bsize } = fs.statfsSync('/dev/shm');
    if (bavail * bsize > 2 ** 32) return '/dev/shm';
  } catch {
    // There is none here.
  }
  return os.tmpdir();
}

/** What runs left that were killed: it would take memory until the machine starts anew. */
function removeStale(above: string): void {
  for (const name of fs.readdirSync(above)) {
    const folder = path.join(above, name);
    if (!name.startsWith(PREFIX)) continue;
    try {
      const pid = Number(fs.readFileSync(path.join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
      if (isRunning(pid)) continue;
    } catch {
      // It is being made, or was stopped in the middle of that.
      if (Date.now() - (fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) < STALE_MS) continue;
    }
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Makes the database that those of the test files are copied from. */
export async function makeTemplate({ url }: PostgresServer): Promise<void> {
  await administer(url, `CREATE DATABASE ${TEMPLATE}`);
  const pool = new pg.Pool({ connectionString: withDatabase(url, TEMPLATE), max: 1 });
  try {
    await migrate(pool, MIGRATIONS);
  } finally {
    await pool.end();
  }
}

/**
 * A fresh database on the run's PostgreSQL server, which is started if this is the first, or on one of the test's own.
 *
 * @param empty without the project's tables
 * @param server has been given its template with `makeTemplate`
 * @returns its URL
 */
export async function createDatabase({
  empty = false,
  server,
}: {
  readonly empty?: boolean;
  readonly server?: PostgresServer;
} = {}): Promise<string> {
  const url = server?.url ?? (await serverUrl());
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // Copied file by file: page by page through the log takes four times the work.
  await administer(url, `CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : TEMPLATE} STRATEGY FILE_COPY`);
  const made = withDatabase(url, name);
  if (!server) ownDatabases.add(made);
  return made;
}

/** Of the run's server, made since the last file ended. */
const ownDatabases = new Set<string>();

/** Removes what a test file leaves behind: a run of all makes several gigabytes, in memory. */
export async function dropOwnDatabases(): Promise<void> {
  const left = [...ownDatabases];
  ownDatabases.clear();
  for (const url of left) await dropDatabase(url);
}

/** Removes a database of the run's server; whoever is still connected loses it. */
export async function dropDatabase(url: string): Promise<void> {
  ownDatabases.delete(url);
  const name = new URL(url).pathname.slice(1);
  await administer(withDatabase(url, 'postgres'), `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
}

/** The administrator's URL of the run's PostgreSQL server, for tests that end other connections. */
export function serverUrl(): Promise<string> {
  return askDoor(inject('postgresDoor'));
}

/** Runs one statement outside of any transaction, as the administrator. */
export async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

/** The package's install script makes links to its libraries; where scripts are blocked, this does. */
function makeLinks(): void {
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const { platform, arch } = process;
  const entry = from.resolve(`@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`);
  const root = path.join(path.dirname(entry), '..');
  const list = path.join(root, 'native/pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as Array<{ source: string; target: string }>;
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (fs.existsSync(link)) continue;
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/** Below 32768, where the system takes the ports of outgoing connections from. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = net.createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
