import { parse } from 'graphql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { textOf } from '../../client/document.ts';
import { type FollowStatus, followAlerts } from '../../client/index.ts';
import { operation, startTestApp } from '../support/app.ts';

const DOCUMENT = 'subscription ($after: String) { slaAlerts(after: $after) { __typename } }';

/** Follows where nobody listens, and would wait for an hour between two tries. */
function followNobody(url: string) {
  const states: FollowStatus['state'][] = [];
  const following = followAlerts({
    url,
    webSocketImpl: WebSocket,
    token: () => 't',
    document: DOCUMENT,
    retryMs: () => 3_600_000,
    onEvent: () => undefined,
    onStatus: ({ state }) => states.push(state),
  });
  return { states, following, waits: () => states.filter((state) => state === 'WAITING').length };
}

describe.each(['ws://127.0.0.1:9/graphql', 'http://127.0.0.1:9/graphql'])('where nobody listens at %s', (url) => {
  afterEach(() => vi.unstubAllGlobals());

  test('a try comes at once when it is asked for', async () => {
    const { following, waits } = followNobody(url);
    await expect.poll(waits).toBe(1);
    following.retryNow();
    await expect.poll(waits).toBe(2);
    await following.stop();
  });

  test('a browser tries when it is online, or looked at again, and not when it is hidden', async () => {
    const [page, window] = [new EventTarget(), new EventTarget()];
    const document = Object.assign(page, { visibilityState: 'visible' });
    vi.stubGlobal('document', document);
    vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
    vi.stubGlobal('removeEventListener', window.removeEventListener.bind(window));
    const { following, waits } = followNobody(url);
    await expect.poll(waits).toBe(1);
    window.dispatchEvent(new Event('online'));
    await expect.poll(waits).toBe(2);
    document.dispatchEvent(new Event('visibilitychange'));
    await expect.poll(waits).toBe(3);
    document.visibilityState = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(waits()).toBe(3);
    await following.stop();
  });
});

describe('a document', () => {
  test.each([
    { it: 'a text', document: DOCUMENT },
    { it: 'a DocumentNode', document: parse(DOCUMENT) },
    { it: 'a DocumentNode without its source', document: parse(DOCUMENT, { noLocation: true }) },
    { it: 'an object that is printed as its text', document: Object.assign(Object(DOCUMENT) as object, { hash: 'x' }) },
  ])('is taken as $it', async ({ document }) => {
    expect((await textOf(document)).replaceAll(/\s+/g, ' ')).toBe(DOCUMENT);
  });

  test('is needed, or its name', () => {
    expect(() => followAlerts({ url: 'ws://x', token: () => 't', onEvent: () => undefined })).toThrow(TypeError);
  });

  test('is followed by its name, where the server lists it, over both transports', async () => {
    const text = operation('SlaAlerts');
    await using app = await startTestApp({
      now: '2026-03-02T08:00:00+08:00',
      database: 'MEMORY',
      settings: {
        operations: { resolve: ({ documentId, query }) => (documentId === 'alerts' ? text : (query ?? '')) },
      },
    });
    const { token } = app.as('BB-A/SUPERVISOR');
    for (const url of [app.url, app.wsUrl]) {
      const live = new Promise<void>((resolve, reject) => {
        const following = followAlerts({
          url,
          webSocketImpl: WebSocket,
          token: () => token,
          documentId: 'alerts',
          onEvent: () => undefined,
          onStatus: (status) => {
            if (status.state === 'LIVE') void following.stop().then(resolve);
            if (status.state === 'FAILED') reject(status.error as Error);
          },
        });
      });
      await live;
    }
  });
});
