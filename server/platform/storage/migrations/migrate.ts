import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import {
  DatabaseNewerError,
  DatabaseOlderError,
  MigrationBusyError,
  MigrationChangedError,
  MigrationFailedError,
} from '../errors.ts';
import { withConnection } from '../session.ts';
import { withoutTimeout } from '../without-timeout.ts';

/**
 * Applies `prisma/migrations` without Prisma's engine, on PGlite and PostgreSQL alike, and keeps the same table, so that
 * `prisma migrate deploy` and `status` agree with it. Unlike Prisma it applies each migration in one transaction: one
 * that fails, or whose process is killed, has changed nothing.
 */
interface Migration {
  /** The folder's name: a timestamp and a title, so names in order are migrations in order. */
  name: string;
  sql: string;
  /** SHA-256 of the file in hexadecimal, as Prisma has it. */
  checksum: string;
}

interface Row {
  id: string;
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  logs: string | null;
}

/** The key that Prisma's own engine locks, so that the two exclude each other. */
const ADVISORY_LOCK = 72_707_369;

/** How long to wait for another node that migrates, and for tables that others use, in milliseconds. */
const WAIT_FOR_NODE_MS = 5 * 60_000;
const LOCK_TIMEOUT_MS = 3_000;
const TRIES_FOR_TABLES = 3;

/** lock_not_available, deadlock_detected: others stood in the way; the migration itself may be sound. */
const BUSY = new Set(['55P03', '40P01']);

const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings the database to the state of the migrations in `folder`. Several nodes may call it at once: one migrates, the
 * others wait and find nothing left to do. It uses one connection for all of it.
 *
 * @param folder the migrations, one a sub-folder with a `migration.sql`; a file URL that ends in a slash
 * @returns the names of the migrations that this call applied, in order
 * @throws {MigrationFailedError} one fails, or did at an earlier start
 * @throws {MigrationChangedError} one was changed after it had been applied
 * @throws {DatabaseNewerError} the database has migrations that are not in `folder`
 * @throws {MigrationBusyError} others hold the lock or the tables for too long; nothing was changed
 */
export async function migrate(pool: pg.Pool, folder: URL): Promise<{ applied: string[] }> {
  const migrations = readMigrations(folder);
  // If it throws, the connection is closed, and the lock, which is its session's, with it.
  return withoutTimeout(pool, async (client) => {
    await takeTurn(client);
    const applied = await applyAll(client, migrations);
    await client.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK]);
    return { applied };
  });
}

/** The migrations in a folder, in order. An absent folder has none. */
export function readMigrations(folder: URL): Migration[] {
  const path = fileURLToPath(folder);
  if (!fs.existsSync(path)) return [];
  return fs
    .readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const sql = fs.readFileSync(new URL(`${encodeURIComponent(name)}/migration.sql`, folder), 'utf8');
      // Git may have given the file Windows' line ends, which are no change.
      return { name, sql, checksum: sha256(sql.replaceAll('\r\n', '\n')) };
    });
}

/** Asks again and again rather than waits in SQL, where the connection's time limits would end the wait. */
async function takeTurn(client: pg.PoolClient): Promise<void> {
  const until = performance.now() + WAIT_FOR_NODE_MS;
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      ADVISORY_LOCK,
    ]);
    if (rows[0]?.taken) return;
    if (performance.now() > until) {
      throw new MigrationBusyError(
        'Another node has been migrating this database for five minutes. See what it is doing.',
      );
    }
    await wait(100);
  }
}

/**
 * Sees whether the database is just as this version needs it, and changes nothing.
 *
 * @throws {DatabaseOlderError} it lacks migrations of `folder`
 * @throws as `migrate` does where it has others, changed ones or one that failed
 */
export async function checkMigrated(pool: pg.Pool, folder: URL): Promise<void> {
  const pending = await withConnection(pool, async (client) =>
    pendingOf((await hasTable(client)) ? await readRows(client) : [], readMigrations(folder)),
  );
  if (pending.length > 0) throw new DatabaseOlderError(pending.map(({ name }) => name));
}

async function applyAll(client: pg.PoolClient, migrations: readonly Migration[]): Promise<string[]> {
  await createSchema(client);
  if (!(await hasTable(client))) await client.query(TABLE);
  const pending = pendingOf(await readRows(client), migrations);
  for (const migration of pending) await apply(client, migration);
  return pending.map(({ name }) => name);
}

async function readRows(client: pg.PoolClient): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT id, migration_name, checksum, finished_at, logs FROM "_prisma_migrations"
     WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

/** All are compared before the first is applied: a database that is to be refused is not to be changed before. */
function pendingOf(rows: readonly Row[], migrations: readonly Migration[]): Migration[] {
  const unfinished = rows.find((row) => row.finished_at === null);
  if (unfinished) {
    const reason = `at an earlier start: ${unfinished.logs ?? 'no reason was recorded'}`;
    throw new MigrationFailedError(unfinished.migration_name, unfinished.id, reason);
  }
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = rows.map((row) => row.migration_name).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new DatabaseNewerError(unknown);
  const checksums = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  for (const { name, sql, checksum } of migrations) {
    const applied = checksums.get(name);
    if (applied && applied !== checksum && applied !== sha256(sql)) throw new MigrationChangedError(name);
  }
  return migrations.filter(({ name }) => !checksums.has(name));
}

/** Makes the schema that the address names (server-url.ts), where there is none yet. */
async function createSchema(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ schema: string | null; path: string }>(
    `SELECT current_schema()::text AS schema, current_setting('search_path') AS path`,
  );
  const [found] = rows;
  if (found?.schema === null && /^"[A-Za-z_][\w$]*"$/.test(found.path))
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${found.path}`);
}

/** Looked for first: a node whose user may not create tables can still start on a database that is up to date. */
async function hasTable(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS found`,
  );
  return rows[0]?.found ?? false;
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await applyOnce(client, migration);
      return;
    } catch (error) {
      await client.query('ROLLBACK');
      if (!BUSY.has(String((error as { code?: unknown }).code))) throw await recordFailure(client, migration, error);
      if (tries === TRIES_FOR_TABLES) {
        throw new MigrationBusyError(
          `The migration ${migration.name} could not lock its tables, for long transactions are using them. ` +
            'Nothing was changed. Start again when they have ended.',
          { cause: error },
        );
      }
      await wait(500 * tries);
    }
  }
}

async function applyOnce(client: pg.PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  // A migration may take its time, unlike a request.
  await client.query('SET LOCAL statement_timeout = 0');
  const before = await transactionId(client);
  await client.query(sql);
  if ((await transactionId(client)) !== before) throw new Error('it ends its own transaction (COMMIT or ROLLBACK)');
  await client.query(
    `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, transaction_timestamp(), clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
  await client.query('COMMIT');
  // A migration may also set things for the session, such as the search path.
  await client.query('RESET ALL');
}

async function transactionId(client: pg.PoolClient): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::text AS id');
  return rows[0]?.id;
}

async function recordFailure(client: pg.PoolClient, { name, checksum }: Migration, error: unknown): Promise<Error> {
  const { message, code, position, detail } = error as Error & { code?: string; position?: string; detail?: string };
  const logs = [message, code && `SQLSTATE ${code}`, position && `at character ${position}`, detail]
    .filter(Boolean)
    .join('; ');
  const id = randomUUID();
  await client.query('INSERT INTO "_prisma_migrations" (id, checksum, migration_name, logs) VALUES ($1, $2, $3, $4)', [
    id,
    checksum,
    name,
    logs,
  ]);
  return new MigrationFailedError(name, id, logs, { cause: error });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
