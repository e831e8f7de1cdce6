import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { uuid, watch } from './client-watch.ts';
import { FakeClient } from './fake-client.ts';

describe('with a server that does what it is told', () => {
  test('an event that names another predecessor is not taken; it goes on after the last good one', async () => {
    const fake = new FakeClient();
    const watched = watch({ client: fake.client });
    await fake.opened(1);
    fake.bookmark(null, 'c0');
    fake.raise('c0', 'c1', 'one');
    fake.raise('c2', 'c3', 'three');
    fake.raise('c3', 'c4', 'four');
    await fake.opened(2);
    expect(fake.after).toBe('c1');
    fake.raise('c1', 'c2', 'two');
    fake.raise('c2', 'c3', 'three');
    await watched.until(() => watched.ids.length === 3);
    expect(watched.ids).toEqual(['one', 'two', 'three']);
    expect(watched.statuses.find(({ state }) => state === 'WAITING')).toMatchObject({ reason: 'GAP' });
    await watched.following.stop();
  });

  test('silence ends a connection that looks open', async () => {
    const fake = new FakeClient();
    const watched = watch({ client: fake.client, silenceMs: 80 });
    await fake.opened(1);
    fake.bookmark(null, 'c0');
    for (let n = 0; n < 4; n++) {
      await sleep(40);
      fake.bookmark('c0', 'c0');
    }
    expect(fake.opens).toBe(1);
    await fake.opened(2);
    expect(fake.terminated).toBe(1);
    expect(fake.after).toBe('c0');
    await watched.following.stop();
  });

  test('an alert that comes again is told once, also in a digest', async () => {
    const fake = new FakeClient();
    const watched = watch({ client: fake.client, after: 'c0' });
    await fake.opened(1);
    expect(fake.after).toBe('c0');
    fake.digest('c0', 'c0', ['one', 'two']);
    fake.drop(1006);
    await fake.opened(2);
    expect(fake.after).toBe('c0');
    fake.digest('c0', 'c0', ['one', 'two', 'three']);
    fake.digest('c0', 'c1', ['four']);
    fake.raise('c1', 'c2', 'four');
    fake.raise('c2', 'c3', 'five');
    await watched.until(() => watched.ids.length === 5);
    expect(watched.ids).toEqual(['one', 'two', 'three', 'four', 'five']);
    await watched.following.stop();
    expect(watched.following.cursor).toBe('c3');
  });

  test('an application that is killed at any instant loses nothing and does nothing twice', async () => {
    const log = Array.from({ length: 400 }, (_, n) => ({ id: `a${n}`, cursor: `c${n + 1}`, prevCursor: `c${n}` }));
    // What the application keeps, its effect and the cursor in one write.
    const disk: { effects: string[]; cursor: string | null } = { effects: [], cursor: 'c0' };
    let kills = 0;
    while (disk.effects.length < log.length) {
      const fake = new FakeClient();
      let isDead = false;
      const watched = watch({
        client: fake.client,
        store: { load: () => disk.cursor, save: () => undefined },
        onEvent: async (event) => {
          if (isDead || event.__typename !== 'AlertRaised') return;
          // Before the write or after it: what follows in this life does not happen.
          const kill = Math.random() < 0.6 ? (Math.random() < 0.5 ? 'BEFORE' : 'AFTER') : null;
          if (kill === 'BEFORE') isDead = true;
          else {
            disk.effects.push(event.alert.id);
            disk.cursor = event.cursor;
            isDead = kill === 'AFTER';
          }
          if (isDead) {
            kills += 1;
            throw new Error('killed');
          }
        },
      });
      await fake.opened(1);
      const from = log.findIndex(({ prevCursor }) => prevCursor === fake.after);
      for (const { id, cursor, prevCursor } of log.slice(from, from + 10)) fake.raise(prevCursor, cursor, id);
      await sleep(1);
      await watched.following.stop();
    }
    expect(disk.effects).toEqual(log.map(({ id }) => Buffer.from(`Alert:${id}`).toString('base64')));
    expect(kills).toBeGreaterThanOrEqual(200);
  });

  test('an event whose handling failed comes again', async () => {
    const fake = new FakeClient();
    const got: string[] = [];
    const saved: string[] = [];
    let fails = 1;
    const watched = watch({
      client: fake.client,
      store: { load: () => 'c0', save: (cursor) => void saved.push(cursor) },
      onEvent: (event) => {
        if (event.__typename !== 'AlertRaised') return;
        got.push(uuid(event.alert.id));
        if (event.cursor === 'c2' && fails-- > 0) throw new Error('the screen is full');
      },
    });
    await fake.opened(1);
    for (const n of [1, 2, 3]) fake.raise(`c${n - 1}`, `c${n}`, `a${n}`);
    await fake.opened(2);
    expect(fake.after).toBe('c1');
    for (const n of [2, 3]) fake.raise(`c${n - 1}`, `c${n}`, `a${n}`);
    await watched.until(() => saved.length === 3);
    expect(got).toEqual(['a1', 'a2', 'a2', 'a3']);
    expect(saved).toEqual(['c1', 'c2', 'c3']);
    expect(watched.statuses.find(({ state }) => state === 'WAITING')).toMatchObject({ reason: 'HANDLER' });
    await watched.following.stop();
  });

  test.each(['OVERLOADED', 'RATE_LIMITED', 'TIMEOUT', 'TOO_MANY_SUBSCRIPTIONS'])(
    '%s passes: it is tried again',
    async (code) => {
      const fake = new FakeClient();
      const watched = watch({ client: fake.client, after: 'c0' });
      await fake.opened(1);
      fake.refuse(code);
      await fake.opened(2);
      fake.raise('c0', 'c1', 'one');
      await watched.until(() => watched.ids.length === 1);
      expect(watched.states()).not.toContain('FAILED');
      await watched.following.stop();
    },
  );

  test('whoever stops it is told of nothing more, whatever has come already', async () => {
    const fake = new FakeClient();
    const got: string[] = [];
    const watched = watch({
      client: fake.client,
      after: 'c0',
      onEvent: async (event) => {
        await sleep(5);
        got.push(event.cursor);
      },
    });
    await fake.opened(1);
    for (const n of [1, 2, 3]) fake.raise(`c${n - 1}`, `c${n}`, `a${n}`);
    await watched.until(() => got.length === 1);
    await watched.following.stop();
    expect(got.length).toBeLessThan(3);
    expect(watched.following.cursor).toBe(got.at(-1));
  });
});
