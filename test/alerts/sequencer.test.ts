import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { ensureHead } from '../../server/engine/alert-log/log.ts';
import { numberBatch } from '../../server/engine/alert-log/sequencer.ts';
import { reached } from '../bars/reached.ts';
import { AlertDatabase, drafts, raise } from './support.ts';

test('a slow transaction gets a later number and holds up nobody', async () => {
  await using database = await AlertDatabase.create();
  const slow = await database.pool.connect();
  await slow.query('begin');
  const [early] = await raise(slow, drafts(1));
  const [late] = await raise(database.pool, drafts(1));

  expect(await numberBatch(database.pool, 500)).toBe(1);
  await slow.query('commit');
  slow.release();
  expect(await numberBatch(database.pool, 500)).toBe(1);
  expect(await numberBatch(database.pool, 500)).toBe(0);

  const log = await database.pool.query('select id, pos::int from alert order by pos');
  expect(log.rows).toEqual([
    { id: late, pos: 1 },
    { id: early, pos: 2 },
  ]);
});

test('an alert that somebody holds is numbered in the next round', async () => {
  await using database = await AlertDatabase.create();
  const [held, free] = await raise(database.pool, drafts(2));
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query('select from alert where id = $1 for update', [held]);

  expect(await numberBatch(database.pool, 500)).toBe(1);
  await holder.query('commit');
  holder.release();
  expect(await numberBatch(database.pool, 500)).toBe(1);

  const log = await database.pool.query<{ id: string }>('select id from alert order by pos');
  expect(log.rows.map(({ id }) => id)).toEqual([free, held]);
});

test('a burst goes through a pool of one session, batch after batch', async () => {
  await using database = await AlertDatabase.create();
  const pool = database.openPool('embedded', 1);
  let told = 0;
  const sequencer = database.startSequencer({ pool, pollMs: 60_000, onNumbered: () => void told++ });
  await sleep(50);
  await raise(pool, drafts(1_100));
  sequencer.wake();
  await database.numbered();

  expect(await database.head()).toMatchObject({ pos: 1_100 });
  await sequencer.stop();
  expect(told).toBe(3);
  expect(sequencer.figures()).toEqual({ numbered: 1_100, batches: 3, failures: 0 });
});

test('a notification without payload follows each batch', async () => {
  await using database = await AlertDatabase.create();
  const listener = await database.pool.connect();
  const heard: (string | undefined)[] = [];
  listener.on('notification', ({ channel, payload }) => heard.push(channel, payload));
  await listener.query('listen tierline_alerts');
  await raise(database.pool, drafts(3));
  await numberBatch(database.pool, 500);
  await listener.query('select 1');
  listener.release(true);
  expect(heard).toEqual(['tierline_alerts', '']);
});

test('the head is made once, where there is none', async () => {
  await using database = await AlertDatabase.create();
  const first = await database.head();
  await Promise.all([ensureHead(database.pool), ensureHead(database.pool)]);
  expect(await database.head()).toEqual(first);
  expect(first.epoch).toMatch(/^[0-9a-f]{16}$/);
});

test('a node starts while another, which may be dead, holds the head', async () => {
  await using database = await AlertDatabase.create();
  const holder = await database.pool.connect();
  await holder.query('begin; update alert_head set pos = pos');
  const starting = database.openPool('starting', 1);
  await starting.query("set lock_timeout = '200ms'");
  await ensureHead(starting);
  await holder.query('rollback');
  holder.release();
});

test('three sequencers, 32 of them killed in mid-transaction: no gap, no double, none numbered again', async () => {
  await using database = await AlertDatabase.create();
  await database.pool.query(`
    create table given (id uuid, pos bigint);
    create function note_given() returns trigger language plpgsql as
      $$ begin insert into given values (new.id, new.pos); return new; end $$;
    create trigger note_given after update of pos on alert for each row execute function note_given()`);
  const sequencers = [1, 2, 3].map((n) =>
    database.startSequencer({ pool: database.openPool(`sequencer-${n}`, 1), batch: 50 }),
  );

  let written = 0;
  let writing = true;
  const writers = [1, 2, 3, 4].map(async () => {
    while (writing) {
      await raise(database.pool, drafts(5));
      written += 5;
      await sleep(10);
    }
  });
  let killed = 0;
  while (killed < 32) killed += await killInMidTransaction(database.pool);
  writing = false;
  await Promise.all(writers);
  await database.numbered();
  await Promise.all(sequencers.map((sequencer) => sequencer.stop()));

  const log = await database.pool.query(`
    select count(*)::int as rows, count(distinct pos)::int as positions, min(pos)::int as first, max(pos)::int as last,
      (select pos::int from alert_head) as head, (select count(*)::int from given) as given from alert`);
  expect(log.rows[0]).toEqual({
    rows: written,
    positions: written,
    first: 1,
    last: written,
    head: written,
    given: written,
  });
  // Each one was in the middle of its work when it was ended.
  expect(killed).toBeGreaterThanOrEqual(32);
  const failures = sequencers.reduce((sum, sequencer) => sum + sequencer.figures().failures, 0);
  expect(failures).toBeGreaterThanOrEqual(killed);
  reached(15, `${written} alerts, 0 gaps, 0 doubles`, { 'sequencers killed': { injected: killed, least: 32 } });
});

/**
 * Holds the head, so that whoever numbers next waits for it in the middle of its statement, with the advisory lock in
 * its hands, and ends that session.
 */
async function killInMidTransaction(pool: pg.Pool): Promise<number> {
  const holder = await pool.connect();
  await holder.query('begin');
  await holder.query('select from alert_head for update');
  let killed = 0;
  for (let tries = 0; killed === 0 && tries < 200; tries++) {
    // Waits until the session is gone, so that none is counted twice. Not on the holder's session: within a transaction
    // pg_stat_activity stays as it was at first sight.
    const result = await pool.query(`
      select pg_terminate_backend(pid, 5000) from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and granted and application_name like 'sequencer-%' and wait_event_type = 'Lock'`);
    killed = result.rowCount ?? 0;
    if (killed === 0) await sleep(2);
  }
  await holder.query('commit');
  holder.release();
  return killed;
}
