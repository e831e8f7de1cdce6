import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executed, type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { givenPlan } from '../support/plans.ts';

const NOW = '2026-03-02T08:00:00+08:00';
const policyId = 'broadband-key-account';
let app: TestApp;
let manager: Person;
let supervisor: Person;
let customer: { id: string; number: string };
let ticket: { id: string; number: string };

beforeAll(async () => {
  app = await startTestApp({ now: NOW, database: 'MEMORY' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  supervisor = app.as('BB-A/SUPERVISOR');
  customer = await givenCustomer(manager, { policyId, branchCode: 'BB-A' });
  ticket = await givenTicket(manager, {
    customerId: customer.id,
    type: 'COMPLAINT',
    level: 1,
    subject: 'Line is down',
  });
});
afterAll(() => app[Symbol.asyncDispose]());

test('a ticket has the proof of each clock, and it is the one that clockExplanation gives', async () => {
  await app.advance('2026-03-02T08:30:00+08:00');
  const screen = (await manager.ask('TicketScreen', { id: ticket.id })).data;
  expect(screen.serverTime).toBe('2026-03-02T00:30:00.000Z');
  const [clock] = screen.ticket.clocks;
  expect(clock.explanation.segments.at(0)).toMatchObject({ from: '2026-03-02T00:00:00.000Z', counted: true });
  const asked = await manager.does('ClockExplanation', { clockId: clock.id });
  expect(clock.explanation.segments.map(({ from, to }: { from: string; to: string }) => [from, to])).toEqual(
    asked.segments.map(({ from, to }: { from: string; to: string }) => [from, to]),
  );
  const past = await manager.ask(
    `query ($id: ID!) { node(id: $id) { ... on SlaClock { explanation(at: "2026-03-02T00:10:00Z") { at elapsed } } } }`,
    { id: clock.id },
  );
  expect(past.data.node.explanation).toEqual({ at: '2026-03-02T00:10:00.000Z', elapsed: 'PT10M' });
});

test('the board has alerts by severity, and follows on after the newest', async () => {
  await app.advance('2026-03-02T14:00:00+08:00');
  const of = (severity: string) => ({ severities: [severity], unacknowledged: true });
  const screen = (
    await supervisor.ask('BoardScreen', {
      critical: of('CRITICAL'),
      warning: of('WARNING'),
      info: of('INFO'),
      inHand: { acknowledged: true },
      first: 10,
    })
  ).data;
  const kindsOf = (list: { nodes: { kind: string }[] }) => list.nodes.map(({ kind }) => kind);
  expect(kindsOf(screen.critical)).toEqual(['SLA_BREACHED']);
  expect(kindsOf(screen.warning)).toEqual(expect.arrayContaining(['SLA_AT_RISK']));
  expect(kindsOf(screen.warning)).not.toContain('SLA_BREACHED');
  expect(screen.slaSummary).toMatchObject({ openTickets: 1, breached: 1 });
  expect(screen.inHand.nodes).toEqual([]);
  const { id } = screen.critical.nodes[0];
  await supervisor.does('AcknowledgeAlert', { id, note: 'mine' });
  const taken = await supervisor.does('AlertHistory', { filter: { acknowledged: true }, first: 5 });
  expect(taken.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([id]);
  await using alerts = supervisor.follows('BoardAlerts', {
    after: screen.warning.nodes.at(-1).cursor,
    filter: { severities: ['CRITICAL'] },
  });
  expect(await alerts.next()).toMatchObject({ alert: { kind: 'SLA_BREACHED', ticket: { id: ticket.id } } });
});

test('MyDayScreen, CustomerScreen, FindScreen, PoliciesScreen', async () => {
  const plan = await givenPlan(manager, { customerId: customer.id });
  await manager.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  const day = (await supervisor.ask('MyDayScreen', { first: 10 })).data;
  expect(day.approvals.nodes).toMatchObject([{ kind: 'PLAN', customer: { id: customer.id } }]);
  const file = (await manager.ask('CustomerScreen', { id: customer.id })).data;
  expect(file.customer).toMatchObject({ number: customer.number, plans: { nodes: [{ id: plan.id }] } });
  const found = (await manager.ask('FindScreen', { search: ticket.number, first: 5 })).data;
  expect(found.tickets.nodes).toMatchObject([{ id: ticket.id }]);
  const { policies } = (await manager.ask('PoliciesScreen', {})).data;
  expect(policies.find(({ id }: { id: string }) => id === policyId).parameters.length).toBeGreaterThan(3);
});

test('every operation of the board was executed', () => {
  const text = readFileSync(new URL('../../schema/operations.graphql', import.meta.url), 'utf8');
  const ofBoard = [...text.matchAll(/^(?:query|subscription) (\w+Screen|BoardAlerts)\b/gm)].map(([, name]) => name);
  expect(ofBoard.length).toBeGreaterThan(5);
  expect(ofBoard.filter((name) => !executed.has(name ?? ''))).toEqual([]);
});
