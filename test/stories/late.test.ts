import { expect, test } from 'vitest';
import type { HeldClock } from '../../server/platform/values/wall-clock.ts';
import type { Person, TestApp } from '../support/app.ts';
import { startTestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// A promise is kept at its due instant and broken a millisecond later, and what is broken stays so.

const DAY = { policyId: 'broadband-key-account', from: '2026-03-02T00:00:00+08:00', to: '2026-03-03T00:00:00+08:00' };

async function accountManager(app: TestApp) {
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id: customerId } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  return { manager, customerId };
}

const breaches = async (app: TestApp, person: Person, ticketId: string): Promise<string[]> => {
  await app.app.services.alerts.numberAll();
  const { data } = await person.ask(
    'query($f: AlertFilter) { alerts(first: 50, filter: $f) { nodes { kind raisedAt } } }',
    { f: { ticketId } },
  );
  return data.alerts.nodes
    .filter(({ kind }: { kind: string }) => kind === 'SLA_BREACHED')
    .map(({ raisedAt }: { raisedAt: string }) => raisedAt)
    .toSorted();
};

const CLOCK = `query($id: ID!) { ticket(id: $id) { slaState clocks { id metric state dueAt breachedAt } } }`;
const resolutionOf = async (person: Person, id: string) => {
  const { data } = await person.ask(CLOCK, { id });
  const clock = data.ticket.clocks.find(({ metric }: { metric: string }) => metric === 'RESOLUTION');
  return { ...clock, slaState: data.ticket.slaState };
};

test('a breach of one level stays in state, figures and explanation when another level is due later', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const { manager, customerId } = await accountManager(app);
  const { id } = await givenTicket(manager, { customerId, level: 1 });
  await app.advance('2026-03-02T14:00:00+08:00');
  await manager.does('EscalateTicket', { id, level: 2, reason: 'needs the network department' });
  const level2 = await resolutionOf(manager, id);
  expect(level2).toMatchObject({
    state: 'BREACHED',
    slaState: 'BREACHED',
    breachedAt: '2026-03-02T05:00:00.000Z',
    dueAt: '2026-03-02T08:00:00.000Z',
  });
  await app.advance('2026-03-02T15:00:00+08:00');
  await manager.does('ResolveTicket', { id, resolution: 'replaced', rootCause: 'cable' });
  expect(await resolutionOf(manager, id)).toMatchObject({ state: 'BREACHED', breachedAt: '2026-03-02T05:00:00.000Z' });
  const { attainment } = await app.as('BB-A/SUPERVISOR').does('SlaSummary', { filter: DAY });
  expect(attainment).toContainEqual(
    expect.objectContaining({ metric: 'RESOLUTION', fulfilled: 0, breached: 1, percent: '0' }),
  );
  const explained = async (at: string) =>
    (
      await manager.ask(
        'query($c: ID!, $at: DateTime) { clockExplanation(clockId: $c, at: $at) { state dueAt breachedAt } }',
        {
          c: level2.id,
          at,
        },
      )
    ).data.clockExplanation;
  expect(await explained('2026-03-02T12:59:00+08:00')).toMatchObject({ state: 'RUNNING', breachedAt: null });
  for (const at of ['2026-03-02T13:30:00+08:00', '2026-03-02T14:30:00+08:00', '2026-03-02T15:00:00+08:00'])
    expect(await explained(at)).toMatchObject({ state: 'BREACHED', breachedAt: '2026-03-02T05:00:00.000Z' });
});

test('each level that is broken is told once, and counts once', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const { manager, customerId } = await accountManager(app);
  const { id } = await givenTicket(manager, { customerId, level: 1 });
  await app.advance('2026-03-02T14:00:00+08:00');
  await manager.does('EscalateTicket', { id, level: 2, reason: 'needs the network department' });
  await app.advance('2026-03-02T17:00:00+08:00');
  await manager.does('EscalateTicket', { id, level: 3, reason: 'needs the city company' });
  await app.advance('2026-03-02T21:00:00+08:00');
  expect(await breaches(app, manager, id)).toEqual([
    '2026-03-02T05:00:00.001Z',
    '2026-03-02T08:00:00.001Z',
    '2026-03-02T12:00:00.001Z',
  ]);
  expect(await resolutionOf(manager, id)).toMatchObject({ state: 'BREACHED', breachedAt: '2026-03-02T05:00:00.000Z' });
  const { attainment } = await app.as('BB-A/SUPERVISOR').does('SlaSummary', { filter: DAY });
  expect(attainment).toContainEqual(expect.objectContaining({ metric: 'RESOLUTION', fulfilled: 0, breached: 1 }));
});

test.each([
  { it: 'at the due instant', resolvedAt: '2026-03-02T13:00:00+08:00', state: 'FULFILLED', told: 0 },
  { it: 'a millisecond after it', resolvedAt: '2026-03-02T13:00:00.001+08:00', state: 'BREACHED', told: 1 },
])(
  'resolved $it, after the sweep of that instant: $state, and told $told times',
  async ({ resolvedAt, state, told }) => {
    await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
    const { manager, customerId } = await accountManager(app);
    const { id } = await givenTicket(manager, { customerId, level: 1 });
    await app.advance(resolvedAt);
    await manager.does('ResolveTicket', { id, resolution: 'replaced', rootCause: 'cable' });
    await app.advance('2026-03-02T14:00:00+08:00');
    expect(await resolutionOf(manager, id)).toMatchObject({ state });
    expect(await breaches(app, manager, id)).toHaveLength(told);
  },
);

test.each([
  {
    it: 'in the last half second of its day',
    resolvedAt: '2026-03-02T23:59:59.500+08:00',
    state: 'FULFILLED',
    told: 0,
  },
  { it: 'in its last millisecond', resolvedAt: '2026-03-02T23:59:59.999+08:00', state: 'FULFILLED', told: 0 },
  { it: 'when the next day begins', resolvedAt: '2026-03-03T00:00:00+08:00', state: 'BREACHED', told: 1 },
])('a same-day promise kept $it is $state', async ({ resolvedAt, state, told }) => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
  const { manager, customerId } = await accountManager(app);
  const ticket = await givenTicket(manager, {
    customerId,
    type: 'PROVISIONING',
    case: 'TWO_WAY_COMMUNITY',
    appointmentAt: '2026-03-02T15:00:00+08:00',
  });
  await app.advance(resolvedAt);
  await manager.does('ResolveTicket', { id: ticket.id, resolution: 'done', rootCause: 'new line' });
  const { data } = await manager.ask(CLOCK, { id: ticket.id });
  expect(data.ticket.clocks).toContainEqual(expect.objectContaining({ metric: 'FULFILMENT', state }));
  expect(await breaches(app, manager, ticket.id)).toHaveLength(told);
});

test('an appointment in the last second of its day is not due before it', async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
  const { manager, customerId } = await accountManager(app);
  const { id } = await givenTicket(manager, {
    customerId,
    type: 'PROVISIONING',
    case: 'TWO_WAY_COMMUNITY',
    appointmentAt: '2026-03-02T23:59:59.999+08:00',
  });
  const { data } = await manager.ask(CLOCK, { id });
  expect(data.ticket.clocks).toContainEqual(
    expect.objectContaining({ metric: 'FULFILMENT', state: 'RUNNING', dueAt: '2026-03-02T15:59:59.999Z' }),
  );
});

test('an alert that is read again tells what it was raised about, beside how that stands now', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const { manager, customerId } = await accountManager(app);
  const { id } = await givenTicket(manager, { customerId, level: 1 });
  await app.advance('2026-03-02T13:30:00+08:00');
  await manager.does('EscalateTicket', { id, level: 2, reason: 'needs the network department' });
  await manager.does('ResolveTicket', { id, resolution: 'replaced', rootCause: 'cable' });
  const { data } = await manager.ask(
    `query($f: AlertFilter) { alerts(first: 50, filter: $f) { nodes {
      kind ticket { level status } clock { dueAt state }
      asRaised { level status metric state dueAt percentConsumed beyondHorizon } } } }`,
    { f: { ticketId: id } },
  );
  const now = {
    ticket: { level: 2, status: 'RESOLVED' },
    clock: { state: 'BREACHED', dueAt: '2026-03-02T08:00:00.000Z' },
  };
  const then = {
    level: 1,
    status: 'NEW',
    metric: 'RESOLUTION',
    dueAt: '2026-03-02T05:00:00.000Z',
    beyondHorizon: false,
  };
  const nodes = data.alerts.nodes.filter(({ kind }: { kind: string }) => kind.startsWith('SLA_'));
  expect(nodes).toContainEqual({
    kind: 'SLA_AT_RISK',
    ...now,
    asRaised: { ...then, state: 'RUNNING', percentConsumed: 80 },
  });
  expect(nodes).toContainEqual({
    kind: 'SLA_BREACHED',
    ...now,
    asRaised: { ...then, state: 'BREACHED', percentConsumed: 100 },
  });
});

test('what no sweep had told when another level came is told of the level under which it passed', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const { manager, customerId } = await accountManager(app);
  const { id } = await givenTicket(manager, { customerId, level: 1 });
  // Nothing sweeps at this instant.
  (app.app.services.clock as HeldClock).set(new Date('2026-03-02T14:00:00+08:00'));
  await manager.does('EscalateTicket', { id, level: 2, reason: 'needs the network department' });
  await app.app.services.alerts.numberAll();
  const { data } = await manager.ask(
    'query($f: AlertFilter) { alerts(first: 9, filter: $f) { nodes { kind message asRaised { level dueAt state } } } }',
    { f: { ticketId: id, kinds: ['SLA_BREACHED'] } },
  );
  expect(data.alerts.nodes).toMatchObject([
    {
      message: expect.stringContaining('2 March 2026, 13:00'),
      asRaised: { level: 1, dueAt: '2026-03-02T05:00:00.000Z', state: 'BREACHED' },
    },
  ]);
});
