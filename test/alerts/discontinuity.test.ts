import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { followAlerts } from '../../server/engine/alert-log/catch-up.ts';
import { CursorKey } from '../../server/engine/alert-log/cursor.ts';
import { renewEpoch } from '../../server/engine/alert-log/log.ts';
import { pruneAlerts } from '../../server/engine/alert-log/retention.ts';
import { type AlertDatabase, drafts, everything, key, next, nextRows, positions, raise, startWith } from './support.ts';

/** Somebody has acknowledged all that is there, so that retention may remove it. */
const takeOn = (app: { readonly database: AlertDatabase }) =>
  app.database.pool.query('update alert set acknowledged_at = raised_at');

test.each([
  {
    it: 'forged',
    reason: 'INVALID',
    write: (epoch: string) => new CursorKey('a key of somebody else').write({ epoch, pos: 4 }),
  },
  { it: 'rubbish', reason: 'INVALID', write: () => 'eyJhbGciOiJub25lIn0' },
  { it: 'of another history', reason: 'RESTORED', write: () => key.write({ epoch: 'f00d', pos: 4 }) },
  {
    it: 'of a position that was never given',
    reason: 'RESTORED',
    write: (epoch: string) => key.write({ epoch, pos: 40 }),
  },
  { it: 'past its retention', reason: 'EXPIRED', write: (epoch: string) => key.write({ epoch, pos: 1 }) },
])('a cursor that is $it answers Discontinuity, and the stream goes on live', async ({ reason, write }) => {
  await using app = await startWith(0);
  const old = new Date('2026-01-01T00:00:00Z');
  await raise(app.database.pool, [...drafts(3, { raisedAt: old })]);
  await app.database.numbered();
  await takeOn(app);
  await app.add(3);
  await app.database.numbered();
  expect(await pruneAlerts(app.database.pool, { now: new Date() })).toBe(3);
  // A node that began after the pruning, and so has in memory what is kept.
  const tail = app.database.startTail();
  await tail.ready();

  const { epoch } = await app.database.head();
  const feed = followAlerts(tail, { ...everything, after: write(epoch) });
  const first = await next(feed);
  const oldestCursor = await app.database.cursorAt(3);
  expect(first).toEqual({
    kind: 'DISCONTINUITY',
    reason,
    cursor: await app.database.cursorAt(6),
    pos: 6,
    oldestCursor,
  });
  await app.add(1);
  expect(await next(feed)).toMatchObject({ kind: 'RAISED', pos: 7, prevCursor: first.cursor, replayed: false });
  await feed.return();

  const kept = followAlerts(tail, { ...everything, after: oldestCursor });
  expect(positions(await nextRows(kept, 4))).toEqual([4, 5, 6, 7]);
  await kept.return();
});

test('a node that ran on while alerts were removed refuses a cursor before them, as one that began after', async () => {
  await using app = await startWith(0);
  await raise(app.database.pool, drafts(3, { raisedAt: new Date('2026-01-01T00:00:00Z') }));
  await app.database.numbered();
  await takeOn(app);
  await app.add(2);
  await app.database.numbered();
  await app.tail.refresh();
  const live = followAlerts(app.tail, everything);
  await next(live);
  expect(await pruneAlerts(app.database.pool, { now: new Date() })).toBe(3);
  await app.tail.refresh();

  const late = followAlerts(app.tail, { ...everything, after: await app.database.cursorAt(1) });
  expect(await next(late)).toMatchObject({
    kind: 'DISCONTINUITY',
    reason: 'EXPIRED',
    oldestCursor: await app.database.cursorAt(3),
  });
  await late.return();
  const kept = followAlerts(app.tail, { ...everything, after: await app.database.cursorAt(3) });
  expect(positions(await nextRows(kept, 2))).toEqual([4, 5]);
  await kept.return();

  // One who is live notices nothing, also when all is removed that memory held.
  await takeOn(app);
  await app.database.pool.query("update alert set raised_at = '2026-01-01'");
  await pruneAlerts(app.database.pool, { now: new Date() });
  await app.tail.refresh();
  await app.add(1);
  expect(await next(live)).toMatchObject({ kind: 'RAISED', pos: 6, prevCursor: await app.database.cursorAt(5) });
  await live.return();
});

test('a stream that stood still while its alerts were removed says so', async () => {
  await using app = await startWith(0, { ringSize: 10, pageSize: 5 });
  const feed = followAlerts(app.tail, everything);
  await next(feed);
  await raise(app.database.pool, drafts(50, { raisedAt: new Date('2026-01-01T00:00:00Z') }));
  await app.database.numbered();
  while (app.tail.headPos < 50) await sleep(5);
  expect(positions(await nextRows(feed, 5))).toEqual([1, 2, 3, 4, 5]);
  await takeOn(app);
  await pruneAlerts(app.database.pool, { now: new Date() });

  expect(await next(feed)).toMatchObject({ kind: 'DISCONTINUITY', reason: 'EXPIRED', pos: 50 });
  await app.add(1);
  expect(positions(await nextRows(feed, 1))).toEqual([51]);
  await feed.return();
});

test('a database that was restored under the log tail is announced to every stream', async () => {
  await using app = await startWith(5);
  const feed = followAlerts(app.tail, everything);
  const before = await next(feed);
  await renewEpoch(app.database.pool);
  app.tail.wake();

  const event = await next(feed);
  expect(event).toMatchObject({ kind: 'DISCONTINUITY', reason: 'RESTORED', pos: 5 });
  expect(event.cursor).not.toBe(before.cursor);
  await app.add(1);
  expect(await next(feed)).toMatchObject({ kind: 'RAISED', pos: 6, prevCursor: event.cursor });
  await feed.return();
});
