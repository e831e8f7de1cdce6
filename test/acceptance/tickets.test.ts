import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { tasksOf } from '../support/care.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { at, BROADBAND, due, instant } from './at-an-hour.ts';

describe('on one clock', () => {
  let app: TestApp;
  let manager: Person;
  beforeAll(async () => {
    app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
    manager = app.as('BB-A/CUSTOMER_MANAGER');
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test('A-084: a bank complaint is not closed without a prevention measure', async () => {
    const bank = app.as('BK-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(bank, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const ticket = await givenTicket(bank, { customerId: customer.id });
    await bank.does('ResolveTicket', { id: ticket.id, resolution: 'Refunded' });
    const refused = await bank.does('CloseTicket', { id: ticket.id, customerConfirmed: true });
    expect(refused).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'NO_PREVENTION_MEASURE', policyId: 'bank-vip' }],
    });
    await bank.does('ReopenTicket', { id: ticket.id, reason: 'prevention' });
    await bank.does('ResolveTicket', {
      id: ticket.id,
      resolution: 'Refunded',
      rootCause: 'Fee table wrong; corrected and checked monthly',
    });
    expect(await bank.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      status: 'CLOSED',
    });
  });

  test("A-120: a 10086 work order about a hall belongs to the hall and to the customer's manager there", async () => {
    const hall = app.as('TL-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(hall, { policyId: 'telecom-vip', branchCode: 'TL-A' });
    const ticket = await givenTicket(app.as('TL-A/SUPERVISOR'), { customerId: customer.id, channel: 'HOTLINE' });
    expect(ticket).toMatchObject({ channel: 'HOTLINE', owner: { id: hall.id }, assignee: { id: hall.id } });
  });

  test('A-121: a complaint is closed inside the process only', async () => {
    const hall = app.as('TL-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(hall, { policyId: 'telecom-vip', branchCode: 'TL-A' });
    const ticket = await givenTicket(hall, { customerId: customer.id });
    expect(await hall.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      __typename: 'Refused',
    });
  });

  test('A-122: a telecom complaint is answered within 24 hours', async () => {
    const hall = app.as('TL-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(hall, { policyId: 'telecom-vip', branchCode: 'TL-A' });
    const ticket = await givenTicket(hall, { customerId: customer.id });
    expect(ticket.clocks.map(({ target }: { target: string }) => target)).toContain('PT24H');
  });

  test('A-131: a complaint that another department received belongs to the key-account manager; who received it stays visible', async () => {
    const customer = await givenCustomer(manager, BROADBAND);
    const received = await givenTicket(app.as('BB-B/SUPERVISOR'), { customerId: customer.id });
    expect(received).toMatchObject({ assignee: { id: manager.id }, owner: { id: manager.id } });
    const answer = await manager.ask('query($id: ID!) { ticket(id: $id) { firstReceiver { name } } }', {
      id: received.id,
    });
    expect(answer.data).toEqual({ ticket: { firstReceiver: { name: 'BB-B SUPERVISOR' } } });
  });

  test('A-132, A-154: what the manager cannot solve goes to level 2 and to those who can', async () => {
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id });
    const escalated = await manager.does('EscalateTicket', {
      id: ticket.id,
      level: 2,
      reason: 'needs the engineering department',
    });
    expect(escalated).toMatchObject({ level: 2 });
    const { timeline } = await manager.does('TicketDetail', { id: ticket.id });
    expect(timeline.nodes.at(-1)).toMatchObject({
      kind: 'ESCALATED',
      text: 'needs the engineering department',
      from: '1',
      to: '2',
    });
    expect(await manager.does('EscalateTicket', { id: ticket.id, level: 1, reason: 'back' })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'NOT_HIGHER' }],
    });
  });

  test.each(['RecordInteraction', 'CompleteTask'] as const)('A-133: the callback is made once, by %s', async (by) => {
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced', rootCause: 'Defect' });
    const callbacks = () => tasksOf(manager, customer.id, { origins: ['CALLBACK'] });
    const [callback] = await callbacks();
    const contact = { channel: 'PHONE', purpose: 'FOLLOW_UP', summary: 'Content' };
    const done =
      by === 'CompleteTask'
        ? await manager.does(by, { input: { id: callback.id, outcome: 'content', interaction: contact } })
        : await manager.does(by, { input: { customerId: customer.id, ticketId: ticket.id, ...contact } });
    expect(done).not.toHaveProperty('reasons');
    expect(await callbacks()).toMatchObject([{ status: 'DONE' }]);
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      status: 'CLOSED',
    });
  });

  test.each([
    { it: 'that the customer called', contact: { purpose: 'RECEPTION' } },
    { it: 'before it was solved', contact: { purpose: 'FOLLOW_UP', happenedAt: '2026-03-02T07:00:00+08:00' } },
  ])('A-133: contact $it is no callback', async ({ contact }) => {
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced', rootCause: 'Defect' });
    const input = {
      customerId: customer.id,
      ticketId: ticket.id,
      channel: 'PHONE',
      summary: 'Still waiting',
      ...contact,
    };
    await manager.does('RecordInteraction', { input });
    expect(await tasksOf(manager, customer.id, { origins: ['CALLBACK'] })).toMatchObject([{ status: 'OPEN' }]);
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      reasons: [{ code: 'NO_CALLBACK' }],
    });
  });

  test('A-133: a complaint that was solved without a callback is not closed', async () => {
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced', rootCause: 'Defect' });
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'NO_CALLBACK', policyId: 'broadband-key-account' }],
    });
    await manager.does('RecordInteraction', {
      input: {
        customerId: customer.id,
        channel: 'PHONE',
        purpose: 'FOLLOW_UP',
        summary: 'Content',
        ticketId: ticket.id,
      },
    });
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: false })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'NOT_SATISFIED' }],
    });
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      status: 'CLOSED',
    });
  });

  test('a complaint is closed with its cause, which is analysed', async () => {
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced' });
    const call = { channel: 'PHONE', purpose: 'FOLLOW_UP', summary: 'Content' };
    await manager.does('RecordInteraction', { input: { customerId: customer.id, ...call, ticketId: ticket.id } });
    expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'NO_CAUSE' }],
    });
  });
});

test('A-095: a request at two in the night is assigned to the manager at once and its clock runs', () =>
  at('2026-03-02T02:00:00+08:00', async (app) => {
    const hall = app.as('TL-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(hall, { policyId: 'telecom-vip', branchCode: 'TL-A' });
    const ticket = await givenTicket(app.as('TL-A/SUPERVISOR'), { customerId: customer.id });
    expect(ticket).toMatchObject({ assignee: { id: hall.id } });
    await app.advance('2026-03-02T03:00:00+08:00');
    const { clocks } = await hall.does('TicketDetail', { id: ticket.id });
    expect(clocks.map(({ elapsed }: { elapsed: string }) => elapsed)).toEqual(clocks.map(() => 'PT1H'));
  }));

test('A-151: a leader-type customer is served at three in the night', () =>
  at('2026-03-02T03:00:00+08:00', async (app) => {
    const manager = app.as('BB-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(manager, {
      ...BROADBAND,
      kind: 'INDIVIDUAL',
      profile: { keyAccountType: 'SPECIAL_LEADER' },
    });
    expect(due(await givenTicket(manager, { customerId: customer.id }))).toBe(instant('2026-03-02T08:00'));
  }));

test('A-128: a level 1 complaint that is open at its limit is told to the manager and the leader', () =>
  at('2026-03-02T08:00:00+08:00', async (app) => {
    const manager = app.as('BB-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await using alerts = app
      .as('BB-A/SUPERVISOR')
      .follows('SlaAlerts', { filter: { ticketId: ticket.id, mine: true, kinds: ['SLA_BREACHED'] } });
    await alerts.next();
    await app.advance('2026-03-02T13:00:00.001+08:00');
    expect(await alerts.next()).toMatchObject({
      alert: {
        kind: 'SLA_BREACHED',
        audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
        clock: { dueAt: instant('2026-03-02T13:00'), state: 'BREACHED' },
      },
    });
  }));
