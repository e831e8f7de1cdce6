import { describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

/** Opens so many complaints of one customer. */
async function complain(person: Person, customerId: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await givenTicket(person, { customerId });
}

/** Complaints of the three weeks before Monday, 2026-03-30, and then of that week, on its Wednesday morning. */
async function weeks(app: TestApp, person: Person, counts: readonly number[]): Promise<string> {
  const customer = await givenCustomer(person, { policyId: 'bank-vip', branchCode: 'BK-A' });
  for (const [week, count] of counts.entries()) {
    await app.advance(new Date(Date.parse('2026-03-11T09:10:00+08:00') + week * 7 * 86_400_000).toISOString());
    await complain(person, customer.id, count);
  }
  return customer.id;
}

const surges = async (person: Person) =>
  (await person.does('AlertHistory', { filter: { kinds: ['COMPLAINT_SURGE'] } })).edges.map(
    ({ node }: { node: object }) => node,
  );

describe('A-076: the complaints of a week against the mean of the three weeks before', () => {
  test('10, 10, 10, 16 lie 60 % above it: an alert on the hour, once', async () => {
    await using app = await startTestApp({ now: '2026-03-09T09:00:00+08:00', database: 'MEMORY' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const director = app.as('BK-HQ/DIRECTOR');
    const customerId = await weeks(app, manager, [10, 10, 10, 16]);
    await using alerts = director.follows('SlaAlerts', { filter: { kinds: ['COMPLAINT_SURGE'] } });
    await alerts.next();
    expect(await surges(director)).toEqual([]);
    await app.advance('2026-04-01T09:59:59+08:00');
    expect(await surges(director)).toEqual([]);
    await app.advance('2026-04-01T10:30:00+08:00');
    expect(await alerts.next()).toMatchObject({
      replayed: false,
      alert: {
        kind: 'COMPLAINT_SURGE',
        raisedAt: '2026-04-01T02:00:00.000Z',
        message: '16 complaints this week: 60 % above the mean of the three weeks before.',
        branch: { code: 'BK-HQ' },
        customer: null,
      },
    });
    // More of the same is no news, and neither is the end of the week.
    await complain(manager, customerId, 3);
    await app.advance('2026-04-06T12:00:00+08:00');
    expect(await surges(director)).toHaveLength(1);
    expect(await surges(app.as('BB-HQ/DIRECTOR'))).toEqual([]);
  });

  test('10, 10, 10, 15 lie 50 % above it, which is not over 50 %', async () => {
    await using app = await startTestApp({ now: '2026-03-09T09:00:00+08:00' });
    const director = app.as('BK-HQ/DIRECTOR');
    await weeks(app, app.as('BK-A/CUSTOMER_MANAGER'), [10, 10, 10, 15]);
    await app.advance('2026-04-08T09:00:00+08:00');
    expect(await surges(director)).toEqual([]);
  });

  test('the administrator sets how much is too much', async () => {
    await using app = await startTestApp({ now: '2026-03-09T09:00:00+08:00' });
    const admin = app.as('SYS/ADMIN');
    const policy = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'bank-vip');
    expect(policy.parameters).toContainEqual(expect.objectContaining({ key: 'complaintSpikePercent', value: 50 }));
    const configured = await admin.does('ConfigurePolicy', {
      input: {
        policyId: 'bank-vip',
        parameters: [{ key: 'complaintSpikePercent', value: 20 }],
        enabled: true,
        reason: 'a quiet line',
        expectedVersion: policy.version,
      },
    });
    expect(configured.__typename).toBe('Policy');
    await weeks(app, app.as('BK-A/CUSTOMER_MANAGER'), [5, 5, 5, 7]);
    await app.advance('2026-04-01T10:00:00+08:00');
    expect(await surges(app.as('BK-HQ/DIRECTOR'))).toMatchObject([{ kind: 'COMPLAINT_SURGE', severity: 'WARNING' }]);
  });
});

test('a surge is told of as well where every place runs several lines', async () => {
  await using app = await startTestApp({ now: '2026-03-09T09:00:00+08:00' });
  await app.app.services.database.prisma.branch.updateMany({
    where: { code: { startsWith: 'BK-' } },
    data: { policyIds: { push: 'core' } },
  });
  // What is known of the branches is half a second old at most.
  await new Promise((resolve) => setTimeout(resolve, 600));
  await weeks(app, app.as('BK-A/CUSTOMER_MANAGER'), [2, 2, 2, 4]);
  await app.advance('2026-04-01T10:00:00+08:00');
  expect(await surges(app.as('BK-HQ/DIRECTOR'))).toMatchObject([{ branch: { code: 'BK-HQ' } }]);
});

test('A-077: a data leak is told to those who have to know, at once, and investigated', async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
  const report = `mutation ($input: ReportDataLeakInput!, $key: String) { reportDataLeak(input: $input, idempotencyKey: $key) {
    __typename ... on DataLeakReport { id reportedAt investigationDueAt } ... on Error { code } } }`;
  const hear = ['BK-HQ/DIRECTOR', 'SYS/AUDITOR', 'SYS/ADMIN', 'BK-A/DIRECTOR'];
  const deaf = ['BK-HQ/SUPERVISOR', 'BK-A/CUSTOMER_MANAGER', 'BB-HQ/DIRECTOR', 'BK-HQ/EXECUTIVE'];
  const streams = new Map(hear.map((who) => [who, app.as(who).follows('SlaAlerts', {})]));
  for (const stream of streams.values()) await stream.next();

  const reporter = app.as('BK-A/CUSTOMER_MANAGER');
  const input = { policyId: 'bank-vip', summary: 'A list of 40 customers lay in the copier of outlet A.' };
  const answer = await reporter.ask(report, { input, key: 'leak-1' });
  expect(answer.data.reportDataLeak).toMatchObject({
    __typename: 'DataLeakReport',
    reportedAt: '2026-03-02T01:00:00.000Z',
    investigationDueAt: '2026-03-03T01:00:00.000Z',
  });
  expect((await reporter.ask(report, { input, key: 'leak-1' })).data).toEqual(answer.data);
  for (const stream of streams.values()) {
    const { alert } = await stream.next();
    expect(alert).toMatchObject({
      kind: 'DATA_LEAK',
      severity: 'CRITICAL',
      audience: ['DIRECTOR', 'AUDITOR', 'ADMIN'],
    });
    // What leaked is not in what everybody's screen shows.
    expect(JSON.stringify(alert)).not.toContain('copier');
  }
  for (const who of hear) expect(await leaks(app.as(who))).toHaveLength(1);
  for (const who of deaf) expect(await leaks(app.as(who))).toEqual([]);

  const director = app.as('BK-HQ/DIRECTOR');
  const tasks = await director.does('MyTasks', { filter: { mine: true, open: true } });
  expect(tasks.nodes).toMatchObject([
    {
      title: 'Internal investigation of a data leak',
      dueAt: '2026-03-03T01:00:00.000Z',
      assignee: { id: director.id },
    },
  ]);
  const trail = await app.as('SYS/AUDITOR').does('AuditTrail', { filter: {}, first: 5 });
  expect(trail.nodes).toContainEqual(expect.objectContaining({ action: 'REPORT_DATA_LEAK', reason: input.summary }));
  // Nobody looked into it: that is heard of too.
  await app.advance('2026-03-03T09:00:01+08:00');
  const history = await director.does('AlertHistory', { filter: { kinds: ['TASK_OVERDUE'] } });
  expect(history.totalCount).toBe(1);

  const foreign = await app.as('BB-A/SUPERVISOR').ask(report, { input });
  expect(foreign.data.reportDataLeak).toMatchObject({ code: 'NOT_FOUND' });
  const empty = await reporter.ask(report, { input: { ...input, summary: ' ' } });
  expect(empty.data.reportDataLeak).toMatchObject({ code: 'INVALID_INPUT' });
});

const leaks = async (person: Person) => (await person.does('AlertHistory', { filter: { kinds: ['DATA_LEAK'] } })).edges;

test('A-128, A-129: a complaint warns before its limit and breaches at it, to the manager and the leader', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const leader = app.as('BB-A/SUPERVISOR');
  const customer = await givenCustomer(manager, {
    policyId: 'broadband-key-account',
    branchCode: 'BB-A',
    kind: 'INSTITUTION',
    profile: { keyAccountType: 'GROUP' },
  });
  const first = await givenTicket(manager, { customerId: customer.id, level: 1 });
  const second = await givenTicket(manager, { customerId: customer.id, level: 2 });
  await using own = manager.follows('SlaAlerts', { filter: { mine: true } });
  await using theirs = leader.follows('SlaAlerts', { filter: { mine: true } });
  for (const stream of [own, theirs]) await stream.next();
  await app.advance('2026-03-02T16:00:00.001+08:00');
  for (const stream of [own, theirs]) {
    const alerts = [await stream.next(), await stream.next(), await stream.next(), await stream.next()];
    expect(alerts.map(({ alert }) => [alert.ticket.number, alert.kind, alert.raisedAt])).toEqual([
      [first.number, 'SLA_AT_RISK', '2026-03-02T04:00:00.000Z'],
      [first.number, 'SLA_BREACHED', '2026-03-02T05:00:00.001Z'],
      [second.number, 'SLA_AT_RISK', '2026-03-02T06:24:00.000Z'],
      [second.number, 'SLA_BREACHED', '2026-03-02T08:00:00.001Z'],
    ]);
  }
});

test("A-199: an alert about outlet A's customer reaches A's staff and never B's", async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const other = await givenCustomer(app.as('BK-B/CUSTOMER_MANAGER'), { policyId: 'bank-vip', branchCode: 'BK-B' });
  await using a = app.as('BK-A/SUPERVISOR').follows('SlaAlerts', {});
  await using b = app.as('BK-B/SUPERVISOR').follows('SlaAlerts', {});
  for (const stream of [a, b]) await stream.next();
  const ticket = await givenTicket(manager, { customerId: customer.id, type: 'INQUIRY' });
  await app.advance(ticket.clocks[0].dueAt);
  expect(await a.next()).toMatchObject({ alert: { customer: { id: customer.id }, branch: { code: 'BK-A' } } });
  // B's own alert is the first that B hears of.
  const later = await givenTicket(app.as('BK-B/CUSTOMER_MANAGER'), { customerId: other.id, type: 'INQUIRY' });
  await app.advance(later.clocks[0].dueAt);
  expect(await b.next()).toMatchObject({ alert: { customer: { id: other.id } } });
});
