import { createClient } from 'graphql-ws';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type App, createApp } from '../../server/app/compose.ts';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { systemClock } from '../../server/platform/values/wall-clock.ts';
import { DatabaseDoor } from '../support/database-door.ts';
import { keptThreads } from '../support/kept-threads.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';

// While the database is down everybody hears that, by a status that balancers and clients act on, and the log tells it once.

const issuer = createTokenIssuer();
const lines: { level: number; msg: string; code?: string }[] = [];
let databaseUrl: string;
let door: DatabaseDoor;
let app: App;
let url: string;
let token: string;

beforeAll(async () => {
  databaseUrl = await createDatabase();
  door = await DatabaseDoor.open(databaseUrl);
  app = await createApp({
    database: { url: door.url, acceptDataLoss: true },
    clock: systemClock,
    dataKeys: [{ id: 'k1', secret: Buffer.alloc(32, 7) }],
    identity: issuer.identity,
    isOpen: false,
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    policyThreads: keptThreads,
  });
  const staff = await createOrganisation(app.services.database.prisma, new Date());
  token = await issuer.sign(staff['BK-A/SUPERVISOR'] ?? '');
  url = `http://127.0.0.1:${await app.listen(0, '127.0.0.1')}`;
  // That the tests' database is a quick one is no part of this.
  lines.length = 0;
});
afterAll(async () => {
  await app.close();
  await dropDatabase(databaseUrl);
});

const post = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ query }),
  });

const QUERY = '{ viewer { name } customers { totalCount } }';

async function overSocket(query: string): Promise<unknown> {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}` },
    retryAttempts: 0,
    lazy: true,
  });
  return new Promise((resolve) => {
    client.subscribe({ query }, { next: resolve, error: resolve, complete: () => undefined });
  }).finally(() => client.dispose());
}

test('while the database is down, each request is told so by 503, UNAVAILABLE and when to come again', async () => {
  expect(await (await post(QUERY)).json()).toMatchObject({ data: { viewer: { name: 'BK-A SUPERVISOR' } } });
  await door.shut();
  // What is known of people is half a second old at most: before that a later step fails, after it the first one.
  expect((await post(QUERY)).status).toBe(503);
  await new Promise((resolve) => setTimeout(resolve, 700));
  for (let tries = 0; tries < 3; tries++) {
    const requests = [post(QUERY), post('subscription { slaAlerts { __typename } }', { accept: 'text/event-stream' })];
    for (const response of await Promise.all([...requests, fetch(`${url}/ready`)])) {
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(JSON.stringify(await response.json())).toContain('"code":"UNAVAILABLE"');
      expect(response.headers.get('content-type')).toMatch(/json/);
    }
    const mutation = 'mutation { saveContact(input: { customerId: "x", name: "n", role: "r" }) { __typename } }';
    expect((await post(mutation)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  // The protocol closes a socket that nobody can be known on with "try again later".
  expect(await overSocket(QUERY)).toMatchObject({ code: 1013 });
});

test('one line tells that it is down, and one that it is back; then all goes on', async () => {
  // Jobs, watches and the log of alerts look every second at the latest.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const bad = lines.filter(({ level }) => level >= 40);
  expect(bad).toEqual([
    expect.objectContaining({ code: 'UNAVAILABLE', msg: expect.stringContaining('does not answer') }),
  ]);
  await door.reopen();
  await expect.poll(async () => (await fetch(`${url}/ready`)).status, { timeout: 15_000 }).toBe(200);
  expect((await post(QUERY)).status).toBe(200);
  await expect.poll(() => lines.filter(({ msg }) => msg.includes('answers again')).length, { timeout: 15_000 }).toBe(1);
  expect(lines.filter(({ level }) => level >= 40)).toHaveLength(1);
});
