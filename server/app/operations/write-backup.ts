import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Pool, PoolClient } from 'pg';
import { lastNumbers } from '../../platform/storage/sequences.ts';
import { withConnection } from '../../platform/storage/session.ts';
import type { Closing, Heading, TableLine } from './format.ts';

/** Rows of one fetch, and of those that hold pieces of files, of which each is large. */
const FETCH = 1_000;
const FETCH_LARGE = 16;

/**
 * Writes all of the database, as it is at one moment, to a file: to a temporary one beside it first, which takes its name
 * once it is on the disk. Writers do not wait, but on the embedded database, which has one session.
 *
 * @param file is replaced if it exists
 * @returns rows by table
 */
export async function writeBackup(pool: Pool, file: string): Promise<Readonly<Record<string, number>>> {
  const temporary = `${file}.${process.pid}.part`;
  const rows: Record<string, number> = {};
  try {
    await withConnection(pool, async (client) => {
      await client.query(`begin isolation level repeatable read read only;
        set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`);
      const handle = await open(temporary, 'w', 0o600);
      try {
        await pipeline(Readable.from(lines(client, rows)), createGzip(), async (packed: AsyncIterable<Buffer>) => {
          // Each is written behind the one before.
          for await (const part of packed) await handle.writeFile(part);
        });
        await handle.sync();
      } finally {
        await handle.close();
      }
      await client.query('commit');
      await rename(temporary, file);
      await syncFolder(path.dirname(file));
    });
    return rows;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A new name lasts once its folder is on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function* lines(client: PoolClient, rows: Record<string, number>): AsyncGenerator<string> {
  const migrations = await client.query<{ name: string }>(
    'select migration_name as name from _prisma_migrations where finished_at is not null order by 1',
  );
  const heading: Heading = {
    tierline: 1,
    at: new Date().toISOString(),
    migrations: migrations.rows.map(({ name }) => name),
  };
  yield `${JSON.stringify(heading)}\n`;
  const large = await tablesOfBytes(client);
  for (const table of await tablesOf(client)) {
    yield `${JSON.stringify({ table } satisfies TableLine)}\n`;
    rows[table] = 0;
    const most = large.has(table) ? FETCH_LARGE : FETCH;
    await client.query(`declare backup_rows no scroll cursor for select to_jsonb(t)::text as row from "${table}" t`);
    for (;;) {
      const fetched = await client.query<{ row: string }>(`fetch ${most} from backup_rows`);
      if (fetched.rows.length > 0) yield fetched.rows.map(({ row }) => `${JSON.stringify(row)}\n`).join('');
      rows[table] += fetched.rows.length;
      if (fetched.rows.length < most) break;
    }
    await client.query('close backup_rows');
  }
  // Sequences stand outside of the snapshot: read last, they are never behind its rows.
  const sequences = await lastNumbers(client);
  yield `${JSON.stringify({ end: true, rows, sequences } satisfies Closing)}\n`;
}

/** The platform's tables, those of the migrations themselves left out. */
export async function tablesOf(client: Pick<PoolClient, 'query'>): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_type = 'BASE TABLE' and table_name <> '_prisma_migrations' order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** Those whose rows may be large. */
async function tablesOfBytes(client: Pick<PoolClient, 'query'>): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct table_name as name from information_schema.columns
     where table_schema = current_schema() and data_type = 'bytea'`,
  );
  return new Set(rows.map(({ name }) => name));
}
