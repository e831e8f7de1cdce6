import { type Context, context, type Span, type SpanOptions, type Tracer, trace } from '@opentelemetry/api';
import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { startTestApp, type TestApp } from '../support/app.ts';

// What an operator sees of a running server: figures, one line a request where they want it, an id that is the same in the answer
// and in the log, spans where a tracer is there.

const TOKEN = 'a-token-of-prometheus';
const lines: Record<string, unknown>[] = [];
const spans: { name: string; attributes: unknown; ended: boolean }[] = [];
let app: TestApp;

beforeAll(async () => {
  const noop = trace.getTracer('none').startSpan('none');
  const startSpan = (name: string, options?: SpanOptions, _context?: Context): Span => {
    const seen = { name, attributes: options?.attributes, ended: false };
    spans.push(seen);
    return Object.assign(Object.create(noop) as Span, {
      end: () => {
        seen.ended = true;
      },
      setStatus: () => noop,
    });
  };
  const tracer = { startSpan, startActiveSpan: () => undefined } as unknown as Tracer;
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  app = await startTestApp({
    now: '2026-03-02T08:00:00+08:00',
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    settings: { metricsToken: TOKEN, logsRequests: true, slowMs: 60_000 },
  });
});
afterAll(async () => {
  trace.disable();
  context.disable();
  await app[Symbol.asyncDispose]();
});

const base = () => app.url.replace('/graphql', '');
const metrics = (token: string) => fetch(`${base()}/metrics`, { headers: { authorization: `Bearer ${token}` } });
const ask = (query: string, id?: string) =>
  fetch(app.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${app.as('BK-A/SUPERVISOR').token}`,
      ...(id !== undefined && { 'x-request-id': id }),
    },
    body: JSON.stringify({ query }),
  });

test('an answer brings the id of its request, and the line of the log has it with the operation’s name', async () => {
  const response = await ask('query WhoAmI { viewer { name } }', 'caller-17');
  expect(response.headers.get('x-request-id')).toBe('caller-17');
  const line = lines.find(({ requestId }) => requestId === 'caller-17');
  expect(line).toMatchObject({
    msg: 'operation',
    operation: 'WhoAmI',
    kind: 'query',
    code: null,
    ms: expect.any(Number),
  });
});

test.each([
  { it: 'none', given: undefined },
  { it: 'one that is too long', given: 'x'.repeat(65) },
  { it: 'one that would forge a line', given: 'a{"level":50}' },
])('a request that brings $it is given an id', async ({ given }) => {
  const id = (await ask('{ viewer { name } }', given)).headers.get('x-request-id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(lines.some(({ requestId }) => requestId === id)).toBe(true);
});

test('an operation of a socket has its line too, with the id that the socket was opened with', async () => {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { headers: { 'x-request-id': 'socket-9' } });
    }
  }
  const client = createClient({
    url: app.wsUrl,
    webSocketImpl: Socket,
    connectionParams: { Authorization: `Bearer ${app.as('BK-A/SUPERVISOR').token}` },
  });
  await new Promise((resolve) => {
    client.subscribe(
      { query: 'query Over { viewer { name } }' },
      { next: resolve, error: resolve, complete: () => undefined },
    );
  });
  await client.dispose();
  expect(lines).toContainEqual(expect.objectContaining({ operation: 'Over', requestId: 'socket-9' }));
});

test('figures are for who brings the token, and count what happened', async () => {
  expect((await fetch(`${base()}/metrics`)).status).toBe(401);
  expect((await metrics('another-token-of-it')).status).toBe(401);
  await ask('query Wrong { node(id: "x") { nothing } }');
  await ask('query Refused { auditTrail { totalCount } }');
  const { rows } = await app.app.services.database.pool.query(
    'select count(*)::int as n from audit_entry where seq is null',
  );
  const response = await metrics(TOKEN);
  expect(response.headers.get('content-type')).toContain('text/plain');
  const text = await response.text();
  expect(text).toMatch(/tierline_operation_seconds_count\{operation="WhoAmI",kind="query",code="OK"\} 1/);
  for (const name of [
    'turns_running',
    'turns_waiting',
    'pool_connections',
    'alert_tail_lag_seconds',
    'alert_streams',
    'messages_waiting',
    'process_cpu_seconds_total',
  ])
    expect(text).toMatch(new RegExp(`^tierline_${name} [0-9.e-]+$`, 'm'));
  expect(text).toMatch(/^tierline_database_up 1$/m);
  expect(text).toContain(`tierline_audit_unsealed ${rows[0].n}`);
  // None was ever made.
  expect(text).not.toMatch(/^tierline_backup_age_seconds \d/m);
});

test('names that clients make up do not fill the page', async () => {
  for (let index = 0; index < 230; index++) await ask(`query N${index} { viewer { name } }`);
  const text = await (await metrics(TOKEN)).text();
  expect(new Set(text.match(/operation="[^"]+"/g)).size).toBeLessThanOrEqual(203);
  expect(text).toContain('operation="other"');
});

test('each operation is a span, where somebody brings a tracer', () => {
  expect(spans).toContainEqual({
    name: 'query WhoAmI',
    attributes: expect.objectContaining({ 'graphql.operation.name': 'WhoAmI', 'tierline.request_id': 'caller-17' }),
    ended: true,
  });
  expect(spans.filter(({ ended }) => !ended)).toEqual([]);
});
