import { request as httpRequest } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    { it: 'tokens', query: `{ viewer { ${Array.from({ length: 12_500 }, (_, n) => `f${n}`).join(' ')} } }` },
    { it: 'length', query: `{ viewer { id } } #${' '.repeat(96_000)}${'x'.repeat(4_000)}` },
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
