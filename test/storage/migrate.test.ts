import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../server/platform/storage/embedded/embedded.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { createDatabase } from '../support/postgres.ts';

let folder: URL;
beforeEach(() => {
  folder = pathToFileURL(`${fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-migrations-'))}/`);
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function write(name: string, sql: string): void {
  fs.mkdirSync(new URL(`${name}/`, folder), { recursive: true });
  fs.writeFileSync(new URL(`${name}/migration.sql`, folder), sql);
}

/** A pool on a fresh database of the kind, and how to close it. */
const databases = [
  {
    kind: 'the embedded database',
    open: async () => {
      const database = await openEmbedded({ memory: true });
      return { pool: database.pool, close: () => database.close() };
    },
  },
  {
    kind: 'PostgreSQL',
    open: async () => {
      const pool = new pg.Pool({
        connectionString: await createDatabase({ empty: true }),
        statement_timeout: 5_000,
        lock_timeout: 2_000,
      });
      pool.on('error', () => {});
      return { pool, close: () => pool.end() };
    },
  },
];

describe.each(databases)('on $kind', ({ open }) => {
  let pool: pg.Pool;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ pool, close } = await open());
  });
  beforeEach(async () => {
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  });
  afterAll(() => close());

  const rows = async () =>
    (
      await pool.query(
        'SELECT migration_name, checksum, finished_at, logs, rolled_back_at FROM _prisma_migrations ORDER BY started_at',
      )
    ).rows;

  test('applies what is new, in order, and the second time nothing', async () => {
    write('20260302000000_b', 'ALTER TABLE lamp ADD watts int;');
    write('20260301000000_a', 'CREATE TABLE lamp (id int); INSERT INTO lamp VALUES (1);');
    expect(await migrate(pool, folder)).toEqual({ applied: ['20260301000000_a', '20260302000000_b'] });
    expect(await migrate(pool, folder)).toEqual({ applied: [] });
    write('20260303000000_c', 'DROP TABLE lamp;');
    expect(await migrate(pool, folder)).toEqual({ applied: ['20260303000000_c'] });

    const [first] = await rows();
    expect(first).toMatchObject({ migration_name: '20260301000000_a', logs: null, rolled_back_at: null });
    expect(first.finished_at).toBeInstanceOf(Date);
    expect(first.checksum).toBe(
      createHash('sha256').update('CREATE TABLE lamp (id int); INSERT INTO lamp VALUES (1);').digest('hex'),
    );
  });

  test("does not take Windows' line ends for a change, but refuses a changed migration before it applies a new one", async () => {
    write('1_a', 'CREATE TABLE lamp (id int);\nSELECT 1;\n');
    await migrate(pool, folder);
    write('1_a', 'CREATE TABLE lamp (id int);\r\nSELECT 1;\r\n');
    expect(await migrate(pool, folder)).toEqual({ applied: [] });
    write('1_a', 'CREATE TABLE lamp (id bigint);');
    write('0_z', 'CREATE TABLE other (id int);');
    await expect(migrate(pool, folder)).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringContaining('1_a'),
    });
    expect(await rows()).toHaveLength(1);
  });

  test('a failed migration changes nothing, is recorded, and stops every later start until it is allowed another try', async () => {
    write('1_a', 'CREATE TABLE lamp (id int);');
    write('2_b', 'CREATE TABLE room (id int);\nINSERT INTO room VALUES (1);\nALTER TABLE nowhere ADD x int;');
    write('3_c', 'CREATE TABLE never (id int);');
    await expect(migrate(pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_FAILED', migration: '2_b' });
    const [, failed] = await rows();
    expect(failed).toMatchObject({
      migration_name: '2_b',
      finished_at: null,
      logs: expect.stringContaining('"nowhere" does not exist'),
    });
    const tables = await pool.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    expect(tables.rows.map(({ tablename }) => tablename)).toEqual(['_prisma_migrations', 'lamp']);

    write('2_b', 'CREATE TABLE room (id int);');
    const refusal = await migrate(pool, folder).catch((error: Error) => error);
    expect(refusal).toMatchObject({
      code: 'MIGRATION_FAILED',
      migration: '2_b',
      message: expect.stringContaining('"nowhere" does not exist'),
    });

    const [cure] = /UPDATE .*$/.exec((refusal as Error).message) ?? [];
    await pool.query(String(cure));
    expect(await migrate(pool, folder)).toEqual({ applied: ['2_b', '3_c'] });
  });

  test('refuses a migration that ends its own transaction', async () => {
    write('1_a', 'CREATE TABLE lamp (id int); COMMIT; BEGIN;');
    await expect(migrate(pool, folder)).rejects.toThrow('it ends its own transaction');
  });

  test('refuses a database that a newer version has migrated', async () => {
    write('1_a', 'CREATE TABLE lamp (id int);');
    write('2_b', 'CREATE TABLE room (id int);');
    await migrate(pool, folder);
    fs.rmSync(new URL('2_b/', folder), { recursive: true });
    await expect(migrate(pool, folder)).rejects.toMatchObject({
      code: 'DATABASE_NEWER',
      message: expect.stringContaining('2_b'),
    });
  });

  test('three runners at once apply each migration once', async () => {
    write('1_a', 'CREATE TABLE lamp (id int); SELECT pg_sleep(0.3);');
    write('2_b', 'CREATE TABLE room (id int);');
    const results = await Promise.all([migrate(pool, folder), migrate(pool, folder), migrate(pool, folder)]);
    expect(results.flatMap(({ applied }) => applied)).toEqual(['1_a', '2_b']);
    expect(await rows()).toHaveLength(2);
  });
});

test("a test's database begins with the project's own migrations", async () => {
  const pool = new pg.Pool({ connectionString: await createDatabase() });
  expect(await migrate(pool, new URL('../../prisma/migrations/', import.meta.url))).toEqual({ applied: [] });
  await pool.end();
});

describe('on PostgreSQL, beside others', () => {
  test('takes longer than a request may, and leaves no failure behind when others hold the tables', async () => {
    const pool = new pg.Pool({
      connectionString: await createDatabase({ empty: true }),
      statement_timeout: 500,
      lock_timeout: 200,
    });
    write('1_a', 'CREATE TABLE lamp (id int); SELECT pg_sleep(1);');
    await migrate(pool, folder);

    const other = await pool.connect();
    await other.query('BEGIN; LOCK TABLE lamp IN ACCESS SHARE MODE');
    write('2_b', 'ALTER TABLE lamp ADD watts int;');
    await expect(migrate(pool, folder)).rejects.toMatchObject({ code: 'MIGRATION_BUSY' });
    await other.query('COMMIT');
    other.release();
    expect(await migrate(pool, folder)).toEqual({ applied: ['2_b'] });
    await pool.end();
  });
});
