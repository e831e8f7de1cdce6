import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { readEnv } from '../../server/app/env.ts';
import { costOf } from '../../server/transport/admission/cost.ts';
import { LIMITS, parseLimits } from '../../server/transport/admission/limits.ts';
import { contractTabs } from '../../server/transport/graphql/graphiql.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { Answer } from '../support/ask.ts';
import { code, overSocket } from './over-socket.ts';

const NOW = '2026-03-02T08:00:00+08:00';

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  // What is timed below is not the first request of all.
  await manager.ask('{ viewer { id } }');
});
afterAll(() => app[Symbol.asyncDispose]());

describe('a document that asks for too much is TOO_COSTLY, over HTTP and on a socket', () => {
  const bomb = (levels: number) =>
    `{ ...f0 } ${Array.from({ length: levels }, (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`).join(' ')} fragment f${levels} on Query { viewer { id } }`;
  test.each([
    { it: 'depth', query: `{ viewer { branch ${'{ parent '.repeat(14)} { id } ${'}'.repeat(14)} } }` },
    { it: 'aliases', query: `{ ${Array.from({ length: 60 }, (_, n) => `a${n}: viewer { id }`).join(' ')} }` },
    { it: 'directives', query: `{ viewer { id ${'@include(if: true) '.repeat(60)} } }` },
    { it: 'tokens', query: `{ viewer { ${'id '.repeat(6_000)} } }` },
    { it: 'length', query: `{ viewer { id } } #${' '.repeat(62_000)}${'x'.repeat(4_000)}` },
    {
      it: 'pages of pages',
      query: '{ customers(first: 100) { nodes { tickets(first: 100) { nodes { customer { id } } } } } }',
    },
    {
      it: 'pages of pages without a size',
      query:
        '{ customers { nodes { tickets { nodes { customer { tickets { nodes { customer { branch { id } } } } } } } } } }',
    },
    {
      it: 'lists that name no size',
      query: `{ ${Array.from({ length: 8 }, (_, n) => n)
        .map((n) => `a${n}: meetings(policyId: "core") { ...m duty { meetings { ...m } } }`)
        .join(' ')} } fragment m on Meeting { attendees { branch { code } } }`,
    },
    { it: 'fragments that double', query: bomb(18) },
    {
      it: 'dry runs in a row',
      query: `{ ${Array.from({ length: 6 }, (_, n) => n)
        .map((n) => `a${n}: policyImpact(policyId: "core") { policyId }`)
        .join(' ')} }`,
    },
    {
      it: 'a page whose size is a variable',
      query: 'query ($n: Int) { customers(first: $n) { nodes { tickets(first: $n) { nodes { owner { id } } } } } }',
      variables: { n: 100 },
    },
  ])('$it', async ({ query, variables }) => {
    const started = performance.now();
    const overHttp = await manager.ask(query, variables);
    const took = performance.now() - started;
    expect(code(overHttp)).toBe('TOO_COSTLY');
    expect(overHttp.data ?? null).toBeNull();
    expect(took).toBeLessThan(500);
    // A socket's message is shorter than this document.
    if (query.length < 60_000) expect(code(await overSocket(app, { query, variables }))).toBe('TOO_COSTLY');
  });
});

test('fragments in a circle are an error, not a hang', async () => {
  const query = '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a viewer { id } }';
  expect(code(await manager.ask(query))).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('what the contract sends with the largest pages is within the cost', async () => {
  for (const name of ['CustomerList', 'TicketList', 'MyTasks', 'Approvals', 'AlertHistory', 'AuditTrail'])
    expect(
      (await manager.ask(name, { first: 100 })).errors?.map(({ extensions }) => extensions?.code) ?? [],
    ).not.toContain('TOO_COSTLY');
});

test.each([
  { it: 'that is not UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), status: 400, code: 'INVALID_INPUT' },
  { it: 'that is no JSON', body: '{', status: 400, code: 'BAD_REQUEST' },
  {
    it: 'of several operations',
    body: '[{"query":"{__typename}"},{"query":"{__typename}"}]',
    status: 400,
    code: 'BAD_REQUEST',
  },
  { it: 'of nothing', body: '', status: 400, code: 'BAD_REQUEST' },
  { it: 'of a number', body: '1', status: 400, code: 'BAD_REQUEST' },
  {
    it: 'nested a thousand deep',
    body: `{"query":"{__typename}","variables":${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}}`,
    status: 400,
    code: 'TOO_COSTLY',
  },
  {
    it: 'in another alphabet',
    body: '{"query":"{__typename}"}',
    type: 'application/json; charset=utf-16',
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
])('a body $it is answered with $status', async ({ body, type = 'application/json', status, code: expected }) => {
  const response = await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': type, authorization: `Bearer ${manager.token}` },
    body,
  });
  const text = await response.text();
  expect(response.status, text).toBe(status);
  const answer = JSON.parse(text) as Answer;
  expect(code(answer)).toBe(expected);
});

test('the answers bring the headers that browsers hold to', async () => {
  const { headers } = await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{__typename}"}',
  });
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

describe('with limits of its own', () => {
  let strict: TestApp;
  beforeAll(async () => {
    strict = await startTestApp({
      now: NOW,
      // Its one connection can be held, so that nobody gets on.
      database: 'MEMORY',
      settings: {
        isOpen: false,
        limits: {
          operationMs: 3_000,
          runningPerPerson: 2,
          waitingPerPerson: 20,
          ratePerSecond: 2,
          rateBurst: 60,
          headersTimeoutMs: 500,
          requestTimeoutMs: 1_000,
          lateCheckMs: 200,
          initTimeoutMs: 400,
          messageBurst: 50,
          messagesPerSecond: 10,
          subscriptionsPerSocket: 5,
          differentSubscriptionsPerPerson: 3,
          subscriptionsPerPerson: 6,
        },
      },
    });
  });
  afterAll(() => strict[Symbol.asyncDispose]());

  test('an operation that takes too long is answered with TIMEOUT, and the next is answered', async () => {
    const person = strict.as('TL-A/SUPERVISOR');
    const { pool } = strict.app.services.database;
    const held = await pool.connect();
    const asked = person.ask('{ customers { totalCount } }');
    const answer = await Promise.race([asked, wait(8_000)]);
    held.release();
    expect(answer && code(answer)).toBe('TIMEOUT');
    expect((await person.ask('{ viewer { id } }')).errors).toBeUndefined();
  });

  test('one person has so many operations a second and not more; another goes on', async () => {
    const person = strict.as('TL-A/CUSTOMER_MANAGER');
    const codes: unknown[] = [];
    for (let sent = 0; sent < 100; sent++) codes.push(code(await person.ask('{ __typename }')));
    const refused = codes.filter((one) => one === 'RATE_LIMITED').length;
    expect(codes.slice(0, 60)).toEqual(Array.from({ length: 60 }));
    expect(refused).toBeGreaterThan(10);
    expect((await person.ask('{ __typename }')).status).toBe(429);
    expect((await strict.as('TL-A/DIRECTOR').ask('{ __typename }')).status).toBe(200);
  });

  test('what waits beyond the limit is refused with 429 and the rest is answered', async () => {
    const person = strict.as('TL-A/COMMAND_CENTER');
    // Nobody gets on while the one connection is held.
    const held = await strict.app.services.database.pool.connect();
    const asked = Promise.all(Array.from({ length: 50 }, () => person.ask('{ customers { totalCount } }')));
    await wait(300);
    held.release();
    const answers = await asked;
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(22);
    expect(new Set(refused.map(code))).toEqual(new Set(['OVERLOADED']));
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });

  test('in production nothing is suggested and nothing is told of the schema', async () => {
    const person = strict.as('BK-A/SUPERVISOR');
    const misspelt = await person.ask('{ viewer { nam } custommers { id } }');
    expect(JSON.stringify(misspelt)).not.toMatch(/did you mean|"name"|customers\b/i);
    expect(code(misspelt)).toBe('GRAPHQL_VALIDATION_FAILED');
    const value = await person.ask('mutation { decideApproval(input: { id: "x", decision: APROVE }) { __typename } }');
    expect(JSON.stringify(value)).not.toMatch(/did you mean/i);
    for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Customer") { fields { name } } }']) {
      expect((await person.ask(query)).data ?? null).toBeNull();
      expect((await overSocket(strict, { query })).data ?? null).toBeNull();
    }
    const page = await fetch(strict.url, { headers: { accept: 'text/html' } });
    expect(await page.text()).not.toContain('graphiql');
  });

  test('a socket has so many subscriptions, a person so many different ones', async () => {
    const person = strict.as('BK-A/CUSTOMER_MANAGER');
    const open = async (count: number, document: (n: number) => string) => {
      const socket = new WebSocket(strict.wsUrl, 'graphql-transport-ws');
      const answers: { id?: string; type: string; payload?: { extensions?: { code?: string } }[] }[] = [];
      socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${person.token}` } }));
      while (answers.length === 0) await wait(5);
      for (let n = 0; n < count; n++)
        socket.send(JSON.stringify({ id: `s${n}`, type: 'subscribe', payload: { query: document(n) } }));
      // Two are refused; more would come at once with them.
      for (let tries = 0; tries < 500 && answers.filter(({ type }) => type === 'error').length < 2; tries++)
        await wait(20);
      await wait(200);
      const refused = answers.filter(({ type }) => type === 'error');
      return { socket, refused: refused.map(({ payload }) => payload?.[0]?.extensions?.code) };
    };
    const equal = () => 'subscription { slaAlerts { __typename } }';
    const first = await open(7, equal);
    expect(first.refused).toEqual(['TOO_MANY_SUBSCRIPTIONS', 'TOO_MANY_SUBSCRIPTIONS']);
    const second = await open(3, equal);
    expect(second.refused).toEqual(['TOO_MANY_SUBSCRIPTIONS', 'TOO_MANY_SUBSCRIPTIONS']);
    first.socket.terminate();
    second.socket.terminate();
    await wait(1_000);
    const third = await open(5, (n) => `subscription { slaAlerts(filter: { minTierRank: ${n} }) { __typename } }`);
    expect(third.refused).toEqual(['TOO_MANY_SUBSCRIPTIONS', 'TOO_MANY_SUBSCRIPTIONS']);
    third.socket.terminate();
  });

  test('a socket that says nothing, or too much, is closed', async () => {
    const silent = new WebSocket(strict.wsUrl, 'graphql-transport-ws');
    const [closed] = (await once(silent, 'close')) as [number];
    expect(closed).toBe(4408);
    const loud = new WebSocket(strict.wsUrl, 'graphql-transport-ws');
    await once(loud, 'open');
    const ended = once(loud, 'close');
    loud.send(
      JSON.stringify({
        type: 'connection_init',
        payload: { Authorization: `Bearer ${strict.as('BK-A/DIRECTOR').token}` },
      }),
    );
    for (let sent = 0; sent < 200; sent++) loud.send('{"type":"ping"}');
    await ended;
  });

  test.each([
    { it: 'its headers', sent: 'POST /graphql HTTP/1.1\r\nHost: x\r\nX-A: ' },
    {
      it: 'its body',
      sent: 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    },
    { it: 'anything', sent: '' },
  ])('a connection that never sends the rest of $it is ended', async ({ sent }) => {
    const { port } = new URL(strict.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    const started = performance.now();
    const ended = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.resume();
    if (sent) socket.write(sent);
    await ended;
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

test('an operator sets limits by name', () => {
  expect(readEnv({ TIERLINE_LIMITS: 'depth=6, ratePerSecond=50' }).TIERLINE_LIMITS).toEqual({
    depth: 6,
    ratePerSecond: 50,
  });
  for (const text of ['dept=6', 'depth=0', 'depth=-1', 'depth', 'depth=1e9', 'constructor=1'])
    expect(() => parseLimits(text), text).toThrow(RangeError);
  expect(() => readEnv({ TIERLINE_LIMITS: 'dept=6' })).toThrow('TIERLINE_LIMITS: dept is no limit');
});

test('a client that goes away in the middle of its body harms nobody', async () => {
  for (let index = 0; index < 20; index++) {
    const request = httpRequest(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 1_000 },
    });
    request.on('error', () => undefined);
    request.write('{');
    await wait(2);
    request.destroy();
  }
  expect((await manager.ask('{ viewer { id } }')).status).toBe(200);
});

test('every operation of the contract is within a third of the cost that is allowed', () => {
  const file = new URL('../../schema/operations.graphql', import.meta.url);
  const costs = contractTabs(file).map(({ name, query }) => [
    name,
    costOf(app.app.schema, parse(query), null, { first: 50, sampleSize: 50 }),
  ]);
  expect(costs.filter(([, cost]) => Number(cost) > LIMITS.cost / 3)).toEqual([]);
});

test('the hand on the clock takes as long as it takes', async () => {
  await using slow = await startTestApp({ now: NOW, settings: { limits: { operationMs: 500 } } });
  const person = slow.as('BK-A/SUPERVISOR');
  await person.ask('{ viewer { id } }');
  const { services } = slow.app;
  const advance = services.advance?.bind(services);
  Object.assign(services, {
    advance: async (to: Date) => {
      await wait(900);
      return advance?.(to);
    },
  });
  const answer = await person.ask('AdvanceClock', { to: '2026-03-03T00:00:00Z' });
  expect(answer.errors).toBeUndefined();
  expect(answer.data.advanceClock.now).toBe('2026-03-03T00:00:00.000Z');
});
