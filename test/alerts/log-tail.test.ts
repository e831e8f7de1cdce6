import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { followAlerts } from '../../server/engine/alert-log/catch-up.ts';
import { AlertLogTail } from '../../server/engine/alert-log/log-tail.ts';
import { AlertDatabase, drafts, everything, nextRows, positions, raise, upwards } from './support.ts';

test('the log tail outlives the loss of all its sessions, and goes on where it was', async () => {
  await using database = await AlertDatabase.create();
  const failures: unknown[] = [];
  const { tail } = database.startNode({
    pool: database.openPool('node', 2),
    onError: (error) => {
      failures.push(error);
      throw new Error('a listener of errors may fail too');
    },
  });
  const feed = followAlerts(tail, everything);
  await feed.next();
  const lock = await database.pool.connect();
  // Its read waits for this lock, and so is in the middle of a statement when its session ends.
  await lock.query('begin; lock table alert_head in access exclusive mode');
  for (let kills = 0; kills < 3; ) {
    // Not on the session of the lock: within a transaction pg_stat_activity stays as it was at first sight.
    const result = await database.pool.query(`select pg_terminate_backend(pid, 1000) from pg_stat_activity
      where application_name = 'node' and wait_event_type = 'Lock'`);
    if (result.rowCount) kills += 1;
    else await sleep(5);
  }
  await lock.query('commit');
  lock.release();
  await raise(database.pool, drafts(5));
  expect(positions(await nextRows(feed, 5))).toEqual([1, 2, 3, 4, 5]);
  expect(tail.figures().failures).toBe(failures.length);
  expect(failures.length).toBeGreaterThan(0);
  await feed.return();
});

test('a node that starts has the newest alerts in memory, for those who reconnect', async () => {
  await using database = await AlertDatabase.create();
  const { tail } = database.startNode();
  await raise(database.pool, drafts(1_200));
  await database.numbered();
  const fresh = database.startTail({ warmRows: 300 });
  await fresh.ready();
  expect([fresh.floorPos, fresh.headPos]).toEqual([900, 1_200]);
  const feed = followAlerts(fresh, { ...everything, after: await database.cursorAt(1_000) });
  expect(positions(await nextRows(feed, 200))).toEqual(upwards(1_001, 1_200));
  expect(fresh.figures().pageQueries).toBe(0);
  await feed.return();
  await tail.stop();
});

test('wakes cost nothing, however many there are', async () => {
  await using database = await AlertDatabase.create();
  const tail = database.startTail({ pollMs: 500, gapMs: 10 });
  await tail.ready();
  const before = tail.figures().tailQueries;
  const until = performance.now() + 500;
  while (performance.now() < until) {
    for (let i = 0; i < 1_000; i++) tail.wake();
    await sleep(1);
  }
  expect(tail.figures().tailQueries - before).toBeLessThanOrEqual(52);
});

test('a poll finds what no wake told of, and the lag says how old the log tail’s knowledge is', async () => {
  await using database = await AlertDatabase.create();
  const tail = database.startTail({ pollMs: 100 });
  database.startSequencer();
  await raise(database.pool, drafts(1));
  await sleep(400);
  expect(tail.figures()).toMatchObject({ headPos: 1, logHeadPos: 1, subscribers: 0, failures: 0 });
  expect(tail.figures().lagMs).toBeLessThan(300);
});

test('a tail of a database without a log waits for one', async () => {
  await using database = await AlertDatabase.create();
  const { epoch } = await database.head();
  await database.pool.query('delete from alert_head');
  const tail = new AlertLogTail({ pool: database.pool, pollMs: 20 });
  tail.start();
  await sleep(100);
  expect(tail.history).toBeUndefined();
  await database.pool.query('insert into alert_head values (1, 0, $1)', [epoch]);
  await tail.ready();
  expect(tail.history).toEqual({ epoch });
  await tail.stop();
});
