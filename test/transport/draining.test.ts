import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';

test('a server that is about to stop says so, and serves on until its balancer has heard', async () => {
  const app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', settings: { drainMs: 1_000 } });
  const { url } = app;
  const { token } = app.as('BB-A/CUSTOMER_MANAGER');
  const ask = () =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
  const ready = () => fetch(new URL('/ready', url));
  expect((await ready()).status).toBe(200);
  expect((await ask()).headers.get('connection')).toBe('keep-alive');
  const began = performance.now();
  const closing = app[Symbol.asyncDispose]();
  await sleep(100);
  const told = await ready();
  expect([told.status, await told.json()]).toMatchObject([503, { errors: [{ extensions: { code: 'STOPPING' } }] }]);
  const answer = await ask();
  expect(answer.headers.get('connection')).toBe('close');
  expect(await answer.json()).toMatchObject({ data: { viewer: { id: expect.any(String) } } });
  await closing;
  expect(performance.now() - began).toBeGreaterThan(1_000);
  await expect(ask()).rejects.toThrow('fetch failed');
});
