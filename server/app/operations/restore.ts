import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { Pool, PoolClient } from 'pg';
import { ensureHead, renewEpoch } from '../../engine/alert-log/log.ts';
import { type Verification, verifyAudit } from '../../platform/audit/verify.ts';
import { setSequences } from '../../platform/storage/sequences.ts';
import { withConnection } from '../../platform/storage/session.ts';
import { BackupError } from './errors.ts';
import type { Closing, Heading, Line } from './format.ts';
import { tablesOf } from './write-backup.ts';

/** Rows of one statement, and the characters that are enough for one, too: rows with pieces of files are large. */
const BATCH = 500;
const BATCH_LENGTH = 4 * 1024 * 1024;

/**
 * Reads a backup into a database that has the tables and no rows, all of it or nothing, and counts what came. Alerts begin a
 * new history, so that nobody goes on from a cursor of what was lost.
 *
 * @returns what the audit trail says of itself
 * @throws {BackupError} the file is none or was cut off, the database is not empty or of another version, or a count differs
 */
export async function restoreBackup(pool: Pool, file: string): Promise<Verification> {
  await withConnection(pool, async (client) => {
    await client.query('begin; set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
    await bypassTriggers(client);
    const tables = await tablesOf(client);
    for (const table of tables) {
      const { rowCount } = await client.query(`select from "${table}" limit 1`);
      if (rowCount) throw new BackupError(`The database is not empty (${table}): restore into one that is.`);
    }
    const closing = await readInto(client, file, tables);
    for (const [table, expected] of Object.entries(closing.rows)) {
      const { rows } = await client.query<{ count: string }>(`select count(*) as count from "${table}"`);
      if (Number(rows[0]?.count) !== expected)
        throw new BackupError(`${table} has ${rows[0]?.count} rows and should have ${expected}.`);
    }
    await setSequences(client, closing.sequences ?? {});
    await client.query('commit');
  });
  await ensureHead(pool);
  await renewEpoch(pool);
  return verifyAudit(pool);
}

/** Rows come in the order of their tables' names, and the trail takes no row that is sealed but from here. */
async function bypassTriggers(client: PoolClient): Promise<void> {
  try {
    await client.query('set local session_replication_role = replica');
  } catch (error) {
    throw new BackupError(
      'A restore needs a role that may set session_replication_role: the superuser, or one granted it.',
      {
        cause: error,
      },
    );
  }
}

async function readInto(client: PoolClient, file: string, tables: readonly string[]): Promise<Closing> {
  let heading: Heading | undefined;
  let closing: Closing | undefined;
  let table: string | undefined;
  let waiting: string[] = [];
  let length = 0;
  const flush = async () => {
    if (table && waiting.length > 0)
      await client.query(`insert into "${table}" select * from jsonb_populate_recordset(null::"${table}", $1::jsonb)`, [
        `[${waiting.join(',')}]`,
      ]);
    waiting = [];
    length = 0;
  };
  for await (const line of linesOf(file)) {
    if (typeof line === 'string') {
      waiting.push(line);
      length += line.length;
      if (waiting.length === BATCH || length >= BATCH_LENGTH) await flush();
      continue;
    }
    await flush();
    if ('tierline' in line) {
      heading = line;
      await checkVersion(client, line);
    } else if ('table' in line) {
      table = line.table;
      if (!heading || !tables.includes(table)) throw new BackupError(`${file} has an unknown table ${table}.`);
    } else {
      closing = line;
    }
  }
  if (!heading) throw new BackupError(`${file} is no backup.`);
  if (!closing) throw new BackupError(`${file} was cut off: it has no end.`);
  return closing;
}

async function* linesOf(file: string): AsyncGenerator<Line> {
  const source = createReadStream(file);
  const unpacked = createGunzip();
  source.on('error', (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  try {
    for await (const text of createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY })) {
      yield JSON.parse(text) as Line;
    }
    // The reader of lines ends quietly where the stream breaks.
    if (unpacked.errored) throw unpacked.errored;
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`${file} cannot be read: it is no backup, or it is damaged.`, { cause: error });
  }
}

async function checkVersion(client: PoolClient, { migrations }: Heading): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select migration_name as name from _prisma_migrations order by 1',
  );
  const here = rows.map(({ name }) => name);
  if (here.join() !== migrations.join())
    throw new BackupError(
      `The backup was made by another version (its last migration is ${migrations.at(-1)}, here it is ${here.at(-1)}). Restore it with that version, then start this one.`,
    );
}
