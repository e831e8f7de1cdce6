import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorError } from '../../server/app/cli/operator-error.ts';
import { createLog } from '../../server/app/create-log.ts';
import { readEnv } from '../../server/app/env.ts';
import { startServer } from '../../server/app/serve.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';
import { tierline } from '../support/tierline.ts';

const KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
let url: string;
beforeEach(async () => {
  url = await createDatabase({ empty: true });
});
afterEach(() => dropDatabase(url));

const settings = () => ({ DATABASE_URL: url, TIERLINE_ACCEPT_DATA_LOSS: 'true' });

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(sql);
  await client.end();
  return rows;
}

async function start(migrates: boolean) {
  const env = readEnv({ ...settings(), TIERLINE_DATA_KEY: KEY, JWT_JWKS_URL: 'https://id.example/jwks', PORT: '0' });
  try {
    await (await startServer(env, { demo: false, log: createLog('silent'), migrates })).app.close();
    return null;
  } catch (error) {
    return operatorError(error, { DATABASE_URL: url, TIERLINE_DATA: undefined, HOST: undefined, PORT: undefined });
  }
}

test('`tierline migrate` applies all and ends, without a key; the second time it finds nothing to do', async () => {
  const first = await tierline(['migrate', '--json'], settings());
  expect(first).toMatchObject({ code: 0, err: '' });
  const { applied } = JSON.parse(first.out);
  expect(applied.length).toBeGreaterThan(10);
  expect(await query('select migration_name as name from _prisma_migrations order by 1')).toEqual(
    applied.map((name: string) => ({ name })),
  );
  const second = await tierline(['migrate'], settings());
  expect(second).toMatchObject({ code: 0, out: 'The database is up to date.\n' });
});

test('a start without migrations is refused on a database that lacks some, and leaves it as it was', async () => {
  expect(await start(false)).toEqual({
    code: 1,
    sentence: expect.stringMatching(/^This database lacks \d+ migrations .*`tierline migrate`/),
  });
  expect(await query("select from pg_tables where schemaname = 'public'")).toEqual([]);
  expect(await start(true)).toBeNull();
  expect(await start(false)).toBeNull();
});

test.each([true, false])('an older version is refused by a newer database; it migrates: %s', async (migrates) => {
  expect(await start(true)).toBeNull();
  await query(
    "insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '29990101000000_later', now())",
  );
  expect(await start(migrates)).toEqual({ code: 1, sentence: expect.stringContaining('29990101000000_later') });
  const ran = await tierline(['migrate'], settings());
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('29990101000000_later') });
});

test('`tierline start --no-migrate` is that start', async () => {
  const ran = await tierline(['start', '--no-migrate'], {
    ...settings(),
    TIERLINE_DATA_KEY: KEY,
    JWT_JWKS_URL: 'https://id.example/jwks',
    PORT: '0',
  });
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('`tierline migrate`') });
});

test('`tierline migrate` makes the embedded database, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-migrate-'));
  try {
    const ran = await tierline(['migrate'], { TIERLINE_DATA: join(folder, 'data') });
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('the database is up to date') });
    const again = await tierline(['migrate'], { TIERLINE_DATA: join(folder, 'data') });
    expect(again.out).toBe('The database is up to date.\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
