import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

let app: TestApp;
let hall: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  hall = app.as('TL-A/CUSTOMER_MANAGER');
  customerId = (await givenCustomer(hall, { policyId: 'telecom-vip', branchCode: 'TL-A' })).id;
});
afterAll(() => app[Symbol.asyncDispose]());

describe('a first response that is owed can be given', () => {
  test.each([
    {
      it: 'when the work began without one',
      status: 'IN_PROGRESS',
      until: ({ id, version }: { id: string; version: number }) =>
        hall.does('UpdateTicket', { input: { id, expectedVersion: version, status: 'IN_PROGRESS' } }),
    },
    {
      it: 'while the customer is waited for',
      status: 'WAITING_ON_CUSTOMER',
      until: ({ id }: { id: string }) => hall.does('WaitOnCustomer', { id, reason: 'which number?' }),
    },
    {
      it: 'after it was reopened',
      status: 'IN_PROGRESS',
      until: async ({ id }: { id: string }) => {
        await hall.does('AcknowledgeTicket', { id });
        await hall.does('ResolveTicket', { id, resolution: 'Card replaced' });
        await hall.does('ReopenTicket', { id, reason: 'again' });
      },
    },
  ])('$it', async ({ status, until }) => {
    const ticket = await givenTicket(hall, { customerId });
    await until(ticket);
    const acknowledged = await hall.does('AcknowledgeTicket', { id: ticket.id });
    expect(acknowledged).toMatchObject({ __typename: 'Ticket', status });
    expect(acknowledged.clocks.at(-1)).toMatchObject({ metric: 'FIRST_RESPONSE', state: 'FULFILLED' });
    expect(await hall.does('AcknowledgeTicket', { id: ticket.id })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'ILLEGAL_MOVE' }],
    });
  });
});

test('a complaint that was raised is at risk once the limit of its new level is', async () => {
  await using later = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = later.as('BB-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  const [warned, breached] = [
    await givenTicket(manager, { customerId: customer.id }),
    await givenTicket(manager, { customerId: customer.id }),
  ];
  const state = async ({ id }: { id: string }) => (await manager.does('TicketDetail', { id })).slaState;
  await later.advance('2026-03-02T12:30:00+08:00');
  expect(await state(warned)).toBe('AT_RISK');
  await manager.does('EscalateTicket', { id: warned.id, level: 2, reason: 'needs others' });
  expect(await state(warned)).toBe('ON_TRACK');
  await later.advance('2026-03-02T14:00:00+08:00');
  expect(await state(breached)).toBe('BREACHED');
  await manager.does('EscalateTicket', { id: breached.id, level: 3, reason: 'needs others' });
  // What was broken stays so (decision 0032).
  expect(await state(breached)).toBe('BREACHED');
  await later.advance('2026-03-02T14:24:00+08:00');
  expect(await state(warned)).toBe('AT_RISK');
  await manager.does('WaitOnCustomer', { id: warned.id, reason: 'which number?' });
  expect(await state(warned)).toBe('AT_RISK');
});

test('a ticket is given only to somebody of its business line, who can see it', async () => {
  const bank = app.as('BK-A/CUSTOMER_MANAGER').id;
  const input = { customerId, type: 'COMPLAINT', subject: 'No signal', channel: 'PHONE', assigneeId: bank };
  const refused = { __typename: 'InvalidInput', issues: [{ path: 'input.assigneeId' }] };
  expect(await hall.does('OpenTicket', { input })).toMatchObject(refused);
  const { id, version } = await givenTicket(hall, { customerId });
  const give = (assigneeId: string) =>
    hall.does('UpdateTicket', { input: { id, expectedVersion: version, assigneeId } });
  expect(await give(bank)).toMatchObject(refused);
  const supervisor = app.as('TL-A/SUPERVISOR').id;
  expect(await give(supervisor)).toMatchObject({ assignee: { id: supervisor } });
});
