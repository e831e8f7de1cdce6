import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { followAlerts } from '../../server/engine/alert-log/catch-up.ts';
import type { FeedEvent } from '../../server/engine/alert-log/feed-event.ts';
import { AlertLogTail } from '../../server/engine/alert-log/log-tail.ts';
import { everything, next, nextRows, positions, raise, startWith, upwards, within } from './support.ts';

const nothing = { ...everything, matches: () => false };

test('without a cursor the stream begins live, with a Bookmark of where it stands', async () => {
  await using app = await startWith(3);
  const feed = followAlerts(app.tail, everything);
  const first = await next(feed);
  expect(first).toEqual({
    kind: 'BOOKMARK',
    cursor: await app.database.cursorAt(3),
    pos: 3,
    prevCursor: null,
    caughtUp: true,
  });
  await app.add(1);
  expect(await next(feed)).toMatchObject({ kind: 'RAISED', pos: 4, prevCursor: first.cursor, replayed: false });
  await feed.return();
});

test('with a cursor all that follows is replayed, a Bookmark says when that is done, and live goes on', async () => {
  await using app = await startWith(3);
  const after = await app.database.cursorAt(1);
  const feed = followAlerts(app.tail, { ...everything, after });
  const events: FeedEvent[] = [await next(feed), await next(feed), await next(feed)];
  await app.add(1);
  events.push(await next(feed));
  await feed.return();

  expect(events).toMatchObject([
    { kind: 'RAISED', pos: 2, prevCursor: after, replayed: true },
    { kind: 'RAISED', pos: 3, prevCursor: events[0]?.cursor, replayed: true },
    { kind: 'BOOKMARK', pos: 3, prevCursor: events[1]?.cursor, caughtUp: true },
    { kind: 'RAISED', pos: 4, prevCursor: events[2]?.cursor, replayed: false },
  ]);
});

test('an event brings the whole row', async () => {
  await using app = await startWith(0);
  const [id] = await raise(app.database.pool, [{ kind: 'SLA_BREACHED', raisedAt: new Date('2026-03-02T09:50:00Z') }]);
  app.sequencer.wake();
  const [row] = await nextRows(followAlerts(app.tail, { ...everything, after: await app.database.cursorAt(0) }), 1);
  expect(row).toEqual({
    id,
    dedupeKey: id,
    pos: 1,
    kind: 'SLA_BREACHED',
    severity: 'WARNING',
    raisedAt: new Date('2026-03-02T09:50:00Z'),
    message: { en: 'An alert.', zh: '警报。' },
    audience: ['SUPERVISOR', 'DIRECTOR'],
    assigneeId: null,
    policyId: 'standard',
    branchId: '00000000-0000-7000-8000-000000000001',
    customerId: null,
    ticketId: null,
    clockId: null,
    taskId: null,
    approvalId: null,
    asRaised: null,
    tierRank: null,
    acknowledgedById: null,
    acknowledgedAt: null,
    note: null,
    acknowledgementExpiresAt: null,
    endedAt: null,
    update: null,
  });
});

test('a cursor of a node that is ahead waits until this one has read as far', async () => {
  await using app = await startWith(2);
  const behind = app.database.startTail({ pollMs: 60_000 });
  await behind.ready();
  // From here on it reads only when it is asked to.
  await sleep(50);
  await app.add(3);
  await app.database.numbered();
  expect(behind.headPos).toBe(2);
  const feed = followAlerts(behind, { ...everything, after: await app.database.cursorAt(5) });
  expect(await next(feed)).toMatchObject({ kind: 'BOOKMARK', pos: 5, caughtUp: true });
  await feed.return();
});

test('a right that ends in mid-stream ends what is sent, from the very next alert on', async () => {
  await using app = await startWith(10);
  let mayRead = true;
  const asked: number[] = [];
  const entitled = (row: { pos: number }) => {
    asked.push(row.pos);
    return Promise.resolve(mayRead);
  };
  const feed = followAlerts(app.tail, {
    ...everything,
    entitled,
    after: await app.database.cursorAt(0),
    bookmarkEveryMs: 100,
  });
  const rows = await nextRows(feed, 4);
  mayRead = false;
  // The rest was in memory, and on its way, when the right ended.
  const later: FeedEvent[] = [];
  await app.add(5);
  for (let pos = 0; pos < 15; pos = later.at(-1)?.pos ?? 0) later.push(await next(feed));

  expect(positions(rows)).toEqual([1, 2, 3, 4]);
  expect(later.every(({ kind }) => kind === 'BOOKMARK')).toBe(true);
  // Asked for each alert as it comes up, and never for one that nobody has pulled.
  expect(asked).toEqual(upwards(1, 15));

  mayRead = true;
  await app.add(1);
  expect(positions(await nextRows(feed, 1))).toEqual([16]);
  await feed.return();
});

test('what a consumer has not pulled has not been judged', async () => {
  await using app = await startWith(5);
  const asked: number[] = [];
  const entitled = (row: { pos: number }) => asked.push(row.pos) > 0;
  const feed = followAlerts(app.tail, { ...everything, entitled, after: await app.database.cursorAt(0) });
  await nextRows(feed, 2);
  await sleep(30);
  expect(asked).toEqual([1, 2]);
  await feed.return();
});

test('a filter that hides everything still moves the cursor', async () => {
  await using app = await startWith(0);
  const feed = followAlerts(app.tail, { ...nothing, bookmarkEveryMs: 50 });
  let last = await next(feed);
  await app.add(7);
  const began = performance.now();
  while (last.pos < 7) {
    const event = await next(feed, 1_000);
    expect(event).toMatchObject({ kind: 'BOOKMARK', prevCursor: last.cursor, caughtUp: true });
    last = event;
  }
  expect(performance.now() - began).toBeLessThan(500);
  await feed.return();
});

test('a quiet stream has a Bookmark at each beat, as any other stream has', async () => {
  await using app = await startWith(1);
  const feeds = [
    followAlerts(app.tail, { ...everything, bookmarkEveryMs: 500 }),
    followAlerts(app.tail, { ...everything, bookmarkEveryMs: 500 }),
  ];
  const instants = await Promise.all(
    feeds.map(async (feed, index) => {
      await next(feed);
      await sleep(index * 150);
      const seen: number[] = [];
      for (let count = 0; count < 3; count++) {
        expect(await next(feed, 5_000)).toMatchObject({ kind: 'BOOKMARK', pos: 1, caughtUp: true });
        // A timer may be a little early; on a busy machine it is late.
        seen.push(Math.floor((Date.now() + 50) / 500));
      }
      await feed.return();
      return seen;
    }),
  );
  expect(instants[1]?.some((instant) => instants[0]?.includes(instant))).toBe(true);
});

test.each([
  { it: 'memory', ringSize: 20_000 },
  { it: 'the table', ringSize: 100 },
])('a long replay from $it that hides many has Bookmarks on the way', async ({ ringSize }) => {
  await using app = await startWith(4_500, { ringSize });
  const feed = followAlerts(app.tail, { ...nothing, after: await app.database.cursorAt(0) });
  const events: FeedEvent[] = [];
  do events.push(await next(feed));
  while (events.at(-1)?.pos !== 4_500);
  await feed.return();
  expect(events).toMatchObject([
    { kind: 'BOOKMARK', pos: 1_000, caughtUp: false },
    { kind: 'BOOKMARK', pos: 2_000, caughtUp: false },
    { kind: 'BOOKMARK', pos: 3_000, caughtUp: false },
    { kind: 'BOOKMARK', pos: 4_000, caughtUp: false },
    { kind: 'BOOKMARK', pos: 4_500, caughtUp: true },
  ]);
});

test('return() and abort end a stream at once, wherever it waits, and nothing is left', async () => {
  await using app = await startWith(3);
  const never = new Promise<boolean>(() => {});
  const after = await app.database.cursorAt(0);
  const controller = new AbortController();
  const waiting = {
    'for a new alert': followAlerts(app.tail, { ...everything, after: await app.database.cursorAt(3) }),
    'for a right': followAlerts(app.tail, { ...everything, entitled: () => never, after }),
    'for its first pull': followAlerts(app.tail, { ...everything, after }),
    'for the next pull': followAlerts(app.tail, { ...everything, after }),
    'for a tail that never starts': followAlerts(new AlertLogTail({ pool: app.database.pool }), everything),
  };
  for (const [where, feed] of Object.entries(waiting)) {
    if (where === 'for a new alert' || where === 'for the next pull') await next(feed);
    const pull = where.endsWith('pull') ? undefined : feed.next();
    await sleep(5);
    await within(feed.return(), 100);
    expect(await pull?.then(({ done }) => done), where).toBe(pull && true);
    expect(await feed.next(), where).toEqual({ done: true, value: undefined });
  }

  const aborted = followAlerts(app.tail, { ...everything, signal: controller.signal });
  await next(aborted);
  const pull = aborted.next();
  expect(app.tail.figures().subscribers).toBe(1);
  controller.abort();
  // Let go at the abort itself, whether or not the consumer ever comes back.
  expect(app.tail.figures().subscribers).toBe(0);
  expect(await within(pull, 100)).toEqual({ done: true, value: undefined });
  const late = followAlerts(app.tail, { ...everything, signal: controller.signal });
  expect(await within(late.next(), 100)).toEqual({ done: true, value: undefined });
  expect(app.tail.figures().subscribers).toBe(0);
});

test('a failure of the filter ends the stream and passes nothing over', async () => {
  await using app = await startWith(2);
  const broken = followAlerts(app.tail, {
    ...everything,
    matches: () => {
      throw new Error('no such branch');
    },
    after: await app.database.cursorAt(0),
  });
  await expect(broken.next()).rejects.toThrow('no such branch');
  expect(await broken.next()).toEqual({ done: true, value: undefined });
  expect(app.tail.figures().subscribers).toBe(0);
});

test('streams end when the log tail stops', async () => {
  await using app = await startWith(1);
  const feed = followAlerts(app.tail, everything);
  await next(feed);
  const pull = feed.next();
  await app.tail.stop();
  expect(await within(pull, 100)).toEqual({ done: true, value: undefined });
  expect(await followAlerts(app.tail, everything).next()).toEqual({ done: true, value: undefined });
});

test('a hole that somebody made in the log costs that alert and no other', async () => {
  await using app = await startWith(10);
  await app.database.pool.query('delete from alert where pos in (4, 10)');
  const fresh = app.database.startTail();
  await fresh.ready();
  for (const ringSize of [20_000, 1]) {
    const tail = app.database.startTail({ ringSize });
    const feed = followAlerts(tail, { ...everything, after: await app.database.cursorAt(0) });
    expect(positions(await nextRows(feed, 8))).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect(await next(feed)).toMatchObject({ kind: 'BOOKMARK', pos: 10, caughtUp: true });
    await feed.return();
  }
});
