import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// A letter lies in the box before it is written down: what was promised counts from when the customer asked.

const NOW = '2026-03-02T08:00:00+08:00';

let app: TestApp;
let manager: Person;
let customerId: string;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  customerId = (await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' })).id;
});
afterAll(() => app[Symbol.asyncDispose]());

const open = (receivedAt: string, more: object = {}) =>
  manager.does('OpenTicket', {
    input: { customerId, type: 'COMPLAINT', subject: 'No signal', channel: 'PHONE', receivedAt, ...more },
  });
const dueOf = (ticket: { clocks: { metric: string; dueAt: string }[] }) =>
  Object.fromEntries(ticket.clocks.map(({ metric, dueAt }) => [metric, Date.parse(dueAt)]));

test('clocks count from when it was received, and what else is written is of now', async () => {
  const [early, now] = [await open('2026-03-02T07:00:00+08:00'), await givenTicket(manager, { customerId })];
  expect(early.__typename).toBe('Ticket');
  const HOUR_MS = 3_600_000;
  expect(dueOf(early)).toEqual(
    Object.fromEntries(Object.entries(dueOf(now)).map(([metric, dueAt]) => [metric, dueAt - HOUR_MS])),
  );
  const { data } = await manager.ask(
    'query ($id: ID!) { ticket(id: $id) { openedAt timeline(first: 1) { nodes { kind at by { id } } } } }',
    { id: early.id },
  );
  const at = '2026-03-01T23:00:00.000Z';
  expect(data.ticket).toEqual({ openedAt: at, timeline: { nodes: [{ kind: 'OPENED', at, by: { id: manager.id } }] } });
  const where = { action: 'OPEN_TICKET', subjectId: idOf('Ticket', early.id) };
  const entry = await app.app.services.database.prisma.auditEntry.findFirst({ where });
  expect(entry).toMatchObject({ at: new Date(NOW), changes: [{ field: 'receivedAt', before: null, after: at }] });
});

test('what was late when it was written down is told as late', async () => {
  // A complaint of level 1 is solved within five hours.
  const ticket = await open('2026-03-01T23:00:00+08:00');
  await app.advance('2026-03-02T08:00:01+08:00');
  const { edges } = await app
    .as('BB-A/SUPERVISOR')
    .does('AlertHistory', { filter: { ticketId: ticket.id }, first: 10 });
  const kinds = edges.map(({ node }: { node: { kind: string } }) => node.kind);
  expect(kinds).toContain('SLA_BREACHED');
});

test.each([
  { it: 'a moment that has not come', receivedAt: '2026-03-02T09:00:00+08:00' },
  { it: 'a slip of the pen: more than seven days back', receivedAt: '2026-02-20T08:00:00+08:00' },
])('$it is refused by its field', async ({ receivedAt }) => {
  expect(await open(receivedAt)).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: 'input.receivedAt' }],
  });
});

test('seven days back is taken, and none once the operator says so', async () => {
  expect(await open('2026-02-24T12:00:00+08:00')).toMatchObject({ __typename: 'Ticket' });
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.ask('{ policy(id: "standard") { version } }')).data.policy;
  const parameters = [{ key: 'receivedPastDays', value: 0 }];
  const input = { policyId: 'standard', parameters, expectedVersion: version, reason: 'nobody writes letters' };
  expect(await admin.does('ConfigurePolicy', { input })).toMatchObject({ __typename: 'Policy' });
  expect(await open('2026-03-02T07:59:00+08:00')).toMatchObject({ __typename: 'InvalidInput' });
});
