import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../prisma/generated/client/enums.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { Cluster } from '../alerts/cluster.ts';
import type { SocketClient } from '../alerts/socket-client.ts';
import { drafts } from '../alerts/support.ts';
import { ALERTS, chain, firstCursor, idsOf, listen, live, whileReadsBreak } from './alert-stream.ts';

/** Bookmarks fall on whole multiples of their period: with a shorter one some test has one more than it waits for. */
const DAY_MS = 86_400_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await Cluster.start(1, { slowReaderMs: 400, bookmarkEveryMs: DAY_MS });
});
afterAll(() => cluster[Symbol.asyncDispose]());

const broadcast = () => cluster.node(0).app.services.alerts.broadcast;
const tail = () => cluster.node(0).app.services.alerts.tail;

test('equal subscriptions of many sockets are executed once, from wherever each of them began', async () => {
  await cluster.raise(drafts(3));
  const clients = await Promise.all(Array.from({ length: 12 }, () => cluster.connect('BK-A/SUPERVISOR')));
  const first = clients[0] as SocketClient;
  const origin = (await firstCursor(first)) as string;
  const ids = await Promise.all(clients.map((client, n) => live(client, ALERTS, n < 6 ? {} : { after: origin })));
  const before = broadcast().figures();
  expect(before).toMatchObject({ groups: 1, together: 12 });

  const raised = await cluster.raise(drafts(5));
  for (const [n, client] of clients.entries()) {
    const id = ids[n] as string;
    await client.until(() => idsOf(client.alerts(id)).includes(raised.at(-1) as string));
    expect(idsOf(client.alerts(id)).slice(-5)).toEqual(raised);
    chain(client.events(id), n < 6 ? null : origin);
  }
  // Twelve viewers who name at most two different predecessors for the first of them, and the same ones after it.
  const executions = broadcast().figures().executions - before.executions;
  expect(executions).toBeLessThanOrEqual(6);
  for (const client of clients) client.cut();
  await gone();
});

test('what shapes an answer is not shared: filter, locale, rights, and who asks', async () => {
  const query = `subscription ($filter: AlertFilter) { slaAlerts(filter: $filter) { __typename
    ... on AlertRaised { alert { id message audience } } ... on Bookmark { caughtUp } } }`;
  const chinese = await cluster.connect('BK-A/SUPERVISOR', { locale: 'zh-CN' });
  const english = await cluster.connect('BK-A/SUPERVISOR');
  const manager = await cluster.connect('BK-A/CUSTOMER_MANAGER');
  const elsewhere = await cluster.connect('BK-B/SUPERVISOR');
  const byKind = await cluster.connect('BK-A/SUPERVISOR');
  const ids = {
    chinese: await live(chinese, query),
    english: await live(english, query),
    manager: await live(manager, query, { filter: { mine: true } }),
    elsewhere: await live(elsewhere, query),
    byKind: await live(byKind, query, { filter: { kinds: ['TASK_OVERDUE'] } }),
    mine: await live(english, query, { filter: { mine: true } }),
  };
  const [plain, task, own, last] = await cluster.raise([
    { message: 'Plain.' },
    { kind: 'TASK_OVERDUE' },
    { assigneeId: cluster.staff('BK-A/CUSTOMER_MANAGER') },
    { kind: 'TASK_OVERDUE' },
  ]);
  await english.until(() => idsOf(english.alerts(ids.english)).includes(last as string));
  await chinese.until(() => idsOf(chinese.alerts(ids.chinese)).includes(last as string));
  await byKind.until(() => idsOf(byKind.alerts(ids.byKind)).includes(last as string));
  await manager.until(() => idsOf(manager.alerts(ids.manager)).includes(own as string));
  expect(idsOf(english.alerts(ids.english))).toEqual([plain, task, own, last]);
  expect(idsOf(manager.alerts(ids.manager))).toEqual([own]);
  expect(english.alerts(ids.english)[0].alert.message).toBe('Plain.');
  expect(chinese.alerts(ids.chinese)[0].alert.message).toBe('警报。');
  expect(idsOf(byKind.alerts(ids.byKind))).toEqual([task, last]);
  expect(elsewhere.alerts(ids.elsewhere)).toEqual([]);
  expect(english.alerts(ids.mine)).toEqual([]);
  for (const client of [chinese, english, manager, elsewhere, byKind]) client.cut();
  await gone();
});

test('a selection that asks who the viewer is answers each viewer for himself', async () => {
  const query = `subscription { slaAlerts { __typename
    ... on AlertRaised { cursor prevCursor alert { id approval { id awaitingMe } } } ... on Bookmark { cursor prevCursor caughtUp } } }`;
  // Two people of equal rights; one of them asked for the approval, so that it does not wait for him.
  const asked = await secondSupervisor();
  const approvalId = await approvalOf(asked, 'SUPERVISOR');
  const one = await cluster.connect('BK-A/SUPERVISOR');
  const two = await cluster.connect('', { token: await cluster.issuer.sign(asked) });
  const [oneId, twoId] = [await live(one, query), await live(two, query)];
  expect(broadcast().figures().groups).toBe(1);
  const [plain] = await cluster.raise([{}]);
  const [id] = await cluster.raise([{ kind: 'APPROVAL_WAITING', approvalId }]);
  await one.until(() => idsOf(one.alerts(oneId)).includes(id as string));
  await two.until(() => idsOf(two.alerts(twoId)).includes(id as string));
  expect(one.alerts(oneId)).toMatchObject([
    { alert: { approval: null } },
    { alert: { approval: { awaitingMe: true } } },
  ]);
  expect(two.alerts(twoId)).toMatchObject([
    { alert: { approval: null } },
    { alert: { approval: { awaitingMe: false } } },
  ]);
  expect([idsOf(one.alerts(oneId)), idsOf(two.alerts(twoId))]).toEqual([
    [plain, id],
    [plain, id],
  ]);
  for (const client of [one, two]) chain(client.events(client === one ? oneId : twoId), null);
  for (const client of [one, two]) client.cut();
  await gone();
});

test('an alert whose execution loses its connection comes once it can be told, whole and once, over every way', async () => {
  const selection = `{ __typename ... on AlertRaised { cursor prevCursor alert { id approval { id state steps { role } } } }
    ... on Bookmark { cursor prevCursor caughtUp } }`;
  const together = `subscription { slaAlerts ${selection} }`;
  // A fragment around the field takes the ordinary way, and so does a digest.
  const ordinary = `subscription { ...F } fragment F on Subscription { slaAlerts ${selection} }`;
  const approvalId = await approvalOf(cluster.staff('BK-A/CUSTOMER_MANAGER'), 'SUPERVISOR');
  const client = await cluster.connect('BK-A/SUPERVISOR');
  const ids = [await live(client, together), await live(client, together), await live(client, ordinary)];
  const events = await Promise.all([together, ordinary].map((query) => listen(cluster, 'BK-A/SUPERVISOR', query)));

  // More often, for each of the three executions, than what is wrong for good is tried.
  await whileReadsBreak(cluster.databaseUrl, 'approval_step', 18, async () => {
    await cluster.raise([{ kind: 'APPROVAL_WAITING', approvalId }]);
  });
  const [last] = await cluster.raise([{}]);
  await client.until(() => ids.every((id) => idsOf(client.alerts(id)).includes(last as string)));
  for (const id of ids) {
    expect(client.alerts(id)).toMatchObject([
      { alert: { approval: { state: 'PENDING' } } },
      { alert: { approval: null } },
    ]);
    chain(client.events(id), null);
  }
  for (const { results, until, end } of events) {
    // Bookmarks come when the clock says so, and in the place of an alert came errors.
    const told = () => results().filter(({ data }) => data?.slaAlerts?.__typename !== 'Bookmark');
    await until(() => told().length >= 2);
    expect(told().map(({ data, errors }) => errors ?? data.slaAlerts.alert?.approval ?? null)).toMatchObject([
      { state: 'PENDING' },
      null,
    ]);
    end();
  }
  client.cut();
  await gone();
});

test('an alert that cannot be executed ends its streams with an error before it; the others go on', async () => {
  const client = await cluster.connect('BK-A/SUPERVISOR');
  const liveId = await live(client);
  const { cursor } = client.events(liveId)[0];
  const [first, broken] = await cluster.raise(drafts(3));
  await client.until(() => client.alerts(liveId).length === 3);
  // It is in memory, but no longer in the table from which it is executed.
  await cluster.pool.query('delete from alert where id = $1', [broken]);
  const id = client.subscribe(ALERTS, { after: cursor });
  await client.until(() => client.messages.some((message) => message.id === id && message.type === 'error'));
  expect(idsOf(client.events(id))).toEqual([first]);
  const end = client.messages.find((message) => message.id === id && message.type === 'error');
  expect(end?.payload).toMatchObject([{ message: 'Unexpected error.', extensions: { code: 'INTERNAL' } }]);
  expect(JSON.stringify(end)).not.toMatch(/prisma|record|stack/i);
  const [next] = await cluster.raise([{}]);
  await client.until(() => idsOf(client.alerts(liveId)).includes(next as string));
  client.cut();
  await gone();
});

test('complete ends an operation and frees all of it; the others on the socket go on', async () => {
  const client = await cluster.connect('BK-A/SUPERVISOR');
  const [stays, ends] = [await live(client), await live(client, ALERTS, { filter: { minSeverity: 'INFO' } })];
  const ordinary = client.subscribe(
    `subscription { ...F } fragment F on Subscription { slaAlerts { __typename ... on Bookmark { caughtUp } } }`,
  );
  await client.until(() => client.events(ordinary).length > 0);
  expect(tail().figures().subscribers).toBe(3);
  client.send({ id: ends, type: 'complete' });
  client.send({ id: ordinary, type: 'complete' });
  await client.until(() => tail().figures().subscribers === 1);
  const [raised] = await cluster.raise([{}]);
  await client.until(() => client.alerts(stays).length === 1);
  expect(idsOf(client.alerts(stays))).toEqual([raised]);
  expect([client.alerts(ends), client.alerts(ordinary)]).toEqual([[], []]);
  client.send({ id: stays, type: 'complete' });
  await client.until(() => tail().figures().subscribers === 0);
  client.cut();
  await gone();
});

test('what is watched is let go with its subscription, also where nothing ever changes', async () => {
  const client = await cluster.connect('BK-A/SUPERVISOR');
  const { changes } = cluster.node(0).app.services;
  const id = client.subscribe(
    'subscription { ticketChanged(id: "VGlja2V0OjAxOTNmM2E1LTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA==") { id } }',
  );
  await client.until(() => client.messages.some((message) => message.id === id));
  await client.until(() => changes.watched === 0);
  client.cut();
});

test('a socket has twenty subscriptions; the next one is refused', async () => {
  const client = await cluster.connect('BK-A/SUPERVISOR');
  for (let n = 0; n < 20; n++) await live(client);
  const id = client.subscribe(ALERTS);
  await client.until(() => client.messages.some((message) => message.id === id));
  expect(client.messages.find((message) => message.id === id)).toMatchObject({
    type: 'error',
    payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }],
  });
  client.cut();
  await gone();
});

test('a subscriber who takes nothing is closed with 4410 and resumes; one beside it notices nothing', async () => {
  const long = 'x'.repeat(50_000);
  const [stalled, healthy] = [await cluster.connect('BK-A/SUPERVISOR'), await cluster.connect('BK-A/SUPERVISOR')];
  const [stalledId, healthyId] = [await live(stalled), await live(healthy)];
  stalled.stall();
  const raised: string[] = [];
  // Until the system's own buffers are full and the server's after them.
  for (let n = 0; n < 10; n++) raised.push(...(await cluster.raise(drafts(30, { message: long }))));
  await healthy.until(() => healthy.alerts(healthyId).length === raised.length, 30_000);
  expect(idsOf(healthy.alerts(healthyId))).toEqual(raised);
  chain(healthy.events(healthyId), null);

  await sleep(1_500);
  stalled.resume();
  expect(await stalled.closed).toBe(4410);
  const got = idsOf(stalled.alerts(stalledId));
  expect(got.length).toBeLessThan(raised.length);
  expect(got).toEqual(raised.slice(0, got.length));

  const last = stalled.events(stalledId).at(-1).cursor;
  const again = await cluster.connect('BK-A/SUPERVISOR');
  const againId = await live(again, ALERTS, { after: last });
  expect(idsOf(again.alerts(againId))).toEqual(raised.slice(got.length));
  chain(again.events(againId), last);
  for (const client of [healthy, again]) client.cut();
  await gone();
});

/** An approval that awaits a role of BK-A. @returns its id */
async function approvalOf(requestedBy: string, awaitingRole: Role): Promise<string> {
  const id = newId();
  await cluster.node(0).app.services.database.prisma.approval.create({
    data: {
      id,
      kind: 'PLAN',
      state: 'PENDING',
      policyId: 'bank-vip',
      branchId: cluster.branch('BK-A'),
      subjectType: 'MaintenancePlan',
      subjectId: newId(),
      requestedById: requestedBy,
      requestedAt: new Date(),
      awaitingRole,
      policyVersion: 'bank-vip@1',
    },
  });
  return id;
}

/** Somebody with the same rights as the supervisor of BK-A. @returns the id */
async function secondSupervisor(): Promise<string> {
  const { prisma } = cluster.node(0).app.services.database;
  const known = await prisma.staff.findUniqueOrThrow({ where: { id: cluster.staff('BK-A/SUPERVISOR') } });
  const id = newId();
  await prisma.staff.create({ data: { ...known, id, number: id } });
  return id;
}

/** Nothing is held for anybody any more. */
async function gone(): Promise<void> {
  const until = Date.now() + 5_000;
  while (tail().figures().subscribers > 0 && Date.now() < until) await sleep(10);
  expect(tail().figures().subscribers).toBe(0);
  expect(broadcast().figures()).toMatchObject({ groups: 0, together: 0, results: 0 });
}
