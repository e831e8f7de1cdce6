import { setTimeout as sleep } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { type FeedOptions, followAlerts } from '../../server/engine/alert-log/catch-up.ts';
import type { AlertLogTail } from '../../server/engine/alert-log/log-tail.ts';
import type { AlertKind } from '../../server/platform/values/enums.ts';
import { reached } from '../bars/reached.ts';
import {
  AlertDatabase,
  branches,
  type Draft,
  drafts,
  everything,
  key,
  kinds,
  nextRows,
  positions,
  raise,
  upwards,
  within,
} from './support.ts';

// Writers commit out of order and roll back, sessions of sequencers and tails are killed, followers cut their own
// streams and resume on either node. What each follower got must be what it was entitled to, to the alert. Beside them
// a naive reader, with the serial key as its cursor, must fail, or the load proves nothing.

/** So long at least, and on a slow machine until so much went wrong that the run shows something. */
const LOAD_MS = 10_000;
const LONGEST_MS = 90_000;
const FAULTS = { kills: 30, resumes: 200, deliveries: 10_000 };
const WRITERS = 24;
const FOLLOWERS = 16;

test('whatever is killed, rolled back or cut, a follower gets exactly what it is entitled to, in order', async () => {
  await using database = await AlertDatabase.create();
  const sequencers = [1, 2, 3].map((n) =>
    database.startSequencer({ pool: database.openPool(`node-sequencer-${n}`, 1) }),
  );
  const tails = [1, 2].map((n) =>
    database.startTail({ pool: database.openPool(`node-tail-${n}`, 2), ringSize: 2_000 }),
  );
  const writers = database.openPool('writer', WRITERS);
  const origin = await database.cursorAt(0);

  const load = { on: true, kills: 0 };
  const naive = new NaiveReader(database.openPool('naive', 1));
  const naiveEnd = naive.run(load);
  const killing = killSessions(database.pool, load);
  const writing = Promise.all(Array.from({ length: WRITERS }, () => write(writers, load)));
  const followers = Array.from({ length: FOLLOWERS }, (_, index) => new Follower(tails, index, origin));
  const following = followers.map((follower) => follower.run());

  const sum = (of: (follower: Follower) => number) => followers.reduce((all, follower) => all + of(follower), 0);
  const resumed = () => sum((follower) => follower.resumes);
  const delivered = () => sum(({ ids }) => ids.length);
  const began = performance.now();
  const isEnough = () => load.kills >= FAULTS.kills && resumed() >= FAULTS.resumes && delivered() >= FAULTS.deliveries;
  do await sleep(50);
  while (performance.now() - began < (isEnough() ? LOAD_MS : LONGEST_MS));
  load.on = false;
  const rolledBack = (await writing).reduce((sum, count) => sum + count, 0);
  await killing;
  await database.numbered();
  await naiveEnd;
  const { pos: end } = await database.head();
  for (const follower of followers) follower.end = end;
  await within(Promise.all(following), 20_000);

  const log = await database.pool.query<{ id: string; pos: number; kind: AlertKind; branchId: string }>(
    'select id, pos::int, kind, branch_id as "branchId" from alert order by pos',
  );
  expect(log.rows.map(({ pos }) => pos)).toEqual(upwards(1, end));
  for (const follower of followers) {
    const due = log.rows.filter((row) => follower.kinds.has(row.kind) && follower.branches.has(row.branchId));
    expect(follower.ids).toEqual(due.map(({ id }) => id));
    expect(follower.faults).toEqual([]);
  }

  const missed = log.rows.length - log.rows.filter(({ id }) => naive.seen.has(id)).length;
  console.log(
    `${end} alerts, ${rolledBack} rolled back, ${load.kills} sessions killed, ${resumed()} resumes, ` +
      `${delivered()} deliveries: 0 differences; the naive reader missed ${missed}`,
  );
  // A run without its faults has shown nothing.
  expect(load.kills).toBeGreaterThanOrEqual(FAULTS.kills);
  expect(resumed()).toBeGreaterThanOrEqual(FAULTS.resumes);
  expect(rolledBack).toBeGreaterThanOrEqual(50);
  expect(delivered()).toBeGreaterThanOrEqual(FAULTS.deliveries);
  expect(sequencers.reduce((sum, sequencer) => sum + sequencer.figures().numbered, 0)).toBeGreaterThan(0);
  expect(missed).toBeGreaterThanOrEqual(100);
});

test('a burst of 10,000 in one transaction reaches a healthy follower, and later one that stood still', async () => {
  await using database = await AlertDatabase.create();
  const { tail, sequencer } = database.startNode({ ringSize: 1_000 });
  const healthy = followAlerts(tail, { ...everything, after: await database.cursorAt(0) });
  const stalled = followAlerts(tail, everything);
  await stalled.next();

  await raise(database.pool, drafts(10_000));
  const began = performance.now();
  sequencer.wake();
  const rows = await nextRows(healthy, 10_000);
  reached(16, `10,000 of 10,000 in ${Math.round(performance.now() - began)} ms`);
  expect(positions(rows)).toEqual(upwards(1, 10_000));

  // The one that stood still is far behind the memory by now, and finds all of it in the table.
  expect(tail.floorPos).toBe(9_000);
  expect(positions(await nextRows(stalled, 10_000))).toEqual(upwards(1, 10_000));
  await Promise.all([healthy.return(), stalled.return()]);
});

test('200 consumers that stand still hold nothing while 50,000 alerts go by', async () => {
  await using database = await AlertDatabase.create();
  const { tail, sequencer } = database.startNode({ ringSize: 2_000 });
  const stalled = Array.from({ length: 200 }, () => followAlerts(tail, everything));
  for (const feed of stalled) await feed.next();

  await flood(database, 5_000);
  sequencer.wake();
  await untilHead(tail, 5_000);
  const before = heapAfterCollection();
  await flood(database, 50_000);
  await untilHead(tail, 55_000);
  const grownMb = (heapAfterCollection() - before) / 1e6;
  console.log(`200 consumers 50,000 alerts behind: ${grownMb.toFixed(1)} MB of heap`);
  expect(tail.headPos - tail.floorPos).toBe(2_000);
  expect(grownMb).toBeLessThan(16);

  // Their reads leave the pool to others, and equal ones are made once.
  const some = await Promise.all(stalled.slice(0, 20).map((feed) => nextRows(feed, 1_000)));
  for (const rows of some) expect(positions(rows)).toEqual(upwards(1, 1_000));
  expect(tail.figures().pageQueries).toBeLessThan(50);
  await Promise.all(stalled.map((feed) => feed.return()));
  expect(tail.figures().subscribers).toBe(0);
});

/** Transactions of 1 to 500 ms, most of them short, one in ten of them rolled back. @returns alerts rolled back */
async function write(pool: pg.Pool, load: { on: boolean }): Promise<number> {
  let rolledBack = 0;
  while (load.on) {
    const client = await pool.connect();
    const batch: Draft[] = Array.from({ length: 1 + random(8) }, () => ({
      kind: pick(kinds),
      branchId: pick(branches),
    }));
    await client.query('begin');
    await raise(client, batch);
    await sleep(1 + 499 * Math.random() ** 6);
    const isRolledBack = Math.random() < 0.1;
    await client.query(isRolledBack ? 'rollback' : 'commit');
    if (isRolledBack) rolledBack += batch.length;
    client.release();
  }
  return rolledBack;
}

/** Ends a session of a sequencer or a log tail every 100 ms or so. @returns how many */
async function killSessions(pool: pg.Pool, load: { on: boolean; kills: number }): Promise<void> {
  while (load.on) {
    await sleep(50 + random(100));
    const result = await pool.query(`
      select pg_terminate_backend(pid) from (
        select pid from pg_stat_activity where application_name like 'node-%' order by state = 'idle', random() limit 1
      ) victim`);
    load.kills += result.rowCount ?? 0;
  }
}

/** Follows with a filter and rights of its own, and cuts its stream at random to resume on either node. */
class Follower {
  readonly kinds: ReadonlySet<AlertKind>;
  readonly branches: ReadonlySet<string>;
  readonly ids: string[] = [];
  readonly faults: string[] = [];
  resumes = 0;
  /** The last position to wait for, once it is known. */
  end = Number.POSITIVE_INFINITY;
  readonly #tails: readonly AlertLogTail[];
  readonly #options: FeedOptions;
  readonly #isSlow: boolean;
  #cursor: string;

  constructor(tails: readonly AlertLogTail[], index: number, cursor: string) {
    this.#tails = tails;
    this.#cursor = cursor;
    this.#isSlow = index % 5 === 4;
    // The first sees all, the second nothing; the others something of everything.
    this.kinds = new Set(index === 1 ? [] : index === 0 ? kinds : kinds.filter(() => Math.random() < 0.7));
    this.branches = new Set(index === 0 ? branches : branches.filter(() => Math.random() < 0.7));
    const mayAnswerLate = index % 2 === 1;
    this.#options = {
      matches: (row) => this.kinds.has(row.kind),
      entitled: (row) => {
        const may = this.branches.has(row.branchId);
        return mayAnswerLate ? Promise.resolve(may) : may;
      },
      bookmarkEveryMs: 50,
      cursorKey: key,
    };
  }

  async run(): Promise<void> {
    // Streams of a node that has stopped end before they wait for anything: a test that failed would never end.
    for (let at = 0; at < this.end && !this.#tails.some(({ stopped }) => stopped); this.resumes += 1)
      at = await this.#connection();
  }

  async #connection(): Promise<number> {
    const feed = followAlerts(pick(this.#tails), { ...this.#options, after: this.#cursor });
    const cutAfter = 1 + random(400);
    let seen = 0;
    let at = 0;
    for await (const event of feed) {
      if (event.kind === 'DISCONTINUITY') this.faults.push(`discontinuity ${event.reason}`);
      else if (event.prevCursor !== this.#cursor) this.faults.push(`chain broken at ${event.pos}`);
      if (event.pos < at) this.faults.push(`${event.pos} after ${at}`);
      if (event.kind === 'RAISED') this.ids.push(event.row.id);
      this.#cursor = event.cursor;
      at = event.pos;
      seen += 1;
      if (this.#isSlow && seen % 20 === 0) await sleep(20);
      if (at >= this.end || seen >= cutAfter) break;
    }
    return at;
  }
}

/** What a reader does that takes the key for the order: it reads on after the largest that it has seen. */
class NaiveReader {
  readonly seen = new Set<string>();
  readonly #pool: pg.Pool;
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async run(load: { on: boolean }): Promise<void> {
    let last = '00000000-0000-0000-0000-000000000000';
    for (let isLast = false; !isLast; ) {
      isLast = !load.on;
      const result = await this.#pool.query<{ id: string }>('select id from alert where id > $1 order by id', [last]);
      for (const { id } of result.rows) this.seen.add(id);
      last = result.rows.at(-1)?.id ?? last;
      await sleep(10);
    }
  }
}

async function flood(database: AlertDatabase, count: number): Promise<void> {
  for (let written = 0; written < count; written += 5_000) await raise(database.pool, drafts(5_000));
}

async function untilHead(tail: AlertLogTail, pos: number): Promise<void> {
  while (tail.headPos < pos) await sleep(10);
}

/** Bytes that are in use for good. */
function heapAfterCollection(): number {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

function random(below: number): number {
  return Math.floor(Math.random() * below);
}

function pick<T>(values: readonly T[]): T {
  return values[random(values.length)] as T;
}
