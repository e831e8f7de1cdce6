import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { DatabaseClock } from '../../server/platform/storage/database-clock.ts';
import type { Clock } from '../../server/platform/values/wall-clock.ts';
import { createDatabase } from '../support/postgres.ts';

const HOUR = 3_600_000;
const off = (ms: number): Clock => ({ now: () => new Date(Date.now() + ms), held: false });

describe('on PostgreSQL', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ url: await createDatabase({ empty: true }), acceptDataLoss: true });
  });
  afterAll(() => database.close());

  test.each([
    { it: 'right', ms: 0 },
    { it: 'an hour behind', ms: -HOUR },
    { it: '40 days ahead', ms: 40 * 24 * HOUR },
  ])('shows the time of the database on a machine whose clock is $it', async ({ ms }) => {
    const clock = await DatabaseClock.start({ pool: database.pool, node: off(ms), onError: () => {} });
    const before = clock.now().getTime();
    const { rows } = await database.pool.query<{ at: Date }>('select clock_timestamp() as at');
    const after = clock.now().getTime();
    expect(rows[0]?.at.getTime()).toBeGreaterThanOrEqual(before - 50);
    expect(rows[0]?.at.getTime()).toBeLessThanOrEqual(after + 50);
    expect(Math.abs(clock.skewMs - ms)).toBeLessThan(200);
    clock.close();
  });
});

/** A pool whose database shows `at()` and takes `delay()` milliseconds to answer. */
function poolOf(at: () => number, delay = () => 0): { pool: Pool; asked: () => number } {
  let asked = 0;
  const query = async () => {
    asked += 1;
    const half = delay() / 2;
    if (half > 0) await wait(half);
    const rows = [{ at: at() }];
    if (half > 0) await wait(half);
    return { rows };
  };
  const client = { query, on: () => {}, off: () => {}, release: () => {} };
  return { pool: { connect: () => Promise.resolve(client) } as unknown as Pool, asked: () => asked };
}

test('asks again by itself, and never for a request', async () => {
  const { pool, asked } = poolOf(() => Date.now());
  const clock = await DatabaseClock.start({ pool, node: off(0), onError: () => {}, everyMs: 50 });
  for (let n = 0; n < 1_000; n++) clock.now();
  expect(asked()).toBe(2);
  await expect.poll(asked).toBeGreaterThan(3);
  clock.close();
});

test('an answer that was long on its way does not put a better one away', async () => {
  let late = 0;
  // All of the delay on the way back, so that the half of it is wrong.
  const client = {
    query: async () => {
      const rows = [{ at: Date.now() }];
      if (late > 0) await wait(late);
      return { rows };
    },
    on: () => {},
    off: () => {},
    release: () => {},
  };
  const pool = { connect: () => Promise.resolve(client) } as unknown as Pool;
  const clock = await DatabaseClock.start({ pool, node: off(0), onError: () => {} });
  late = 400;
  await clock.measure();
  expect(Math.abs(clock.skewMs)).toBeLessThan(50);
  clock.close();
});

test('follows a database whose time jumps, and does not turn back for a few milliseconds', async () => {
  let jumped = 0;
  const { pool } = poolOf(() => Date.now() + jumped);
  const clock = await DatabaseClock.start({ pool, node: off(0), onError: () => {} });
  const shown = clock.now().getTime();
  jumped = -30;
  await clock.measure();
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(shown);
  jumped = -HOUR;
  await clock.measure();
  expect(Math.abs(clock.now().getTime() - (Date.now() - HOUR))).toBeLessThan(100);
  clock.close();
});

test('goes on by its own timer while the database does not answer', async () => {
  const errors: unknown[] = [];
  let isAway = false;
  const { pool } = poolOf(() => {
    if (isAway) throw new Error('away');
    return Date.now();
  });
  const clock = await DatabaseClock.start({
    pool,
    node: off(0),
    onError: (error) => errors.push(error),
    everyMs: 20,
  });
  isAway = true;
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  expect(Math.abs(clock.skewMs)).toBeLessThan(50);
  clock.close();
});
