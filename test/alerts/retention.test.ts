import { expect, test } from 'vitest';
import { readLog } from '../../server/engine/alert-log/log.ts';
import { pruneAlerts } from '../../server/engine/alert-log/retention.ts';
import { alertRetention } from '../../server/engine/alert-log/retention-job.ts';
import { numberBatch } from '../../server/engine/alert-log/sequencer.ts';
import type { Services } from '../../server/engine/services/services.ts';
import { AlertDatabase, type Draft, drafts, raise } from './support.ts';

const now = new Date('2026-03-31T00:00:00Z');
const acknowledge = (database: AlertDatabase, ids: readonly string[]) =>
  database.pool.query('update alert set acknowledged_at = raised_at where id = any($1::uuid[])', [ids]);
const daysAgo = (days: number): Draft => ({ raisedAt: new Date(now.getTime() - days * 86_400_000) });

test.each([
  { it: 'keeps what is younger than 30 days', ages: [40, 31, 30, 29, 1], removed: 2, kept: [3, 4, 5] },
  {
    it: 'keeps an old alert whose predecessor is kept, so that the log has no hole',
    ages: [40, 10, 40, 5],
    removed: 1,
    kept: [2, 3, 4],
  },
  { it: 'may remove all, and the positions go on', ages: [40, 40, 40], removed: 3, kept: [] },
  { it: 'has nothing to do', ages: [1, 2], removed: 0, kept: [1, 2] },
  { it: 'goes on batch after batch', ages: [50, 49, 48, 47, 46, 45, 44, 2], removed: 7, kept: [8] },
])('pruning $it', async ({ ages, removed, kept }) => {
  await using database = await AlertDatabase.create();
  for (const age of ages) {
    await acknowledge(database, await raise(database.pool, [daysAgo(age)]));
    await numberBatch(database.pool, 500);
  }
  // Not numbered yet, and never removed before somebody could have heard of it.
  await raise(database.pool, [daysAgo(60)]);

  expect(await pruneAlerts(database.pool, { now, batch: 2 })).toBe(removed);
  const log = await readLog(database.pool, 0, 100);
  expect(log.rows.map(({ pos }) => pos)).toEqual(kept);
  expect(log).toMatchObject({ headPos: ages.length, oldestPos: kept[0] ?? ages.length + 1 });
  expect(await numberBatch(database.pool, 500)).toBe(1);
  expect((await readLog(database.pool, 0, 100)).rows.at(-1)?.pos).toBe(ages.length + 1);
});

test('what nobody has acknowledged is never removed, nor what may yet come back, nor what follows it', async () => {
  await using database = await AlertDatabase.create();
  const ids = await raise(
    database.pool,
    [400, 399, 398, 397].map((days) => daysAgo(days)),
  );
  await numberBatch(database.pool, 500);
  const kept = async () => (await readLog(database.pool, 0, 100)).rows.map(({ pos }) => pos);
  expect(await pruneAlerts(database.pool, { now })).toBe(0);
  await acknowledge(database, [ids[0], ids[1], ids[3]] as string[]);
  expect(await pruneAlerts(database.pool, { now })).toBe(2);
  expect(await kept()).toEqual([3, 4]);
  // It is taken on for a while, and comes back if nothing is done.
  await database.pool.query('update alert set acknowledged_at = $1, acknowledgement_expires_at = $1 where pos = 3', [
    now,
  ]);
  expect(await pruneAlerts(database.pool, { now })).toBe(0);
  await database.pool.query('update alert set acknowledgement_expires_at = null');
  expect(await pruneAlerts(database.pool, { now })).toBe(2);
});

test("the age of an alert is the database's to tell", async () => {
  await using database = await AlertDatabase.create();
  await acknowledge(database, await raise(database.pool, [{ raisedAt: new Date(Date.now() - 29 * 86_400_000) }]));
  await numberBatch(database.pool, 500);
  const services = {
    database,
    clock: { now: () => new Date(Date.now() + 40 * 86_400_000), held: false },
    log: { info: () => undefined },
  } as unknown as Services;
  await alertRetention().run(services);
  expect((await database.pool.query('select from alert')).rowCount).toBe(1);
});

test('nodes may prune at the same time', async () => {
  await using database = await AlertDatabase.create();
  const ids = await raise(
    database.pool,
    Array.from({ length: 100 }, () => daysAgo(40)),
  );
  await acknowledge(database, ids);
  await numberBatch(database.pool, 500);
  const removed = await Promise.all([1, 2, 3].map(() => pruneAlerts(database.pool, { now, batch: 10 })));
  expect(removed.reduce((sum, count) => sum + count, 0)).toBe(100);
});

test('the server removes what is past its retention by itself, and leaves it to a clock that runs', async () => {
  await using database = await AlertDatabase.create();
  const { sequencer } = database.startNode();
  const ids = await raise(database.pool, [
    ...drafts(3, { raisedAt: new Date(Date.now() - 40 * 86_400_000) }),
    ...drafts(2),
  ]);
  await acknowledge(database, ids);
  sequencer.wake();
  await database.numbered();
  const services = (held: boolean) =>
    ({ database, clock: { now: () => new Date(), held }, log: { info: () => undefined } }) as unknown as Services;
  const kept = async () => (await database.pool.query('select from alert')).rowCount;
  const job = alertRetention();
  await job.run(services(true));
  expect(await kept()).toBe(5);
  const running = services(false);
  await job.run(running);
  expect(await kept()).toBe(2);
  // Once an hour is enough.
  await database.pool.query("update alert set raised_at = now() - interval '40 days'");
  await job.run(running);
  expect(await kept()).toBe(2);
});
