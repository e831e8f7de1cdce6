import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { startTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  token = app.as('BB-A/SUPERVISOR').token;
});
afterAll(() => app[Symbol.asyncDispose]());

/** Opens a socket, sends what is given and answers with the code that it is closed with. */
async function closedWith(messages: readonly unknown[], headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(app.wsUrl, 'graphql-transport-ws', { headers });
  const closed = once(socket, 'close');
  await once(socket, 'open');
  for (const message of messages) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  const [code] = (await closed) as [number];
  return code;
}

const init = (bearer = token) => ({ type: 'connection_init', payload: { Authorization: `Bearer ${bearer}` } });
const subscribe = (query: string, id = '1') => ({ id, type: 'subscribe', payload: { query } });

test.each([
  { it: 'what is no JSON', messages: () => ['{'], code: 4400 },
  { it: 'a message of no known type', messages: () => [{ type: 'hello' }], code: 4400 },
  { it: 'two inits', messages: () => [init(), init()], code: 4429 },
  { it: 'an operation before the init', messages: () => [subscribe('{ __typename }')], code: 4401 },
  { it: 'no init', messages: () => [], code: 4408 },
  { it: 'a token that is none', messages: () => [init('abc')], code: 4403 },
])('$it is closed with $code', async ({ messages, code }) => {
  expect(await closedWith(messages())).toBe(code);
});

test('a message that is too large ends the socket', async () => {
  expect(await closedWith([init(), 'x'.repeat(100_000)])).toBe(1009);
});

test("another site's page cannot connect", async () => {
  const socket = new WebSocket(app.wsUrl, 'graphql-transport-ws', { headers: { origin: 'https://elsewhere.example' } });
  const [error] = (await once(socket, 'error')) as [Error];
  expect(error.message).toContain('403');
});

/** The first answer to an operation on a fresh socket. */
async function firstAnswer(query: string): Promise<{ type: string; payload: unknown }> {
  const socket = new WebSocket(app.wsUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify(init()));
  await once(socket, 'message');
  socket.send(JSON.stringify(subscribe(query)));
  const [data] = (await once(socket, 'message')) as [Buffer];
  socket.terminate();
  return JSON.parse(data.toString());
}

const deep = `{ viewer { branch ${'{ parent '.repeat(14)} { id } ${'}'.repeat(14)} } }`;

test.each([
  { it: 'nesting', query: deep },
  { it: 'aliases', query: `{ ${Array.from({ length: 60 }, (_, n) => `a${n}: viewer { id }`).join(' ')} }` },
  { it: 'tokens', query: `{ viewer { ${'id '.repeat(6_000)} } }` },
])('$it beyond the limit is refused alike on the socket and over HTTP', async ({ query }) => {
  const overSocket = await firstAnswer(query);
  expect(overSocket.type).toBe('error');
  const overHttp = await app.as('BB-A/SUPERVISOR').ask(query);
  expect(overHttp.errors?.length).toBeGreaterThan(0);
  expect(overHttp.data ?? null).toBeNull();
  expect((overSocket.payload as { message: string }[])[0]?.message).toBe(overHttp.errors?.[0]?.message);
});

test('queries and mutations run on the socket too', async () => {
  expect(
    await firstAnswer('mutation { acknowledgeAlert(id: "none") { __typename ... on NotFound { code } } }'),
  ).toMatchObject({ type: 'next', payload: { data: { acknowledgeAlert: { code: 'NOT_FOUND' } } } });
  expect(await firstAnswer('{ viewer { roles } }')).toMatchObject({
    type: 'next',
    payload: { data: { viewer: { roles: ['SUPERVISOR'] } } },
  });
});
