import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judgeBackup, judgeChain, judgeRights, judgeSkew } from '../../server/app/doctor/data-checks.ts';
import { judgeServer } from '../../server/app/doctor/database-checks.ts';
import { examine } from '../../server/app/doctor/doctor.ts';
import { checkNode } from '../../server/app/doctor/environment-checks.ts';
import type { Row } from '../../server/app/doctor/finding-row.ts';
import { holdDataKeys } from '../../server/app/operations/key-canary.ts';
import { parseDataKeys } from '../../server/platform/access/data-keys.ts';
import { writeAudit } from '../../server/platform/audit/audit.ts';
import { sealAll } from '../../server/platform/audit/hash-chain-sealer.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { administer, createDatabase, dropDatabase } from '../support/postgres.ts';
import { tierline } from '../support/tierline.ts';

const KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
/** Roles are the whole server's. */
const READER = `reader_${process.pid}`;
let url: string;
let sound: Record<string, string>;
beforeAll(async () => {
  url = await createDatabase();
  sound = {
    DATABASE_URL: url,
    TIERLINE_DATA_KEY: KEY,
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    JWT_JWKS_URL: 'https://id.example/jwks',
    PORT: '0',
  };
});
afterAll(() => dropDatabase(url));

/** What is not as it should be, by check. */
const troubles = (rows: readonly Row[]) =>
  rows.filter(({ state }) => state !== 'OK').map(({ check, state }) => [check, state]);
const about = (rows: readonly Row[], check: string) => rows.find((row) => row.check === check);

describe('on a database that is fit', () => {
  test('everything is looked at, and the lossy server of these tests is warned of', async () => {
    const rows = await examine(sound);
    expect(rows.map(({ check }) => check)).toEqual([
      'node',
      'variables',
      'settings',
      'port',
      'version',
      'standby',
      'pooler',
      'schema',
      'durability',
      'migrations',
      'clock',
      'rights',
      'key',
      'backup',
      'audit',
    ]);
    expect(troubles(rows)).toEqual([['durability', 'WARNING']]);
    for (const { state, says, cure } of rows) {
      expect(says).toMatch(/\S$/);
      expect(cure !== null).toBe(state !== 'OK');
    }
  });

  test('the command prints the same, and ends with 1 where something failed', async () => {
    const fit = await tierline(['doctor', '--json'], sound);
    expect(fit.code).toBe(0);
    expect(troubles(JSON.parse(fit.out))).toEqual([['durability', 'WARNING']]);
    const unfit = await tierline(['doctor'], { ...sound, TIERLINE_ACCEPT_DATA_LOSS: 'false' });
    expect(unfit.code).toBe(1);
    expect(unfit.out).toMatch(/^FAILED {3}durability: This PostgreSQL may lose data/m);
  });

  test('nothing is written: no canary, no table of an empty database', async () => {
    const empty = await createDatabase({ empty: true });
    try {
      const rows = await examine({ ...sound, DATABASE_URL: empty });
      expect(about(rows, 'migrations')).toMatchObject({
        state: 'WARNING',
        cure: expect.stringContaining('tierline migrate'),
      });
      const database = await openDatabase({ url: empty, acceptDataLoss: true });
      const { rowCount } = await database.pool.query("select from pg_tables where schemaname = 'public'");
      await database.close();
      expect(rowCount).toBe(0);
    } finally {
      await dropDatabase(empty);
    }
  });
});

test.each<{ it: string; change: Record<string, string>; check: string; says: RegExp }>([
  { it: 'a key that is missing', change: { TIERLINE_DATA_KEY: '' }, check: 'settings', says: /^TIERLINE_DATA_KEY: / },
  {
    it: 'no way to sign in',
    change: { JWT_JWKS_URL: '' },
    check: 'settings',
    says: /^JWT_JWKS_URL or JWT_PUBLIC_KEY: /,
  },
  { it: 'a port that is none', change: { PORT: 'http' }, check: 'settings', says: /^PORT: / },
  {
    it: 'a list of operations that is not there',
    change: { TIERLINE_OPERATIONS: '/nowhere.json' },
    check: 'settings',
    says: /nowhere/,
  },
  {
    it: 'a server that does not answer',
    change: { DATABASE_URL: 'postgres://127.0.0.1:1/care' },
    check: 'database',
    says: /nothing listens at/,
  },
  {
    it: 'a folder that cannot be written',
    change: { DATABASE_URL: '', TIERLINE_DATA: '/etc/hosts/data' },
    check: 'database',
    says: /^TIERLINE_DATA: /,
  },
])('of $it it says what a start would say', async ({ change, check, says }) => {
  const rows = await examine({ ...sound, ...change });
  const failed = rows.filter(({ state }) => state === 'FAILED');
  expect(failed).toEqual([
    { check, state: 'FAILED', says: expect.stringMatching(says), cure: expect.stringMatching(/\S/) },
  ]);
});

test('a variable that is none is a warning with the one that is meant', async () => {
  const rows = await examine({ ...sound, TIERLINE_ORIGIN: 'x' });
  expect(about(rows, 'variables')).toMatchObject({ state: 'WARNING', cure: 'Is TIERLINE_ORIGINS meant?' });
});

test('a port that something else has fails', async () => {
  const taken = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const PORT = String((taken.address() as AddressInfo).port);
  expect(about(await examine({ ...sound, PORT }), 'port')).toMatchObject({
    state: 'FAILED',
    says: expect.stringContaining(PORT),
  });
  taken.close();
});

test('another key, a broken trail and a role without rights fail', async () => {
  const spoilt = await createDatabase();
  const database = await openDatabase({ url: spoilt, acceptDataLoss: true });
  try {
    await holdDataKeys(database.pool, parseDataKeys(`k1:${Buffer.alloc(32, 8).toString('base64')}`));
    for (const action of ['A', 'B', 'C'])
      await writeAudit(database.prisma, {
        at: new Date(),
        actorId: null,
        action,
        subject: { type: 'Test', id: null },
        changes: [],
      });
    await sealAll(database.pool);
    await database.pool.query(
      "alter table audit_entry disable trigger all; update audit_entry set action = 'X' where seq = 2",
    );
    const rows = await examine({ ...sound, DATABASE_URL: spoilt });
    expect(about(rows, 'key')).toMatchObject({
      state: 'FAILED',
      says: expect.stringContaining('the key k1 is not the one'),
    });
    expect(about(rows, 'audit')).toMatchObject({ state: 'FAILED', says: expect.stringContaining('Entry 2 ') });
    await administer(
      spoilt,
      `create role ${READER} login password 'reader'; grant select on all tables in schema public to ${READER}`,
    );
    const reader = Object.assign(new URL(spoilt), { username: READER, password: 'reader' }).href;
    const asReader = await examine({ ...sound, DATABASE_URL: reader });
    expect(about(asReader, 'rights')).toMatchObject({
      state: 'FAILED',
      says: expect.stringMatching(/^The user reader_\d+ may not read and write /),
      cure: expect.stringContaining('GRANT SELECT, INSERT, UPDATE, DELETE'),
    });
  } finally {
    await database.close();
    await administer(spoilt, `drop owned by ${READER}; drop role ${READER}`);
    await dropDatabase(spoilt);
  }
});

test('the embedded database is looked at where there is one, and not made where there is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-doctor-'));
  const embedded = { TIERLINE_DATA: join(folder, 'data'), JWT_JWKS_URL: 'https://id.example/jwks', PORT: '0' };
  try {
    expect(about(await examine(embedded), 'database')).toMatchObject({ state: 'OK' });
    expect(existsSync(join(folder, 'data'))).toBe(false);
    const database = await openDatabase({ folder: join(folder, 'data', 'db') });
    expect(about(await examine(embedded), 'database')).toMatchObject({
      state: 'WARNING',
      says: expect.stringContaining(`process ${process.pid}`),
    });
    await database.close();
    expect(about(await examine(embedded), 'migrations')).toMatchObject({ state: 'WARNING' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const DAY = 86_400_000;
const NOW = new Date('2026-03-20T00:00:00Z');
const before = (days: number) => new Date(NOW.getTime() - days * DAY);
const SERVER = {
  version: 180_000,
  versionText: '18.4',
  isStandby: false,
  isReadOnly: false,
  schema: 'public',
  searchPath: 'public',
  statementTimeout: 5_000,
  off: [],
  backends: [],
};

test.each<{ it: string; row: Row; state: Row['state'] }>([
  { it: 'an older Node', row: checkNode('18.20.4'), state: 'FAILED' },
  { it: 'a Node that does', row: checkNode('22.12.0'), state: 'OK' },
  { it: 'clocks 4.9 s apart', row: judgeSkew(-4_900), state: 'OK' },
  { it: 'clocks 5.1 s apart', row: judgeSkew(5_100), state: 'FAILED' },
  { it: 'a backup of a week', row: judgeBackup({ last: before(7), since: before(30), now: NOW }), state: 'OK' },
  {
    it: 'a backup of eight days',
    row: judgeBackup({ last: before(8), since: before(30), now: NOW }),
    state: 'WARNING',
  },
  { it: 'no backup of what is there', row: judgeBackup({ last: null, since: before(1), now: NOW }), state: 'WARNING' },
  { it: 'no backup of nothing', row: judgeBackup({ last: null, since: null, now: NOW }), state: 'OK' },
  {
    it: 'a user who applies no migrations',
    row: judgeRights({ user: 'app', schema: 'public', mayCreate: false, barred: [] }),
    state: 'OK',
  },
  { it: 'a user who sees no schema', row: judgeRights(null), state: 'FAILED' },
  { it: 'an empty trail', row: judgeChain({ head: null, brokenAt: null, waiting: 0 }), state: 'OK' },
  { it: 'entries that wait', row: judgeChain({ head: null, brokenAt: null, waiting: 3 }), state: 'OK' },
])('$it is $state', ({ row, state }) => {
  expect(row.state).toBe(state);
  expect(row.cure === null).toBe(state === 'OK');
});

test('loss that is accepted is a warning, loss that is not fails', () => {
  const fault = { check: 'durability', says: 'It may lose data.', cure: 'Turn it on.' } as const;
  const states = [true, false].map((accepts) => about(judgeServer(SERVER, [fault], accepts), 'durability')?.state);
  expect(states).toEqual(['WARNING', 'FAILED']);
});
