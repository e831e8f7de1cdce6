import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { auditServer } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL_ORIGINS } from '../../server/transport/http/cors.ts';
import { operation, startTestApp, type TestApp } from '../support/app.ts';

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  token = app.as('BB-A/CUSTOMER_MANAGER').token;
});
afterAll(() => app[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };
const send = (init: RequestInit & { path?: string }) =>
  fetch(new URL(init.path ?? '/graphql', app.url), {
    method: 'POST',
    ...init,
    headers: { authorization: `Bearer ${token}`, ...init.headers },
  });

test("graphql-http's audits all pass", async () => {
  const fetchFn = (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(init.headers as object), authorization: `Bearer ${token}` } });
  const results = await auditServer({ url: app.url, fetchFn });
  expect(results.length).toBeGreaterThan(55);
  expect(
    results.filter(({ status }) => status !== 'ok').map(({ id, name, status }) => `${id} ${name}: ${status}`),
  ).toEqual([]);
});

describe('without an identity nothing is read', () => {
  test.each([
    { it: 'no token', authorization: '' },
    { it: 'a token that is none', authorization: 'Bearer abc' },
    { it: 'another scheme', authorization: 'Basic YTpi' },
  ])('$it', async ({ authorization }) => {
    const response = await send({
      headers: { ...json, authorization },
      body: JSON.stringify({ query: '{ viewer { id } policies { id } }' }),
    });
    const answer = (await response.json()) as { data: unknown; errors: { extensions: { code: string } }[] };
    expect(answer.data).toBeNull();
    expect(answer.errors.map(({ extensions }) => extensions.code)).toContain('UNAUTHENTICATED');
  });
});

describe('a request is refused with a code', () => {
  test.each([
    {
      it: 'a form',
      init: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query=mutation{__typename}' },
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      it: 'plain text',
      init: { headers: { 'content-type': 'text/plain' }, body: '{"query":"{__typename}"}' },
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      it: 'a body that is too large',
      init: { headers: json, body: JSON.stringify({ query: '{__typename}', x: 'y'.repeat(300_000) }) },
      status: 413,
      code: 'BODY_TOO_LARGE',
    },
    {
      it: "another site's page",
      init: { headers: { ...json, origin: 'https://elsewhere.example' }, body: '{"query":"{__typename}"}' },
      status: 403,
      code: 'FORBIDDEN',
    },
    { it: 'another path', init: { path: '/elsewhere', headers: json, body: '{}' }, status: 404, code: 'NOT_FOUND' },
  ])('$it', async ({ init, status, code }) => {
    const response = await send(init);
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
  });
});

describe('pages of other origins', () => {
  let listed: TestApp;
  const ours = 'https://care.example';
  beforeAll(async () => {
    const settings = { origins: [ours, LOCAL_ORIGINS] };
    listed = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'MEMORY', settings });
  });
  afterAll(() => listed[Symbol.asyncDispose]());
  const from = (origin: string, init: RequestInit = {}) =>
    fetch(listed.url, { ...init, headers: { ...init.headers, origin } });
  const words = (response: Response, header: string) => response.headers.get(header)?.toLowerCase().split(/,\s*/) ?? [];

  test.each([ours, 'http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:8080', 'https://localhost'])(
    '%s may send what clients send, and read what they need',
    async (origin) => {
      const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
      const preflight = await from(origin, { method: 'OPTIONS', headers: asked });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
      expect(words(preflight, 'access-control-allow-headers')).toEqual(
        expect.arrayContaining(['authorization', 'content-type', 'accept-language', 'x-request-id', 'if-none-match']),
      );
      expect(Number(preflight.headers.get('access-control-max-age'))).toBeGreaterThanOrEqual(600);
      const answer = await from(origin, { method: 'POST', headers: json, body: '{"query":"{__typename}"}' });
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(words(answer, 'access-control-expose-headers')).toEqual(
        expect.arrayContaining(['date', 'retry-after', 'x-request-id']),
      );
      expect(words(answer, 'vary')).toContain('origin');
      expect(Date.parse(answer.headers.get('date') ?? '')).toBeGreaterThan(0);
    },
  );

  test.each([
    'https://localhost.evil.example',
    'http://localhost:5173.evil.example',
    'https://care.example.evil',
    'null',
  ])('%s may not', async (origin) => {
    const answer = await from(origin, { method: 'POST', headers: json, body: '{"query":"{__typename}"}' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('an answer names its request: as its client did, or by a name of its own', async () => {
  const named = (id: string) => send({ headers: { ...json, 'x-request-id': id }, body: '{"query":"{__typename}"}' });
  expect((await named('screen-7')).headers.get('x-request-id')).toBe('screen-7');
  const [one, two] = [await named('a b'), await named('x'.repeat(65))].map(({ headers }) =>
    headers.get('x-request-id'),
  );
  expect(one).toMatch(/^[0-9a-f-]{36}$/);
  expect(two).toMatch(/^[0-9a-f-]{36}$/);
  expect(one).not.toBe(two);
});

test.each([
  { it: 'that says its length', headers: { ...json, 'content-length': '10000000' }, status: 413 },
  { it: 'in chunks', headers: { ...json, 'transfer-encoding': 'chunked' }, status: 413 },
  { it: 'that is no JSON', headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' }, status: 415 },
  { it: "of another site's page", headers: { ...json, origin: 'https://elsewhere.example' }, status: 403 },
  { it: 'to another path', path: '/elsewhere', headers: { ...json, 'transfer-encoding': 'chunked' }, status: 404 },
])('a body of ten megabytes $it hears why before its connection ends', async ({ path, headers, status }) => {
  const asked = request(new URL(path ?? '/graphql', app.url), { method: 'POST', headers });
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
  // Sent like by a client on a slow line, which hears nothing before it has sent a good part.
  for (let sent = 0; sent < 10_000_000; sent += 500_000) {
    asked.write(Buffer.alloc(500_000, 0x20));
    await new Promise((next) => setTimeout(next, 10));
  }
  asked.end();
  const [response] = await answered;
  expect(response.statusCode).toBe(status);
  expect(JSON.parse(await text(response))).toMatchObject({ errors: [{ extensions: { code: expect.any(String) } }] });
});

test('what a refused request goes on sending is not read for ever', async () => {
  const asked = request(app.url, { method: 'POST', headers: { ...json, 'transfer-encoding': 'chunked' } });
  const ended = new Promise<number>((resolve) =>
    asked.on('error', () => {}).once('close', () => resolve(performance.now())),
  );
  const answer = once(asked, 'response') as Promise<[IncomingMessage]>;
  asked.write(Buffer.alloc(300_000, 0x20));
  const [response] = await answer;
  expect(response.statusCode).toBe(413);
  response.resume();
  const answered = performance.now();
  const pouring = setInterval(() => asked.write(Buffer.alloc(1_000, 0x20)), 50);
  const lasted = (await ended) - answered;
  clearInterval(pouring);
  expect(lasted).toBeGreaterThan(1_000);
  expect(lasted).toBeLessThan(20_000);
});

test('a mutation is not sent by GET', async () => {
  const response = await fetch(`${app.url}?query=${encodeURIComponent('mutation { __typename }')}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(405);
});

test('health and readiness answer', async () => {
  expect((await fetch(new URL('/health', app.url))).status).toBe(200);
  expect((await fetch(new URL('/ready', app.url))).status).toBe(200);
});

test('a page of 0, of -1 and of 101 rows is INVALID_INPUT', async () => {
  for (const first of [0, -1, 101]) {
    const answer = await app.as('BB-A/CUSTOMER_MANAGER').ask('CustomerList', { first });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT' });
  }
});

test('alerts arrive over Server-Sent Events too, on the same endpoint', async () => {
  const abort = new AbortController();
  const response = await send({
    headers: { ...json, accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { slaAlerts { __typename ... on Bookmark { caughtUp } } }' }),
    signal: abort.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!text.includes('caughtUp')) text += Buffer.from((await reader.read()).value ?? []).toString();
  expect(text).toContain('"caughtUp":true');
  abort.abort();
});

test('what goes wrong inside is masked', async () => {
  const person = app.as('BB-A/CUSTOMER_MANAGER');
  const answer = await person.ask('CustomerList', { after: 'no cursor' });
  expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT' } });
  expect(JSON.stringify(answer)).not.toMatch(/prisma|select |stack/i);
});

test('a variable of the wrong kind is INVALID_INPUT', async () => {
  const answer = await app.as('BB-A/CUSTOMER_MANAGER').ask<object>(operation('CustomerList'), { first: 'many' });
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT' });
  expect(answer.data ?? null).toBeNull();
});

test('GraphiQL is one page that loads nothing from outside, with a tour of the contract as tabs', async () => {
  const response = await fetch(app.url, { headers: { accept: 'text/html' } });
  expect(response.status).toBe(200);
  const page = await response.text();
  expect(page).toContain('query Viewer');
  expect(page).toContain('query TicketList');
  expect(page).toContain('subscription SlaAlerts');
  expect(page.match(/<(?:script|link|img)[^>]+(?:src|href)="https?:[^"]+"/g) ?? []).toEqual([]);
});
