import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { renewEpoch } from '../../server/engine/alert-log/log.ts';
import { UntellableError } from '../../server/engine/alert-log/viewer.ts';
import type { AlertKind } from '../../server/platform/values/enums.ts';
import { Screen, start } from './broadcast-screens.ts';
import { drafts, key, kinds, raise, upwards, within } from './support.ts';

test('a hundred equal screens cost one execution an alert', async () => {
  await using app = await start();
  const executed: string[] = [];
  const screens = Array.from({ length: 100 }, () => new Screen(executed).follow(app.broadcast));
  await app.together(100);
  await app.add(20);
  await Promise.all(screens.map((screen) => screen.has(20)));

  for (const screen of screens) expect([screen.positions, screen.faults]).toEqual([upwards(1, 20), []]);
  expect(executed.toSorted()).toEqual(['BOOKMARK 0', ...upwards(1, 20).map((pos) => `RAISED ${pos}`)].toSorted());
  await Promise.all(screens.map((screen) => screen.leave()));
  expect(app.broadcast.figures()).toMatchObject({ groups: 0, together: 0, results: 0 });
  expect(app.tail.figures().subscribers).toBe(0);
});

test('an alert that the filter hides is executed for nobody', async () => {
  await using app = await start(50);
  const executed: string[] = [];
  const screens = kinds.map((kind) => new Screen(executed, { kind }).follow(app.broadcast));
  await app.together(4);
  await app.add(5);
  await screens[0]?.has(5);
  await sleep(120);
  expect(screens.map(({ positions }) => positions.length)).toEqual([5, 0, 0, 0]);
  // The others' cursors have moved on all the same.
  expect(new Set(screens.map(({ after }) => after)).size).toBe(1);
  expect(screens.flatMap(({ faults }) => faults)).toEqual([]);
  await Promise.all(screens.map((screen) => screen.leave()));
});

test('a screen that stops reading keeps its cursor, holds up nobody, and goes on where it stopped', async () => {
  await using app = await start();
  const executed: string[] = [];
  const slow = new Screen(executed).follow(app.broadcast);
  const quick = new Screen(executed).follow(app.broadcast);
  await app.together(2);
  await app.add(3);
  await Promise.all([slow.has(3), quick.has(3)]);

  slow.isReading = false;
  await app.add(500);
  await quick.has(503);
  expect(slow.positions).toEqual([1, 2, 3]);
  expect(app.broadcast.figures().together).toBe(1);

  slow.isReading = true;
  await slow.has(503);
  await app.add(1);
  await Promise.all([slow.has(504), quick.has(504)]);
  expect([slow.positions, slow.faults]).toEqual([upwards(1, 504), []]);
  expect([quick.positions, quick.faults]).toEqual([upwards(1, 504), []]);
  await app.together(2);
  await Promise.all([slow.leave(), quick.leave()]);
});

test('a right that ends takes effect with the next alert, for that screen alone', async () => {
  await using app = await start(50);
  const executed: string[] = [];
  const [hana, jin, mei] = [new Screen(executed), new Screen(executed), new Screen(executed)];
  for (const screen of [hana, jin, mei]) screen.follow(app.broadcast);
  mei.mayRead = 'LATER';
  await app.together(3);
  await app.add(2);
  await Promise.all([hana.has(2), jin.has(2), mei.has(2)]);
  hana.mayRead = false;
  await app.add(3);
  await Promise.all([jin.has(5), mei.has(5)]);
  await sleep(100);
  hana.mayRead = true;
  await app.add(1);
  await Promise.all([hana.has(3), jin.has(6), mei.has(6)]);

  expect(hana.positions).toEqual([1, 2, 6]);
  expect(jin.positions).toEqual(upwards(1, 6));
  expect(mei.positions).toEqual(upwards(1, 6));
  expect([...hana.faults, ...jin.faults, ...mei.faults]).toEqual([]);
  await Promise.all([hana.leave(), jin.leave(), mei.leave()]);
});

test('screens that come, go, stall and resume at random under load miss nothing', async () => {
  await using app = await start(50);
  const executed: string[] = [];
  const origin = await app.database.cursorAt(0);
  const load = { on: true, resumes: 0 };
  const screens = Array.from(
    { length: 12 },
    (_, index) => new Screen(executed, { after: origin, kind: index % 3 ? undefined : 'SLA_BREACHED' }),
  );
  const histories = screens.map(async (screen, index) => {
    const parts: Screen[] = [];
    let part = screen;
    while (load.on) {
      part.mayRead = index % 2 ? 'LATER' : true;
      part.follow(app.broadcast);
      await sleep(Math.random() * 300);
      part.isReading = false;
      await sleep(Math.random() * 100);
      part.isReading = true;
      await sleep(Math.random() * 300);
      await part.leave();
      parts.push(part);
      load.resumes += 1;
      part = new Screen(executed, { after: part.after, kind: index % 3 ? undefined : 'SLA_BREACHED' });
    }
    part.follow(app.broadcast);
    const { pos } = await app.database.head();
    const end = await app.database.cursorAt(pos);
    for (let tries = 0; part.after !== end && tries < 400; tries++) await sleep(5);
    await part.leave();
    return [...parts, part];
  });

  const began = performance.now();
  // On a slow machine until the screens have resumed often enough to show something.
  while (performance.now() - began < (load.resumes > 30 ? 4_000 : 60_000)) {
    await raise(app.database.pool, [...drafts(3, { kind: 'SLA_BREACHED' }), ...drafts(2)]);
    await sleep(Math.random() * 10);
  }
  await app.database.numbered();
  load.on = false;
  const log = await app.database.pool.query<{ pos: number; kind: AlertKind }>(
    'select pos::int, kind from alert order by pos',
  );
  let deliveries = 0;
  let resumes = 0;
  for (const [index, history] of (await Promise.all(histories)).entries()) {
    const due = log.rows.filter(({ kind }) => index % 3 !== 0 || kind === 'SLA_BREACHED').map(({ pos }) => pos);
    expect(history.flatMap(({ positions }) => positions)).toEqual(due);
    expect(history.flatMap(({ faults }) => faults)).toEqual([]);
    deliveries += due.length;
    resumes += history.length - 1;
  }
  console.log(`${deliveries} deliveries over ${resumes} resumes with ${executed.length} executions, 0 differences`);
  expect(resumes).toBeGreaterThan(30);
  expect(executed.length).toBeLessThan(deliveries / 2);
});

test('a group that memory does not reach back to goes on from the table', async () => {
  await using app = await start(10_000, { ringSize: 20, pageSize: 10 });
  const screens = [new Screen([]), new Screen([])].map((screen) => Object.assign(screen, { takesMs: 20 }));
  for (const screen of screens) screen.follow(app.broadcast);
  await app.together(2);
  for (let turn = 0; turn < 6; turn++) await app.add(50);
  await Promise.all(screens.map((screen) => screen.has(300)));
  for (const screen of screens) expect([screen.positions, screen.faults]).toEqual([upwards(1, 300), []]);
  expect(app.tail.figures().pageQueries).toBeGreaterThan(0);
  await app.together(2);
  await Promise.all(screens.map((screen) => screen.leave()));
});

test('a group that passes over many has a Bookmark on the way, however long the period', async () => {
  await using app = await start(3_600_000);
  const screen = new Screen([], { kind: 'SLA_BREACHED' }).follow(app.broadcast);
  await app.together(1);
  const before = screen.after;
  for (let turn = 0; turn < 15; turn++) {
    await app.add(100);
    await app.database.numbered();
  }
  for (let tries = 0; screen.after === before && tries < 400; tries++) await sleep(5);
  expect(key.read(screen.after ?? '')?.pos).toBeGreaterThanOrEqual(1_000);
  expect([screen.positions, screen.faults]).toEqual([[], []]);
  await screen.leave();
});

test('a screen whose filter fails is told, and its neighbours of another key are not', async () => {
  await using app = await start();
  const bad = new Screen([], { kind: 'SLA_AT_RISK' });
  const good = new Screen([]).follow(app.broadcast);
  bad.follow(app.broadcast);
  await app.together(2);
  bad.matches = () => {
    throw new Error('the filter is broken');
  };
  await app.add(1);
  await expect(within(bad.done, 1_000)).rejects.toThrow('the filter is broken');
  await good.has(1);
  await good.leave();
});

test('a restored database is announced to screens that are served together', async () => {
  await using app = await start();
  const screens = [new Screen([]).follow(app.broadcast), new Screen([]).follow(app.broadcast)];
  await app.together(2);
  await app.add(2);
  await Promise.all(screens.map((screen) => screen.has(2)));
  await renewEpoch(app.database.pool);
  app.tail.wake();
  while (screens.some(({ faults }) => faults.length === 0)) await sleep(5);
  await app.add(1);
  await Promise.all(screens.map((screen) => screen.has(3)));
  for (const screen of screens) expect([screen.positions, screen.faults]).toEqual([[1, 2, 3], ['discontinuity']]);
  await Promise.all(screens.map((screen) => screen.leave()));
});

test('a screen whose execution fails is ended, and the others are not', async () => {
  await using app = await start();
  const good = new Screen([]).follow(app.broadcast);
  const bad = new Screen([]);
  bad.send = () => {
    throw new Error('the socket is gone');
  };
  await expect(within(bad.follow(app.broadcast).done, 1_000)).rejects.toThrow('the socket is gone');
  await app.add(1);
  await good.has(1);
  await good.leave();
});

test('an event that cannot be told ends all who would be told it, before it, and nobody else', async () => {
  await using app = await start();
  const executed: string[] = [];
  const equal = [new Screen(executed), new Screen(executed), new Screen(executed)];
  const other = new Screen([], { kind: 'SLA_AT_RISK' }).follow(app.broadcast);
  for (const screen of equal) {
    screen.execute = async (event) => {
      executed.push(`${event.kind} ${event.pos}`);
      if (event.pos === 2) throw new UntellableError(new Error('the database is away'));
      return Screen.prototype.execute.call(new Screen([]), event);
    };
    screen.follow(app.broadcast);
  }
  await app.together(4);
  const ended = Promise.allSettled(equal.map(({ done }) => done));
  await app.add(3);
  await other.has(3);
  expect((await ended).map((end) => end.status === 'rejected' && end.reason)).toEqual(
    equal.map(() => expect.any(UntellableError)),
  );
  // Their cursors stay before it, and it was tried for all of them together.
  for (const screen of equal) expect([screen.positions, screen.faults]).toEqual([[1], []]);
  expect(executed.filter((event) => event === 'RAISED 2')).toHaveLength(1);

  const again = new Screen([], { after: equal[0]?.after ?? null }).follow(app.broadcast);
  await again.has(2);
  expect([again.positions, again.faults]).toEqual([[2, 3], []]);
  await Promise.all([again.leave(), other.leave()]);
});

test('screens end when the log tail stops', async () => {
  await using app = await start();
  const screens = [new Screen([]).follow(app.broadcast), new Screen([]).follow(app.broadcast)];
  await app.together(2);
  await app.tail.stop();
  await within(Promise.all(screens.map(({ done }) => done)), 500);
});

test('what is decided about an alert after the database was restored is not acted on', async () => {
  await using app = await start();
  const screens = [new Screen([]), new Screen([]), new Screen([])] as const;
  const [sees, sees2, hides] = screens;
  for (const screen of screens) screen.follow(app.broadcast);
  await app.together(3);
  await app.add(1);
  await Promise.all(screens.map((screen) => screen.has(1)));
  // While the database is away, nobody's rights are known.
  let isBack = false;
  const later = (may: boolean) => async () => {
    while (!isBack) await sleep(2);
    return may;
  };
  for (const screen of [sees2, hides]) Object.assign(screen, { entitled: later(screen === sees2) });
  await app.add(2);
  await sees.has(2);
  // A backup of before: the positions are given again.
  await app.database.pool.query('delete from alert where pos > 1');
  await app.database.pool.query('update alert_head set pos = 1 where id = 1');
  await renewEpoch(app.database.pool);
  app.tail.wake();
  while (screens.some(({ faults }) => faults.length === 0)) await sleep(5);
  await app.together(3);
  isBack = true;
  await sleep(20);
  for (const screen of screens) Object.assign(screen, { entitled: () => true });
  await app.add(2);
  await Promise.all(screens.map((screen) => screen.has(screen === sees ? 4 : 3)));
  expect([sees.positions.slice(-2), sees.faults]).toEqual([[2, 3], ['discontinuity']]);
  for (const screen of [sees2, hides])
    expect([screen.positions, screen.faults]).toEqual([[1, 2, 3], ['discontinuity']]);
  await Promise.all(screens.map((screen) => screen.leave()));
});
