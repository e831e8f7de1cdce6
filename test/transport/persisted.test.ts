import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listedOperations, readOperations } from '../../server/transport/graphql/persisted.ts';
import { operation, startTestApp, type TestApp } from '../support/app.ts';
import type { Answer } from '../support/ask.ts';
import { code, overSocket } from './over-socket.ts';

const viewer = operation('Viewer');
let listed: TestApp;
beforeAll(async () => {
  listed = await startTestApp({
    now: '2026-03-02T08:00:00+08:00',
    settings: {
      operations: listedOperations({
        v1: viewer,
        s1: 'subscription { slaAlerts { __typename } }',
        m1: operation('AdvanceClock'),
      }),
    },
  });
});
afterAll(() => listed[Symbol.asyncDispose]());

const send = async (body: unknown) => {
  const response = await fetch(listed.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${listed.as('BK-A/SUPERVISOR').token}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as object) } as Answer;
};

test.each([
  { it: 'documentId', body: { documentId: 'v1' } },
  { it: "Apollo's hash", body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'v1' } } } },
  { it: 'the text', body: { query: viewer } },
])('a listed operation is taken by $it', async ({ body }) => {
  expect((await send(body)).data.viewer).toMatchObject({ roles: ['SUPERVISOR'] });
});

test.each([
  { it: 'another document', body: { query: '{ viewer { id } }' } },
  { it: 'an id that is none', body: { documentId: 'v2' } },
  { it: 'an id of the prototype', body: { documentId: 'constructor' } },
  { it: 'an id beside another document', body: { documentId: 'v2', query: viewer } },
])('$it is refused', async ({ body }) => {
  expect(await send(body)).toMatchObject({ status: 400, errors: [{ extensions: { code: 'NOT_LISTED' } }] });
});

test('the same holds of listed operations on a socket', async () => {
  expect(code(await overSocket(listed, { query: '{ viewer { id } }' }))).toBe('NOT_LISTED');
  const listedId = { query: '', extensions: { persistedQuery: { sha256Hash: 'v1' } } };
  expect((await overSocket(listed, listedId)).data.viewer).toMatchObject({ roles: ['CUSTOMER_MANAGER'] });
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const byDigest = (text: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: sha256(text) } } });

test('a listed operation is taken by the digest of its text, whatever the list calls it', async () => {
  expect((await send(byDigest(viewer))).data.viewer).toMatchObject({ roles: ['SUPERVISOR'] });
  expect(await send(byDigest('{ viewer { id } }'))).toMatchObject({ errors: [{ extensions: { code: 'NOT_LISTED' } }] });
});

const get = async (of: TestApp, params: Record<string, string>) => {
  const response = await fetch(`${of.url}?${new URLSearchParams(params)}`, {
    headers: { authorization: `Bearer ${of.as('BK-A/SUPERVISOR').token}` },
  });
  return { status: response.status, ...((await response.json()) as object) } as Answer;
};

test.each([
  { it: 'documentId', params: ['documentId', 'v1'] },
  { it: "Apollo's hash", params: ['extensions', JSON.stringify(byDigest(viewer).extensions)] },
] as const)('over GET, too, by $it', async ({ params: [name, value] }) => {
  expect((await get(listed, { [name]: value })).data.viewer).toMatchObject({ roles: ['SUPERVISOR'] });
});

test('a GET that names a mutation is refused', async () => {
  const { status } = await get(listed, { documentId: 'm1', variables: '{"to":"2026-03-03T00:00:00Z"}' });
  expect(status).toBe(405);
});

test.each([
  { it: 'documentId', payload: { documentId: 'v1' } },
  { it: "Apollo's hash", payload: byDigest(viewer) },
])('on a socket a document that is named by $it needs no query', async ({ payload }) => {
  expect((await overSocket(listed, payload)).data.viewer).toMatchObject({ roles: ['CUSTOMER_MANAGER'] });
});

describe('without a list', () => {
  let free: TestApp;
  beforeAll(async () => {
    free = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'MEMORY' });
  });
  afterAll(() => free[Symbol.asyncDispose]());

  const named = [byDigest(viewer), { documentId: 'v1' }];

  test('whoever names a document hears that the text is needed, in the words that clients know', async () => {
    const unsupported = {
      errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    };
    const post = async (body: object) => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${free.as('BK-A/SUPERVISOR').token}`,
      };
      const response = await fetch(free.url, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: response.status, ...((await response.json()) as object) };
    };
    for (const body of named) {
      expect(await post(body)).toMatchObject({ status: 200, ...unsupported });
      expect(await overSocket(free, body)).toMatchObject(unsupported);
    }
    expect(await get(free, { documentId: 'v1' })).toMatchObject({ status: 200, ...unsupported });
    expect(await post({ ...byDigest(viewer), query: viewer })).toMatchObject({
      data: { viewer: { roles: ['SUPERVISOR'] } },
    });
  });
});

describe('lists as client tools write them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-lists-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (written: unknown) => {
    const path = join(folder, 'operations.json');
    writeFileSync(path, JSON.stringify(written));
    return path;
  };

  test.each([
    { tool: 'Relay and GraphQL Code Generator', written: { abc: '{ a }' } },
    {
      tool: 'Apollo',
      written: {
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: 'abc', name: 'A', type: 'query', body: '{ a }' }],
      },
    },
  ])('$tool', ({ written }) => {
    const operations = readOperations(file(written));
    expect(operations.resolve({ documentId: 'abc' })).toBe('{ a }');
    expect(() => operations.resolve({ query: '{ b }' })).toThrow('listed operations');
  });

  test.each([
    { written: [] },
    { written: { abc: 1 } },
    { written: { format: 'another', operations: [] } },
    { written: null },
  ])('no list: $written', ({ written }) => {
    expect(() => readOperations(file(written))).toThrow('no JSON object of documents by id');
  });
});
