import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBackup } from '../../server/app/operations/backup.ts';
import { isOverdue } from '../../server/app/operations/overdue.ts';
import { restoreBackup } from '../../server/app/operations/restore.ts';
import { tablesOf } from '../../server/app/operations/write-backup.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { plantBankOutlet } from '../access/outlets.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createDatabase } from '../support/postgres.ts';

const NOW = '2026-03-02T08:00:00+08:00';
const folder = mkdtempSync(join(tmpdir(), 'tierline-backup-'));
const file = join(folder, 'all.backup');
let app: TestApp;
let pool: Pool;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  await plantBankOutlet(app, 'BK-A');
  await app.advance('2026-03-03T08:00:00+08:00');
  pool = app.app.services.database.pool;
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** All rows of all tables as text, but for what a restore and a recorded backup change. */
async function contents(of: Pool): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of await tablesOf(of)) {
    if (table === 'alert_head' || table === 'job_run') continue;
    const { rows } = await of.query<{ text: string }>(`select t::text as text from "${table}" t `);
    all[table] = rows.map(({ text }) => text).sort();
  }
  return all;
}

test('a backup of the embedded database restores into a server, row by row', async () => {
  const made = await makeBackup(pool, file, new Date(NOW));
  expect(made.rows).toBeGreaterThan(100);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(readdirSync(folder)).toEqual(['all.backup']);
  const server = await openDatabase({ url: await createDatabase(), acceptDataLoss: true });
  try {
    const { findings, head } = await restoreBackup(server.pool, file);
    expect({ findings, head }).toEqual({ findings: [], head: made.head });
    expect(await contents(server.pool)).toEqual(await contents(pool));
    const epoch = async (of: Pool) => (await of.query('select epoch, pos from alert_head')).rows[0];
    expect((await epoch(server.pool)).pos).toBe((await epoch(pool)).pos);
    expect((await epoch(server.pool)).epoch).not.toBe((await epoch(pool)).epoch);
    const next = await server.pool.query("select nextval(pg_get_serial_sequence('ticket', 'serial')) as serial");
    const most = await pool.query('select max(serial) as serial from ticket');
    expect(Number(next.rows[0].serial)).toBe(most.rows[0].serial + 1);
    await expect(restoreBackup(server.pool, file)).rejects.toThrow(/not empty/);
    // And back: what a server wrote is taken by whatever is empty.
    const again = join(folder, 'again.backup');
    expect((await makeBackup(server.pool, again, new Date(NOW))).rows).toBeGreaterThanOrEqual(made.rows);
  } finally {
    await server.close();
  }
});

test.each([
  { it: 'was cut off', damage: (copy: string) => truncateSync(copy, Math.floor(statSync(copy).size / 2)) },
  { it: 'is something else', damage: (copy: string) => writeFileSync(copy, 'something else') },
  { it: 'is empty', damage: (copy: string) => writeFileSync(copy, gzipSync('')) },
  { it: 'has no end', damage: (copy: string) => writeFileSync(copy, gzipSync('{"tierline":1,"migrations":[]}\n')) },
])('a file that $it is refused, and nothing is left of it', async ({ damage }) => {
  const copy = join(folder, 'damaged.backup');
  writeFileSync(copy, readFileSync(file));
  damage(copy);
  const server = await openDatabase({ url: await createDatabase(), acceptDataLoss: true });
  try {
    await expect(restoreBackup(server.pool, copy)).rejects.toMatchObject({ name: 'BackupError' });
    for (const table of await tablesOf(server.pool))
      expect((await server.pool.query(`select from "${table}"`)).rowCount, table).toBe(0);
  } finally {
    await server.close();
  }
});

test.each([
  { it: 'six days old', last: '2026-03-04T00:00:00Z', overdue: false },
  { it: 'seven days old', last: '2026-03-03T00:00:00Z', overdue: false },
  { it: 'eight days old', last: '2026-03-02T00:00:00Z', overdue: true },
])('a backup that is $it', ({ last, overdue }) => {
  expect(isOverdue(new Date(last), new Date('2026-03-10T00:00:00Z'))).toBe(overdue);
});

test('A-072: eight days after the last backup the administrator is told, once', async () => {
  const before = await app.as('SYS/ADMIN').does('AlertHistory', { first: 50 });
  await app.advance('2026-03-11T09:00:00+08:00');
  const after = await app.as('SYS/ADMIN').does('AlertHistory', { first: 50 });
  const overdue = after.edges.filter(({ node }: { node: { message: string } }) => /backup/.test(JSON.stringify(node)));
  expect(JSON.stringify(before)).not.toMatch(/backup/);
  expect(overdue).toHaveLength(1);
});
