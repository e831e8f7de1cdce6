import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type AlertStreamEvent, keepToken } from '../../client/index.ts';
import { document, uuid, watch } from './client-watch.ts';
import { Cluster } from './cluster.ts';
import { CutProxy } from './cut-proxy.ts';
import { drafts } from './support.ts';

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
