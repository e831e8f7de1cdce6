import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Prisma } from '../../prisma/generated/client/client.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { reached } from '../bars/reached.ts';
import { Cluster } from './cluster.ts';
import type { SocketClient } from './socket-client.ts';
import { drafts } from './support.ts';

const ALERTS = `subscription { slaAlerts { __typename ... on AlertRaised { cursor alert { id } } ... on Bookmark { cursor } } }`;

/** How a right ends, and what the client hears of it. */
const ENDINGS: readonly {
  readonly data: (cluster: Cluster) => Prisma.StaffUncheckedUpdateInput;
  readonly heard: string;
}[] = [
  { data: () => ({ roles: [] }), heard: 'FORBIDDEN' },
  { data: (cluster) => ({ branchId: cluster.branch('BK-B') }), heard: 'NOTHING' },
  { data: () => ({ active: false }), heard: '4403' },
];

test('a right that ends at any instant is gone within a second, on every node', async () => {
  await using cluster = await Cluster.start(2);
  const { prisma } = cluster.node(0).app.services.database;
  const model = await prisma.staff.findUniqueOrThrow({ where: { id: cluster.staff('BK-A/SUPERVISOR') } });
  const people = Array.from({ length: 30 }, () => ({ ...model, id: newId() }));
  await prisma.staff.createMany({ data: people.map((person) => ({ ...person, number: person.id })) });
  const viewers = await Promise.all(
    people.flatMap(({ id }, index) =>
      [0, 1].map(async (node) => {
        const client = await cluster.connect('', { node, token: await cluster.issuer.sign(id) });
        const operation = client.subscribe(ALERTS);
        await client.until(() => client.events(operation).length > 0);
        return { index, client, operation };
      }),
    ),
  );
  const witness = await cluster.connect('BK-A/SUPERVISOR');
  const witnessed = witness.subscribe(ALERTS);
  await witness.until(() => witness.events(witnessed).length > 0);

  const load = { on: true };
  const raising = (async () => {
    const ids: string[] = [];
    for (; load.on; await sleep(15)) ids.push(...(await cluster.raise(drafts(1))));
    return ids;
  })();
  const endedAt = await Promise.all(
    people.map(async ({ id }, index) => {
      await sleep(500 + Math.random() * 2_000);
      await prisma.staff.update({ where: { id }, data: ENDINGS[index % ENDINGS.length]?.data(cluster) ?? {} });
      return performance.now();
    }),
  );
  await sleep(1_800);
  load.on = false;
  const raised = await raising;
  await witness.until(() => witness.alerts(witnessed).length === raised.length);

  const lateness = viewers.map(({ index, client, operation }) => {
    const times = client.messages
      .filter(({ id, payload }) => id === operation && payload?.data?.slaAlerts?.__typename === 'AlertRaised')
      .map(({ at }) => at);
    expect(times.length).toBeGreaterThan(0);
    return Math.max(...times) - (endedAt[index] ?? 0);
  });
  const worst = Math.max(...lateness);
  console.log(
    `${viewers.length} streams on two nodes, ${raised.length} alerts: the last one left at worst ${Math.round(worst)} ms after its right`,
  );
  expect(worst).toBeLessThan(1_000);
  reached(19, `the last alert ${Math.round(worst)} ms after its right`, {
    'rights ended': { injected: viewers.length, least: 30 },
  });
  for (const { index, client, operation } of viewers) {
    const { heard } = ENDINGS[index % ENDINGS.length] as (typeof ENDINGS)[number];
    const [error] = client.errors(operation);
    expect(error?.extensions?.code ?? (client.code === null ? 'NOTHING' : String(client.code))).toBe(heard);
    // Nobody was told that the stream is over, as if there were nothing more to come.
    expect(client.messages.filter(({ id, type }) => id === operation && type === 'complete')).toEqual([]);
  }
});

test('people who leave lose their sockets, also where nothing is sent to them', async () => {
  await using cluster = await Cluster.start(1);
  const { prisma } = cluster.node(0).app.services.database;
  const [stays, leaves] = [await cluster.connect('BK-B/SUPERVISOR'), await cluster.connect('BK-A/SUPERVISOR')];
  await prisma.staff.update({ where: { id: cluster.staff('BK-A/SUPERVISOR') }, data: { active: false } });
  const began = performance.now();
  expect(await leaves.closed).toBe(4403);
  expect(performance.now() - began).toBeLessThan(1_500);
  expect(stays.code).toBeNull();
});

test('rights that come are followed at once, and those that go and come again lose nothing in between', async () => {
  await using cluster = await Cluster.start(1);
  const { prisma } = cluster.node(0).app.services.database;
  const id = cluster.staff('BK-A/SUPERVISOR');
  const client = await cluster.connect('BK-A/SUPERVISOR');
  const operation = client.subscribe(ALERTS.replace('cursor alert', 'cursor prevCursor alert'));
  await client.until(() => client.events(operation).length > 0);
  const seen = () => client.alerts(operation).map(({ alert }) => Buffer.from(alert.id, 'base64').toString().slice(6));
  const [first] = await cluster.raise(drafts(1));
  await client.until(() => seen().length === 1);
  await prisma.staff.update({ where: { id }, data: { branchId: cluster.branch('BK-B') } });
  await sleep(600);
  await cluster.raise([{ branch: 'BK-A' }]);
  const [second] = await cluster.raise([{ branch: 'BK-B' }]);
  await client.until(() => seen().length === 2);
  await prisma.staff.update({ where: { id }, data: { branchId: cluster.branch('BK-A') } });
  await sleep(600);
  await cluster.raise([{ branch: 'BK-B' }]);
  const [third] = await cluster.raise([{ branch: 'BK-A' }]);
  await client.until(() => seen().length === 3);
  expect(seen()).toEqual([first, second, third]);
  const named = client.alerts(operation);
  expect(named[2].prevCursor).toBe(named[1].cursor);
});

test('a socket ends with its token, unless a ping brings a new one of the same person', async () => {
  await using cluster = await Cluster.start(1);
  const who = 'BK-A/SUPERVISOR';
  const connect = async () => cluster.connect(who, { token: await cluster.token(who, 3) });
  const renew = async (client: SocketClient, token: string) => {
    const before = client.messages.length;
    client.send({ type: 'ping', payload: { Authorization: `Bearer ${token}` } });
    await Promise.race([
      client.closed,
      client.until(() => client.messages.slice(before).some(({ type }) => type === 'pong')).catch(() => {}),
    ]);
  };
  const [ends, renewed, ordinary, foreign, garbled] = await Promise.all([
    connect(),
    connect(),
    connect(),
    connect(),
    connect(),
  ]);
  const fragment = `subscription { ...F } fragment F on Subscription { slaAlerts { __typename ... on AlertRaised { alert { id } } ... on Bookmark { caughtUp } } }`;
  const operations = [ends.subscribe(ALERTS), renewed.subscribe(ALERTS), ordinary.subscribe(fragment)] as const;
  for (const [n, client] of [ends, renewed, ordinary].entries())
    await client.until(() => client.events(operations[n] as string).length > 0);
  await renew(renewed, await cluster.token(who, 60));
  await renew(ordinary, await cluster.token(who, 60));
  // A plain ping is a sign of life and no more.
  ends.send({ type: 'ping' });
  await renew(foreign, await cluster.token('BK-B/SUPERVISOR'));
  await renew(garbled, 'abc');
  expect([await foreign.closed, await garbled.closed]).toEqual([4403, 4403]);
  expect(await ends.closed).toBe(4403);
  await sleep(1_000);
  await cluster.raise(drafts(1));
  await renewed.until(() => renewed.alerts(operations[1]).length === 1);
  await ordinary.until(() => ordinary.alerts(operations[2]).length === 1);
  expect([renewed.code, ordinary.code]).toEqual([null, null]);
});

test('what is asked for as one’s own goes by the roles of now', async () => {
  await using cluster = await Cluster.start(1);
  const { prisma } = cluster.node(0).app.services.database;
  const id = cluster.staff('BK-A/CUSTOMER_MANAGER');
  const client = await cluster.connect('BK-A/CUSTOMER_MANAGER');
  const fields = `__typename ... on AlertRaised { cursor alert { id } } ... on AlertDigest { cursor alertIds }
    ... on Bookmark { cursor caughtUp }`;
  const shared = client.subscribe(`subscription { slaAlerts(filter: { mine: true }) { ${fields} } }`);
  const gathered = client.subscribe(`subscription { slaAlerts(filter: { mine: true }, digest: "PT1S") { ${fields} } }`);
  for (const operation of [shared, gathered]) await client.until(() => client.events(operation).length > 0);
  const seen = (operation: string) =>
    client
      .events(operation)
      .flatMap((event) => (event.alert ? [event.alert.id] : ((event as { alertIds?: string[] }).alertIds ?? [])))
      .map((globalId: string) => Buffer.from(globalId, 'base64').toString().slice(6));
  await prisma.staff.update({ where: { id }, data: { roles: ['SUPERVISOR'] } });
  await sleep(600);
  const [first] = await cluster.raise([{ audience: 'SUPERVISOR' }]);
  for (const operation of [shared, gathered]) await client.until(() => seen(operation).length === 1);
  await cluster.raise([{ audience: 'CUSTOMER_MANAGER' }]);
  const [last] = await cluster.raise([{ audience: 'SUPERVISOR' }]);
  for (const operation of [shared, gathered]) await client.until(() => seen(operation).length === 2);
  const own = [first, last];
  expect([seen(shared), seen(gathered)]).toEqual([own, own]);
});
