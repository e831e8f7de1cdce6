import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../server/platform/storage/embedded/embedded.ts';
import { kill, start } from './processes.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-durability-'));
  folder = path.join(root, 'data');
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

test('every commit waits for the disk', async () => {
  const database = await openEmbedded({ folder });
  const { rows } = await database.pool.query(
    "SELECT current_setting('fsync') AS fsync, current_setting('wal_sync_method') AS method",
  );
  expect(rows).toEqual([{ fsync: 'on', method: 'fsync' }]);
  await database.pool.query('CREATE TABLE rows (n int)');
  const before = await database.fsyncs();
  for (let n = 0; n < 20; n++) await database.pool.query('INSERT INTO rows VALUES ($1)', [n]);
  const after = await database.fsyncs();
  expect(after.files - before.files).toBeGreaterThanOrEqual(20);
  await database.chores.checkpoint();
  const checkpointed = await database.fsyncs();
  expect(checkpointed.files).toBeGreaterThan(after.files);
  // A new file is only safe when its name is, too.
  await database.pool.query('INSERT INTO rows SELECT n FROM generate_series(1, 200000) n; SELECT pg_switch_wal()');
  await database.chores.checkpoint();
  expect((await database.fsyncs()).directories).toBeGreaterThan(checkpointed.directories);
  await database.close();
});

test('what was written is there after a close, and a second opener is refused until then', async () => {
  const database = await openEmbedded({ folder });
  await database.pool.query('CREATE TABLE rows AS SELECT n FROM generate_series(1, 10) n');
  await expect(openEmbedded({ folder })).rejects.toMatchObject({ code: 'FOLDER_LOCKED', pid: process.pid });
  expect(database.isFull()).toBe(false);
  expect(database.freeBytes).toBeGreaterThan(0);
  await database.close();

  const again = await openEmbedded({ folder });
  expect((await again.pool.query('SELECT count(*)::int FROM rows')).rows).toEqual([{ count: 10 }]);
  await again.close();
});

test('kill -9 loses no row that was acknowledged, again and again on one folder', async () => {
  const acknowledged = path.join(root, 'acknowledged');
  for (let round = 0; round < 4; round++) {
    const count = () =>
      fs.existsSync(acknowledged) ? fs.readFileSync(acknowledged, 'utf8').split('\n').length - 1 : 0;
    const before = count();
    const writer = await start('write-rows.ts', folder, acknowledged);
    while (count() < before + 200 && writer.exitCode === null) await wait(10);
    await wait(Math.random() * 100);
    await kill(writer);
    const ids = fs.readFileSync(acknowledged, 'utf8').trim().split('\n');
    expect(ids.length).toBeGreaterThanOrEqual(before + 200);

    const database = await openEmbedded({ folder });
    const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM rows');
    const stored = new Set(rows.map(({ id }) => id));
    expect(ids.filter((id) => !stored.has(id))).toEqual([]);
    await database.close();
  }
}, 180_000);

test('a kill while the database is being made leaves nothing in the way of the next start', async () => {
  const acknowledged = path.join(root, 'acknowledged');
  const writer = await start('write-rows.ts', folder, acknowledged);
  while (!fs.existsSync(`${folder}.new`) && !fs.existsSync(folder) && writer.exitCode === null) await wait(5);
  await kill(writer);
  const database = await openEmbedded({ folder });
  expect((await database.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await database.close();
});

test('refuses a folder of other things, and a database of another version, and changes nothing in them', async () => {
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'letter.txt'), 'Dear');
  await expect(openEmbedded({ folder })).rejects.toMatchObject({ code: 'NOT_A_DATABASE_FOLDER' });
  expect(fs.readdirSync(folder)).toEqual(['letter.txt']);
  fs.writeFileSync(path.join(folder, 'PG_VERSION'), '15\n');
  await expect(openEmbedded({ folder })).rejects.toMatchObject({ code: 'WRONG_MAJOR_VERSION' });
});

test('a damaged database is reported, not reset', async () => {
  const database = await openEmbedded({ folder });
  await database.close();
  fs.truncateSync(path.join(folder, 'global/pg_control'), 100);
  await expect(openEmbedded({ folder })).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' });
  expect(fs.statSync(path.join(folder, 'global/pg_control')).size).toBe(100);
  await expect(openEmbedded({ folder })).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' });
});
