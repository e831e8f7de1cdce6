import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const APPLY = `mutation($input: ApplyPolicyInput!) {
  applyPolicy(input: $input) { __typename ... on AppliedPolicy { open deadlinesMoved breachesCreated breachesAvoided } ... on Error { code message } }
}`;

test('a change of a promise leaves open tickets alone until it is applied, and then does what the impact said', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const admin = app.as('SYS/ADMIN');
  const policyId = 'telecom-vip';
  const openedAt = async (hour: string) => {
    await app.advance(`2026-03-02T${hour}:00:00+08:00`);
    const customer = await givenCustomer(hall, { policyId, branchCode: 'TL-A' });
    return givenTicket(hall, { customerId: customer.id });
  };
  const [waiting, , acknowledged] = [await openedAt('08'), await openedAt('09'), await openedAt('10')] as const;
  await hall.does('AcknowledgeTicket', { id: acknowledged.id });
  await app.advance('2026-03-02T20:30:00+08:00');

  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === policyId);
  const parameters = [{ key: 'complaintHours', value: 12 }];
  const impact = await admin.does('PolicyImpact', { policyId, parameters });
  expect(impact.tickets).toEqual({ open: 3, deadlinesMoved: 2, breachesCreated: 1, breachesAvoided: 0 });
  const configured = await admin.does('ConfigurePolicy', {
    input: { policyId, parameters, reason: 'faster', expectedVersion: version },
  });
  expect(configured.__typename).toBe('Policy');
  const before = await hall.does('TicketDetail', { id: waiting.id });
  expect(before.clocks[0]).toMatchObject({ target: 'PT24H', policyVersion: version });

  const stale = await admin.ask(APPLY, { input: { policyId, expectedVersion: version, reason: 'faster' } });
  expect(stale.data.applyPolicy).toMatchObject({ __typename: 'Conflict' });
  const applied = await admin.ask(APPLY, {
    input: { policyId, expectedVersion: configured.version, reason: 'faster' },
  });
  expect(applied.data.applyPolicy).toEqual({ __typename: 'AppliedPolicy', ...impact.tickets });
  const after = await hall.does('TicketDetail', { id: waiting.id });
  expect(after).toMatchObject({
    slaState: 'BREACHED',
    clocks: [{ target: 'PT12H', state: 'BREACHED', elapsed: 'PT12H30M', policyVersion: configured.version }],
  });
  expect(after.timeline.nodes.at(-1)).toMatchObject({ kind: 'POLICY_APPLIED' });
  await app.advance('2026-03-02T20:30:01+08:00');
  const alerts = await hall.does('AlertHistory', { filter: { ticketId: waiting.id } });
  expect(alerts.edges.map(({ node }: { node: { kind: string } }) => node.kind)).toContain('SLA_BREACHED');
  expect(
    (await admin.ask(APPLY, { input: { policyId, expectedVersion: configured.version, reason: 'again' } })).data
      .applyPolicy,
  ).toMatchObject({ deadlinesMoved: 0 });
});

test('A-052: a bank complaint that passes its limit brings a callback task, once', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  const first = ticket.clocks.toSorted((a: { dueAt: string }, b: { dueAt: string }) =>
    a.dueAt.localeCompare(b.dueAt),
  )[0];
  // The day between has a care run of its own.
  await app.advance(new Date(Date.parse(first.dueAt) - 1).toISOString());
  expect((await app.advance(new Date(Date.parse(first.dueAt) + 1).toISOString())).tasksCreated).toBe(1);
  expect(await app.advance(new Date(Date.parse(first.dueAt) + 60_000).toISOString())).toMatchObject({
    tasksCreated: 0,
  });
  const tasks = await manager.does('MyTasks', { filter: { customerId: customer.id, origins: ['CALLBACK'] } });
  expect(tasks).toMatchObject({ totalCount: 1, nodes: [{ origin: 'CALLBACK', assignee: { id: manager.id } }] });
});

test('a ticket that another node worked on by a faster clock is no obstacle', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const admin = app.as('SYS/ADMIN');
  const policyId = 'telecom-vip';
  const customer = await givenCustomer(hall, { policyId, branchCode: 'TL-A' });
  const ticket = await givenTicket(hall, { customerId: customer.id });
  const at = new Date('2026-03-02T08:00:01+08:00');
  await app.app.services.database.prisma.ticketEvent.updateMany({ data: { at } });
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === policyId);
  const parameters = [{ key: 'complaintHours', value: 12 }];
  const impact = await admin.does('PolicyImpact', { policyId, parameters });
  expect(impact.tickets).toMatchObject({ open: 1, deadlinesMoved: 1 });
  const input = { policyId, parameters, reason: 'faster', expectedVersion: version };
  const configured = await admin.does('ConfigurePolicy', { input });
  const applied = await admin.ask(APPLY, {
    input: { policyId, expectedVersion: configured.version, reason: 'faster' },
  });
  expect(applied.data.applyPolicy).toEqual({ __typename: 'AppliedPolicy', ...impact.tickets });
  expect((await hall.does('TicketDetail', { id: ticket.id })).clocks[0]).toMatchObject({ target: 'PT12H' });
});

test('a promise that stays the same is not applied', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const admin = app.as('SYS/ADMIN');
  const policyId = 'broadband-key-account';
  const customer = await givenCustomer(manager, { policyId, branchCode: 'BB-A' });
  const { id, version } = await givenTicket(manager, {
    customerId: customer.id,
    type: 'PROVISIONING',
    case: 'NOT_TWO_WAY_COMMUNITY',
  });
  const policy = (await admin.does('Policies')).find((one: { id: string }) => one.id === policyId);
  await admin.ask(APPLY, { input: { policyId, expectedVersion: policy.version, reason: 'to be sure' } });
  expect(await manager.does('TicketDetail', { id })).toMatchObject({ version });
});
