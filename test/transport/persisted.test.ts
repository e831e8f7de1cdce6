import { afterAll, beforeAll, expect, test } from 'vitest';
import { listedOperations } from '../../server/transport/graphql/persisted.ts';
import { type Answer, operation, startTestApp, type TestApp } from '../support/app.ts';
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
