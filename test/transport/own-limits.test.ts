import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { startTestApp, type TestApp } from '../support/app.ts';
import { code, overSocket } from './over-socket.ts';

const NOW = '2026-03-02T08:00:00+08:00';

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
