import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedDatabase, openEmbedded } from '../../server/platform/storage/embedded/embedded.ts';

let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await openEmbedded({ memory: true });
});
afterAll(() => database.close());

test('answers a statement with parameters', async () => {
  const { rows } = await database.pool.query('SELECT $1::int AS number, $2::text AS text, $3::jsonb AS json', [
    7,
    '级别',
    { a: [1] },
  ]);
  expect(rows).toEqual([{ number: 7, text: '级别', json: { a: [1] } }]);
});

test('prepares a named statement once and runs it again', async () => {
  for (const number of [1, 2, 3]) {
    const { rows } = await database.pool.query({
      name: 'twice',
      text: 'SELECT $1::int * 2 AS twice',
      values: [number],
    });
    expect(rows).toEqual([{ twice: number * 2 }]);
  }
});

test('carries rows of many megabytes both ways', async () => {
  const text = 'ä'.repeat(3_000_000);
  const { rows } = await database.pool.query('SELECT $1::text AS text, length($1::text) AS length', [text]);
  expect(rows[0].length).toBe(3_000_000);
  expect(rows[0].text === text).toBe(true);
});

test('carries a hundred thousand rows', async () => {
  const { rows } = await database.pool.query('SELECT n, md5(n::text) AS hash FROM generate_series(1, 100000) n');
  expect(rows).toHaveLength(100_000);
  expect(rows[99_999]).toEqual({ n: 100_000, hash: '14ee22eaba297944c96afdbe5b16c65b' });
});

test('goes on after an error, and tells its code', async () => {
  await expect(database.pool.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' });
  await expect(database.pool.query('SELECT $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
  await expect(database.pool.query('SELEC')).rejects.toMatchObject({ code: '42601' });
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('refuses text with a NUL as PostgreSQL does, and goes on', async () => {
  await expect(database.pool.query('SELECT $1::text', ['a\0b'])).rejects.toMatchObject({ code: '22021' });
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  const bytes = Buffer.from([0, 1, 0, 255]);
  expect((await database.pool.query('SELECT $1::bytea AS bytes', [bytes])).rows[0].bytes).toEqual(bytes);
});

test('an error inside a transaction stops it until it is rolled back, or back to a savepoint', async () => {
  const client = await database.pool.connect();
  try {
    await client.query('CREATE TEMP TABLE steps (id int PRIMARY KEY)');
    await client.query('BEGIN');
    await client.query('INSERT INTO steps VALUES (1)');
    await client.query('SAVEPOINT before');
    await expect(client.query('INSERT INTO steps VALUES ($1)', [1])).rejects.toMatchObject({ code: '23505' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await client.query('ROLLBACK TO SAVEPOINT before');
    await client.query('INSERT INTO steps VALUES (2)');
    await client.query('COMMIT');
    expect((await client.query('SELECT id FROM steps ORDER BY id')).rows).toEqual([{ id: 1 }, { id: 2 }]);
  } finally {
    client.release();
  }
});

test('a new connection finds nothing of the one before: no transaction, no statements, no settings', async () => {
  const client = await database.pool.connect();
  await client.query({ name: 'left', text: 'SELECT 1' });
  await client.query("SET application_name = 'left behind'");
  await client.query('CREATE TABLE left_behind (id int)');
  await client.query('BEGIN');
  await client.query('INSERT INTO left_behind VALUES (1)');
  client.release(true);

  const { rows } = await database.pool.query({
    name: 'left',
    text: "SELECT current_setting('application_name') AS name",
  });
  expect(rows).toEqual([{ name: '' }]);
  expect((await database.pool.query('SELECT * FROM left_behind')).rows).toEqual([]);
});

test('NOTIFY reaches the client that listens', async () => {
  const client = await database.pool.connect();
  const heard: unknown[] = [];
  client.on('notification', ({ channel, payload }) => heard.push([channel, payload]));
  await client.query('LISTEN alerts');
  await client.query("NOTIFY alerts, '42'");
  await client.query('UNLISTEN alerts');
  client.release();
  expect(heard).toEqual([['alerts', '42']]);
});

test('heavy SQL leaves the event loop alone', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  const heavy = database.pool.query('SELECT count(*) FROM generate_series(1, 6000000)');
  await wait(250);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(10);
  await heavy;
});

test('is dumped and opened again from the dump', async () => {
  await database.pool.query('CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n');
  const snapshot = await database.dump();
  const copy = await openEmbedded({ memory: true }, { snapshot });
  try {
    expect((await copy.pool.query('SELECT count(*)::int FROM kept')).rows).toEqual([{ count: 1000 }]);
  } finally {
    await copy.close();
  }
});

test('a chore vacuums what has many dead rows', async () => {
  await database.pool.query('CREATE TABLE busy AS SELECT n FROM generate_series(1, 1000) n');
  await database.pool.query('UPDATE busy SET n = n + 1');
  await database.pool.query('SELECT pg_stat_force_next_flush()');
  expect(await database.chores.vacuum()).toContain('public.busy');
  await database.chores.checkpoint();
});
