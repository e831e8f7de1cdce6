import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../server/app/compose.ts';
import { makeBackup } from '../../server/app/operations/backup.ts';
import { restoreBackup } from '../../server/app/operations/restore.ts';
import { type SandboxInfo, startSandbox } from '../../server/app/sandbox/sandbox.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { operation } from '../support/app.ts';
import { keptThreads } from '../support/kept-threads.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';

// The address names a schema that is not there yet: everything is made and found in it, and nothing in public.

const folder = mkdtempSync(join(tmpdir(), 'tierline-schema-'));
let plainUrl: string;
let app: App;
let info: SandboxInfo;

beforeAll(async () => {
  plainUrl = await createDatabase({ empty: true });
  ({ app, info } = await startSandbox({
    at: new Date('2026-03-02T00:00:00Z'),
    port: 0,
    demo: true,
    databaseUrl: `${plainUrl}?schema=Care`,
    plugins: [],
    log: pino({ level: 'silent' }),
    settings: { policyThreads: keptThreads },
  }));
});
afterAll(async () => {
  await app.close();
  await dropDatabase(plainUrl);
  rmSync(folder, { recursive: true, force: true });
});

async function ask(query: string, variables: object = {}) {
  const token = info.tokens['BK-A-CM1'];
  const response = await fetch(info.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

test('all tables are in the schema, and none in public', async () => {
  const { rows } = await app.services.database.pool.query(
    `select table_schema as schema, count(*)::int as count from information_schema.tables
     where table_schema in ('public', 'Care') and table_type = 'BASE TABLE' group by 1`,
  );
  expect(rows).toEqual([{ schema: 'Care', count: expect.any(Number) }]);
  expect(rows[0].count).toBeGreaterThan(20);
  expect(app.services.database.describe).toContain('schema Care');
});

test('it is read and written by all ways: lists, sweeps and jobs', async () => {
  const list = (await ask('{ customers(first: 3) { totalCount nodes { id number } } }')) as {
    data: { customers: { nodes: object[] } };
  };
  expect(list.data.customers.nodes).toHaveLength(3);
  const moved = await ask(operation('AdvanceClock'), { to: '2026-03-03T00:00:00Z' });
  expect(moved).toMatchObject({ data: { advanceClock: { now: '2026-03-03T00:00:00.000Z' } } });
});

test('a second start finds it up to date', async () => {
  const again = await openDatabase({ url: `${plainUrl}?schema=Care`, acceptDataLoss: true });
  const { rows } = await again.pool.query('select count(*)::int as count from customer');
  await again.close();
  expect(rows[0].count).toBeGreaterThan(0);
});

test('its backup restores into public, numbers going on', async () => {
  const file = join(folder, 'all.backup');
  const { pool } = app.services.database;
  await makeBackup(pool, file);
  const url = await createDatabase();
  const plain = await openDatabase({ url, acceptDataLoss: true });
  try {
    expect((await restoreBackup(plain.pool, file)).findings).toEqual([]);
    const most = await pool.query('select max(serial) as serial from ticket');
    const next = await plain.pool.query("select nextval(pg_get_serial_sequence('ticket', 'serial')) as serial");
    expect(Number(next.rows[0].serial)).toBeGreaterThan(Number(most.rows[0].serial));
  } finally {
    await plain.close();
    await dropDatabase(url);
  }
});
