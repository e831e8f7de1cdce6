import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { type FollowStatus, followAlerts, keepToken } from '../../client/index.ts';
import { Cluster } from './cluster.ts';
import { Fleet, type NodeProcess } from './processes.ts';
import { drafts, raise } from './support.ts';

const document = `subscription ($after: String) { slaAlerts(after: $after) { __typename
  ... on AlertRaised { cursor prevCursor alert { id } } ... on Bookmark { cursor prevCursor caughtUp } } }`;

const SPREAD_MS = 3_000;
const SCREENS = 15;
const WRITERS = 4;

test('a node that is told to stop lets its work finish and its screens go on at another, without a gap', async () => {
  await using fleet = await Fleet.start(2, { spreadMs: SPREAD_MS });
  const [old, young] = fleet.nodes as [NodeProcess, NodeProcess];
  let target = old;
  const closes: { code: number; at: number }[] = [];
  // The client as it is published, with its own waits between tries.
  const screens = Array.from({ length: SCREENS }, (_, n) => {
    const ids: string[] = [];
    const statuses: FollowStatus[] = [];
    const keeper = keepToken(() => fleet.token('BK-A/SUPERVISOR'));
    const client = createClient({
      url: () => target.wsUrl,
      webSocketImpl: WebSocket,
      connectionParams: keeper.connectionParams,
      on: { closed: (event) => closes.push({ code: (event as CloseEvent).code, at: performance.now() }) },
    });
    const events = {
      url: () => target.url,
      fetch: ((_url: unknown, init: RequestInit) => fetch(target.url, init)) as typeof fetch,
    };
    const following = followAlerts({
      ...(n % 3 ? { client } : { url: events.url(), fetch: events.fetch, token: () => fleet.token('BK-A/SUPERVISOR') }),
      document,
      onEvent: (event) => {
        if (event.__typename === 'AlertRaised') ids.push(Buffer.from(event.alert.id, 'base64').toString().slice(6));
      },
      onStatus: (status) => statuses.push(status),
    });
    return { ids, statuses, following, client };
  });
  await until(() => screens.every(({ statuses }) => statuses.some(({ state }) => state === 'LIVE')));

  const load = { on: true };
  const raised: string[] = [];
  const raising = (async () => {
    for (; load.on; await sleep(60))
      raised.push(
        ...(await raise(
          fleet.pool,
          drafts(2, { policyId: 'bank-vip', branchId: fleet.branch('BK-A'), audience: 'EXECUTIVE' }),
        )),
      );
  })();
  const token = await fleet.token('BK-A/CUSTOMER_MANAGER');
  const acknowledged = new Set<string>();
  let broken = 0;
  const write = async (key: string): Promise<void> => {
    for (;;) {
      try {
        const answer = (await post(target.url, token, key)) as { data?: { createCustomer?: { number?: string } } };
        const { number } = answer.data?.createCustomer ?? {};
        if (!number) throw new Error(JSON.stringify(answer));
        acknowledged.add(number);
        return;
      } catch (error) {
        if (!(error instanceof TypeError) && !String(error).includes('STOPPING')) throw error;
        // The connection was refused or broke off: the same key makes sure that it happens once.
        broken += 1;
        await sleep(20);
      }
    }
  };
  let keys = 0;
  let underWay = 0;
  const writing = Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (load.on) {
        underWay += 1;
        await write(`C-${keys++}`);
        underWay -= 1;
      }
    }),
  );

  await sleep(300);
  const began = performance.now();
  const interrupted = underWay;
  const stopped = old.stop();
  await sleep(20);
  target = young;
  expect(await stopped).toBe(0);
  const stoppedMs = performance.now() - began;
  await until(() => screens.every(({ statuses }) => statuses.at(-1)?.state === 'LIVE'), 20_000);
  await sleep(300);
  load.on = false;
  await Promise.all([raising, writing]);
  await until(() => screens.every(({ ids }) => ids.length >= raised.length), 20_000);

  const order = await fleet.pool.query<{ id: string }>('select id from alert order by pos');
  const due = order.rows.map(({ id }) => id);
  for (const { ids } of screens) expect(ids).toEqual(due);
  const socketScreens = SCREENS - Math.ceil(SCREENS / 3);
  expect(closes.map(({ code }) => code)).toEqual(Array.from({ length: socketScreens }, () => 1001));
  const times = closes.map(({ at }) => at - began);
  // Not all at once, or the next node would have them all at once.
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(SPREAD_MS / 3);
  expect(stoppedMs).toBeLessThan(20_000);

  expect(acknowledged.size).toBe(keys);
  expect(interrupted).toBeGreaterThan(0);
  const { rows } = await fleet.pool.query<{ number: string }>('select number from customer');
  expect(rows.map(({ number }) => number).toSorted()).toEqual([...acknowledged].toSorted());
  console.log(
    `stopped in ${Math.round(stoppedMs)} ms; ${socketScreens} sockets closed over ` +
      `${Math.round(Math.max(...times) - Math.min(...times))} ms; ${SCREENS} screens with ${due.length} alerts each and no ` +
      `difference; ${keys} writes, ${interrupted} of them under way at the signal, ${broken} requests broke off, ${rows.length} effects`,
  );
  for (const { following, client } of screens) {
    await following.stop();
    await client.dispose();
  }
});

test('an operation that runs on a socket is answered before the socket is closed', async () => {
  await using cluster = await Cluster.start(1);
  const client = await cluster.connect('BK-A/CUSTOMER_MANAGER');
  const blocker = await cluster.pool.connect();
  let closing: Promise<void> | undefined;
  let before: unknown;
  await blocker.query('begin; lock table customer in exclusive mode');
  const id = client.subscribe(CREATE, customerNamed('C-1'));
  try {
    await sleep(200);
    closing = cluster.node(0).app.close();
    await sleep(300);
    before = [client.code, client.events(id)];
  } finally {
    await blocker.query('commit');
    blocker.release();
  }
  expect(before).toEqual([null, []]);
  expect(await client.closed).toBe(1001);
  expect(client.events(id)).toEqual([{ number: 'C-1' }]);
  await closing;
});

interface CloseEvent {
  readonly code: number;
}

const CREATE = `mutation ($input: CreateCustomerInput!, $key: String) {
  createCustomer(input: $input, idempotencyKey: $key) { ... on Customer { number } ... on Error { message } } }`;

function customerNamed(number: string) {
  const consent = { vipService: true };
  const input = { policyId: 'bank-vip', branchCode: 'BK-A', number, kind: 'INDIVIDUAL', name: '王芳', consent };
  return { input, key: number };
}

async function post(url: string, token: string, number: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: CREATE, variables: customerNamed(number) }),
  });
  return response.json();
}

async function until(isSo: () => boolean, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; !isSo(); await sleep(10))
    if (Date.now() > end) throw new Error(`it was not so within ${ms} ms: ${isSo}`);
}
