import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import {
  type AlertStreamEvent,
  type FollowOptions,
  type FollowStatus,
  followAlerts,
  keepToken,
} from '../../client/index.ts';
import { Cluster } from './cluster.ts';
import { CutProxy } from './cut-proxy.ts';
import { FakeClient } from './fake-client.ts';
import { drafts } from './support.ts';

const document = `subscription ($after: String, $digest: Duration) { slaAlerts(after: $after, digest: $digest) { __typename
  ... on AlertRaised { cursor prevCursor alert { id } }
  ... on AlertDigest { cursor prevCursor alertIds count }
  ... on Bookmark { cursor prevCursor caughtUp }
  ... on Discontinuity { cursor reason } } }`;

const uuid = (globalId: string) => Buffer.from(globalId, 'base64').toString().slice(6);

/** Follows and keeps what it is told. */
function watch(
  options: Omit<FollowOptions<{ id: string }>, 'document' | 'onEvent'> & Partial<FollowOptions<{ id: string }>>,
) {
  const ids: string[] = [];
  const statuses: FollowStatus[] = [];
  const following = followAlerts({
    document,
    onEvent: (event) => {
      if (event.__typename === 'AlertRaised') ids.push(uuid(event.alert.id));
      if (event.__typename === 'AlertDigest') ids.push(...event.alertIds.map(uuid));
    },
    onStatus: (status) => statuses.push(status),
    retryMs: () => 50,
    ...options,
  });
  const until = async (isSo: () => boolean) => {
    for (const end = Date.now() + 15_000; !isSo(); await sleep(5))
      if (Date.now() > end) throw new Error(`it was not so: ${isSo}, ${JSON.stringify(statuses.at(-1))}`);
  };
  const states = () => statuses.map(({ state }) => state);
  return { ids, statuses, states, following, until, live: () => until(() => states().includes('LIVE')) };
}

describe('against the server', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await Cluster.start(1, { bookmarkEveryMs: 500 });
  });
  afterAll(() => cluster[Symbol.asyncDispose]());
  const who = 'BK-A/SUPERVISOR';
  const node = () => cluster.node(0);

  test.each(['SOCKET', 'EVENTS', 'CLIENT'] as const)(
    '%s: cut at random, it tells every alert once, in order',
    async (way) => {
      const proxy = await CutProxy.start(Number(new URL(node().url).port));
      const token = () => cluster.token(who);
      const keeper = keepToken(token);
      const client = createClient({
        url: proxy.url('ws'),
        webSocketImpl: WebSocket,
        connectionParams: keeper.connectionParams,
        retryAttempts: 1_000,
        retryWait: () => sleep(20),
      });
      const watched = watch(
        way === 'CLIENT'
          ? { client }
          : { url: proxy.url(way === 'SOCKET' ? 'ws' : 'http'), webSocketImpl: WebSocket, token },
      );
      await watched.live();
      const raised: string[] = [];
      for (let n = 0; n < 60; n++) {
        raised.push(...(await cluster.raise(drafts(1 + (n % 7)))));
        if (n % 6 === 5) proxy.cut();
        await sleep(15);
      }
      await watched.until(() => watched.ids.length >= raised.length);
      await watched.following.stop();
      await client.dispose();
      expect(watched.ids).toEqual(raised);
      expect(proxy.cuts).toBeGreaterThanOrEqual(8);
      await proxy.close();
    },
  );

  test('a token is renewed while the socket stays', async () => {
    let tokens = 0;
    const watched = watch({
      url: node().wsUrl,
      webSocketImpl: WebSocket,
      token: () => {
        tokens += 1;
        return cluster.token(who, 2);
      },
    });
    await watched.live();
    await sleep(4_500);
    const raised = await cluster.raise(drafts(1));
    await watched.until(() => watched.ids.length === 1);
    await watched.following.stop();
    expect(watched.ids).toEqual(raised);
    expect(tokens).toBeGreaterThanOrEqual(3);
    expect(watched.states()).toEqual(['CONNECTING', 'LIVE', 'STOPPED']);
  });

  test('over Server-Sent Events the stream ends with the token and goes on with the next one', async () => {
    const watched = watch({ url: node().url, token: () => cluster.token(who, 2) });
    await watched.live();
    await watched.until(() => watched.states().filter((state) => state === 'LIVE').length >= 2);
    const raised = await cluster.raise(drafts(1));
    await watched.until(() => watched.ids.length === 1);
    await watched.following.stop();
    expect(watched.ids).toEqual(raised);
    expect(watched.statuses.find(({ state }) => state === 'WAITING')).toMatchObject({ reason: 'REFUSED' });
  });

  test.each(['ws', 'http'] as const)('%s: what another try cannot mend ends it, with the errors', async (scheme) => {
    const url = scheme === 'ws' ? node().wsUrl : node().url;
    const wrong = watch({
      url,
      webSocketImpl: WebSocket,
      token: () => cluster.token(who),
      document: 'subscription { slaAlerts { nothing } }',
    });
    await wrong.until(() => wrong.states().includes('FAILED'));
    const poor = watch({
      url,
      webSocketImpl: WebSocket,
      token: () => cluster.token(who),
      variables: { digest: 'P1M' },
    });
    await poor.until(() => poor.states().includes('FAILED'));
    expect(poor.statuses.at(-1)).toMatchObject({ error: [{ extensions: { code: 'INVALID_INPUT' } }] });
    const lacking = watch({
      url,
      webSocketImpl: WebSocket,
      token: () => cluster.token(who),
      document: document.replaceAll('prevCursor', ''),
    });
    await lacking.until(() => lacking.states().includes('FAILED'));
    expect(String((lacking.statuses.at(-1) as { error?: unknown }).error)).toContain('prevCursor');
  });

  test.each(['ws', 'http'] as const)('%s: digests come in the place of alerts', async (scheme) => {
    const url = scheme === 'ws' ? node().wsUrl : node().url;
    const digests: AlertStreamEvent[] = [];
    const watched = watch({
      url,
      webSocketImpl: WebSocket,
      token: () => cluster.token('BK-HQ/SUPERVISOR'),
      variables: { digest: 'PT1S' },
      onEvent: (event) => void (event.__typename === 'AlertDigest' && digests.push(event)),
    });
    await watched.live();
    const a = await cluster.raise(drafts(5));
    const b = await cluster.raise([{ branch: 'BK-B' }, { branch: 'BK-B' }, { kind: 'TASK_OVERDUE' }]);
    await watched.until(() => digests.length === 3);
    expect(
      digests.map((event) => event.__typename === 'AlertDigest' && [event.count, event.alertIds.map(uuid)]),
    ).toEqual([
      [5, a],
      [2, b.slice(0, 2)],
      [1, b.slice(2)],
    ]);
    // Until the last of a window the cursor stays where it was.
    expect(digests.map(({ cursor }) => cursor === digests[2]?.cursor)).toEqual([false, false, true]);
    await watched.following.stop();
  });
});

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
