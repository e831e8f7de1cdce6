import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { GroupedWrites } from '../../server/platform/storage/grouped-writes.ts';
import { inTransaction } from '../../server/platform/storage/transaction.ts';
import { WriteSet } from '../../server/platform/storage/write-set.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

let database: Database;
let url: string;
let branchId: string;
beforeAll(async () => {
  url = await createDatabase();
  database = await openDatabase({ url, acceptDataLoss: true });
  branchId = newId();
  await database.prisma.branch.create({ data: { id: branchId, code: 'B', name: 'B', createdAt: new Date() } });
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('truncate alert cascade'));

/** An alert, all of it in one row. */
function alert(): WriteSet {
  const id = newId();
  return new WriteSet().insert('alert', {
    id,
    dedupeKey: id,
    kind: 'SLA_AT_RISK',
    severity: 'WARNING',
    raisedAt: new Date(),
    message: { en: 'm', zh: 'm' },
    audience: ['SUPERVISOR'],
    policyId: 'p',
    branchId,
  });
}

/** An alert in a branch that there is not: the database refuses the statement. */
function broken(): WriteSet {
  const [row] = alert().of('alert');
  if (!row) throw new Error('no alert');
  return new WriteSet().insert('alert', { ...row, branchId: newId() });
}

const count = async () =>
  (await database.pool.query<{ count: number }>('select count(*)::int from alert')).rows[0]?.count;

/** The pool, and how many statements went through it. */
function counted() {
  let statements = 0;
  const query = ((...args: Parameters<pg.Pool['query']>) => {
    statements += 1;
    return database.pool.query(...args);
  }) as unknown as pg.Pool['query'];
  return { to: { pool: { query } as pg.Pool }, statements: () => statements };
}

test('sets that come at once share statements, and all are written', async () => {
  const { to, statements } = counted();
  const writes = new GroupedWrites(to);
  await Promise.all(Array.from({ length: 100 }, () => writes.write(alert())));
  expect(await count()).toBe(100);
  // In groups of 32.
  expect(statements()).toBe(4);
});

test('one that comes alone leaves at once', async () => {
  const { to, statements } = counted();
  const writes = new GroupedWrites(to);
  for (let n = 0; n < 3; n++) await writes.write(alert());
  expect([await count(), statements()]).toEqual([3, 3]);
});

test('a set that cannot be written fails alone, with its own error', async () => {
  const writes = new GroupedWrites(database);
  const sets = Array.from({ length: 20 }, (_, n) => (n % 7 === 5 ? broken() : alert()));
  const outcomes = await Promise.allSettled(sets.map((set) => writes.write(set)));
  expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([5, 12, 19]);
  for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: '23503' });
  expect(await count()).toBe(17);
});

/** A session beside the pool. */
async function connectBeside(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

test('where the connection is lost every set of its statement fails, none is written twice, and the next are written', async () => {
  const admin = await connectBeside();
  // What is written waits for this lock, and its connection is ended meanwhile.
  await admin.query('begin; lock table alert in exclusive mode');
  const writes = new GroupedWrites(database);
  const waiting = Promise.allSettled(Array.from({ length: 40 }, () => writes.write(alert())));
  // The second statement leaves when the first has waited for long.
  await setTimeout(300);
  const { rowCount } = await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where wait_event_type = 'Lock' and datname = current_database() order by query_start limit 1`,
  );
  expect(rowCount).toBe(1);
  await setTimeout(100);
  await admin.query('commit');
  await admin.end();
  const outcomes = await waiting;
  expect(outcomes.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 32 }, () => 'rejected'),
    ...Array.from({ length: 8 }, () => 'fulfilled'),
  ]);
  expect(await count()).toBe(8);
  await writes.write(alert());
  expect(await count()).toBe(9);
});

test('a set that waits for a lock holds up no other', async () => {
  const admin = await connectBeside();
  const held = newId();
  await database.prisma.branch.create({ data: { id: held, code: held, name: 'B', createdAt: new Date() } });
  await admin.query('begin');
  await admin.query('select from branch where id = $1 for update', [held]);
  const writes = new GroupedWrites(database);
  const [row] = alert().of('alert');
  if (!row) throw new Error('no alert');
  const blocked = writes.write(new WriteSet().insert('alert', { ...row, branchId: held }));
  await setTimeout(20);
  await Promise.all(Array.from({ length: 5 }, () => writes.write(alert())));
  expect(await count()).toBe(5);
  await admin.query('commit');
  await blocked;
  expect(await count()).toBe(6);
  await admin.end();
});

test('inside a transaction it refuses, and who writes beside one is not taken to be inside', async () => {
  const beside = new Promise<void>((resolve, reject) => {
    void inTransaction(database, async () => {
      await expect(database.writes.write(alert())).rejects.toThrow('transaction');
      // Added by somebody else while this one runs.
      await setTimeout(50);
    }).then(resolve, reject);
  });
  await Promise.all([beside, database.writes.write(alert()), database.writes.write(alert())]);
  expect(await count()).toBe(2);
});
