import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

let app: TestApp;
let manager: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00', database: 'MEMORY' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  ({ id: customerId } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' }));
});
afterAll(() => app[Symbol.asyncDispose]());

interface Clock {
  readonly metric: string;
  readonly state: string;
  readonly dueAt: string;
}

test('a cancelled ticket is closed, its clocks end neither kept nor broken, and it can be taken up again', async () => {
  const { id } = await givenTicket(manager, { customerId });
  const input = { id, reason: 'opened twice' };
  const cancelled = await manager.does('CancelTicket', { input });
  expect(cancelled).toMatchObject({ __typename: 'Ticket', status: 'CLOSED', isCancelled: true });
  expect(new Set(cancelled.clocks.map(({ state }: Clock) => state))).toEqual(new Set(['CANCELLED']));
  const { timeline } = await manager.does('TicketDetail', { id });
  expect(timeline.nodes.at(-1)).toMatchObject({ kind: 'CANCELLED', text: 'opened twice' });
  expect(await manager.does('CancelTicket', { input })).toMatchObject({ reasons: [{ code: 'ILLEGAL_MOVE' }] });
  expect(await manager.does('ReopenTicket', { id, reason: 'it was not' })).toMatchObject({ status: 'IN_PROGRESS' });
});

test('a ticket that was resolved and closed is not cancelled', async () => {
  const { id } = await givenTicket(manager, { customerId });
  await manager.does('ResolveTicket', { id, resolution: 'Fixed', rootCause: 'A cable' });
  expect(await manager.does('CancelTicket', { input: { id, reason: 'late' } })).toMatchObject({
    reasons: [{ code: 'ILLEGAL_MOVE' }],
  });
});

const provisioning = (more: object) => givenTicket(manager, { customerId, type: 'PROVISIONING', ...more });
const due = (ticket: { clocks: Clock[] }, metric: string) =>
  ticket.clocks.find((clock) => clock.metric === metric)?.dueAt;

test('another case promises what a ticket of that case is promised', async () => {
  const [one, other] = [await provisioning({ case: 'OFF_NETWORK' }), await provisioning({ case: 'TWO_WAY_COMMUNITY' })];
  const [clock] = one.clocks.filter(({ state }: Clock) => state === 'RUNNING') as [Clock];
  expect(due(other, clock.metric)).not.toBe(clock.dueAt);
  const changed = await manager.does('ChangeTicketCase', {
    input: { id: one.id, case: 'TWO_WAY_COMMUNITY', reason: 'it is one' },
  });
  expect(changed).toMatchObject({ __typename: 'Ticket', case: 'TWO_WAY_COMMUNITY' });
  expect(due(changed, clock.metric)).toBe(due(other, clock.metric));
  for (const wrong of ['TWO_WAY_COMMUNITY', 'NO_SUCH_CASE'])
    expect(
      await manager.does('ChangeTicketCase', { input: { id: one.id, case: wrong, reason: 'again' } }),
    ).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.case' }] });
});

test('another appointment promises what a ticket with that appointment is promised', async () => {
  const [first, second] = ['2026-03-04T10:00:00+08:00', '2026-03-06T10:00:00+08:00'];
  const one = await provisioning({ case: 'TWO_WAY_COMMUNITY', appointmentAt: first });
  const other = await provisioning({ case: 'TWO_WAY_COMMUNITY', appointmentAt: second });
  const input = { id: one.id, appointmentAt: second, reason: 'not at home' };
  const moved = await manager.does('RescheduleAppointment', { input });
  expect(moved).toMatchObject({ appointmentAt: new Date(second).toISOString() });
  const dates = (ticket: { clocks: Clock[] }) => ticket.clocks.map(({ metric, dueAt }) => [metric, dueAt]).sort();
  expect(dates(moved)).toEqual(dates(other));
  expect(dates(moved)).not.toEqual(dates(one));
  for (const appointmentAt of [second, '2030-03-06T10:00:00+08:00'])
    expect(await manager.does('RescheduleAppointment', { input: { ...input, appointmentAt } })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: 'input.appointmentAt' }],
    });
});

test('whoever saw another version hears of a conflict', async () => {
  const { id, version } = await givenTicket(manager, { customerId });
  await manager.does('AcknowledgeTicket', { id });
  expect(
    await manager.does('CancelTicket', { input: { id, expectedVersion: version, reason: 'twice' } }),
  ).toMatchObject({ __typename: 'Conflict', presentVersion: version + 1 });
});

test('tickets are found by number, words, branch, owner, channel and day', async () => {
  const ticket = await givenTicket(manager, { customerId, subject: 'Fibre cut at the Gate', channel: 'WECHAT' });
  const { number } = await manager.does('TicketDetail', { id: ticket.id });
  const found = async (filter: object, who = manager): Promise<string[]> => {
    const document = 'query ($filter: TicketFilter) { tickets(filter: $filter, first: 100) { nodes { id } } }';
    return (await who.ask(document, { filter })).data.tickets.nodes.map(({ id }: { id: string }) => id);
  };
  const serial = number.slice(2);
  for (const search of [number, number.toLowerCase(), serial, ` ${number} `, 'fibre CUT', 'gate'])
    expect(await found({ search }), search).toContain(ticket.id);
  for (const search of ['T-999999999', '99999999999', 'a bridge']) expect(await found({ search }), search).toEqual([]);
  expect(await found({ search: number }, app.as('BK-A/CUSTOMER_MANAGER'))).toEqual([]);
  const { branch, owner } = (
    await manager.ask('query ($id: ID!) { ticket(id: $id) { branch { id } owner { id } } }', ticket)
  ).data.ticket;
  const day = { openedFrom: '2026-03-02T00:00:00+08:00', openedBefore: '2026-03-03T00:00:00+08:00' };
  const fitting = { branchIds: [branch.id], ownerIds: [owner.id], channels: ['WECHAT'], unassigned: false, ...day };
  expect(await found(fitting)).toEqual([ticket.id]);
  for (const [field, value] of Object.entries({
    branchIds: [],
    ownerIds: [app.as('BB-HQ/DIRECTOR').id],
    channels: ['SMS'],
    unassigned: true,
    openedFrom: day.openedBefore,
    openedBefore: day.openedFrom,
  }))
    expect(await found({ ...fitting, [field]: value }), field).toEqual([]);
});
