import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { tasksOf } from '../support/care.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const BROADBAND = {
  policyId: 'broadband-key-account',
  branchCode: 'BB-A',
  kind: 'INSTITUTION',
  profile: { keyAccountType: 'GROUP' },
};

/** Runs on a clock that stands at `now`, so that each example has a platform of its own. */
async function at(now: string, run: (app: TestApp) => Promise<void>): Promise<void> {
  await using app = await startTestApp({ now });
  await run(app);
}

const due = (ticket: { clocks: { metric: string; dueAt: string }[] }, metric = 'RESOLUTION') =>
  ticket.clocks.find((clock) => clock.metric === metric)?.dueAt;

const instant = (local: string) => new Date(`${local}+08:00`).toISOString();

describe('complaint levels run around the clock', () => {
  test.each([
    { example: 'A-124', level: 1, opened: '2026-03-02T08:00', dueAt: '2026-03-02T13:00' },
    { example: 'A-125', level: 2, opened: '2026-03-02T08:00', dueAt: '2026-03-02T16:00' },
    { example: 'A-126', level: 3, opened: '2026-03-02T08:00', dueAt: '2026-03-02T20:00' },
    { example: 'A-127', level: 3, opened: '2026-03-02T20:00', dueAt: '2026-03-03T08:00' },
    { example: 'A-127, over the year', level: 3, opened: '2026-12-31T20:00', dueAt: '2027-01-01T08:00' },
    { example: 'A-127, in the holidays', level: 2, opened: '2026-10-01T22:30', dueAt: '2026-10-02T06:30' },
  ])('$example: level $level of $opened is due $dueAt', ({ level, opened, dueAt }) =>
    at(`${opened}:00+08:00`, async (app) => {
      const manager = app.as('BB-A/CUSTOMER_MANAGER');
      const customer = await givenCustomer(manager, BROADBAND);
      const ticket = await givenTicket(manager, { customerId: customer.id, level });
      expect(due(ticket)).toBe(instant(dueAt));
    }),
  );
});

describe('provisioning runs from the appointment', () => {
  test.each([
    { example: 'A-137', case: 'DEVICE_PRESENT', appointment: null, dueAt: '2026-03-02T08:30:00' },
    { example: 'A-138', case: 'TWO_WAY_COMMUNITY', appointment: '2026-03-02T09:00', dueAt: '2026-03-02T23:59:59' },
    { example: 'A-139', case: 'NOT_TWO_WAY_COMMUNITY', appointment: '2026-03-02T09:00', dueAt: '2026-03-05T23:59:59' },
    { example: 'A-140', case: 'OFF_NETWORK', appointment: '2026-03-02T09:00', dueAt: '2026-03-07T23:59:59' },
    {
      example: 'A-139, over a leap day',
      case: 'NOT_TWO_WAY_COMMUNITY',
      appointment: '2028-02-27T09:00',
      dueAt: '2028-03-01T23:59:59',
    },
  ])('$example: $case is due $dueAt', ({ case: caseCode, appointment, dueAt }) =>
    at('2026-03-02T08:00:00+08:00', async (app) => {
      const manager = app.as('BB-A/CUSTOMER_MANAGER');
      const customer = await givenCustomer(manager, BROADBAND);
      const ticket = await givenTicket(manager, {
        customerId: customer.id,
        type: 'PROVISIONING',
        case: caseCode,
        ...(appointment && { appointmentAt: `${appointment}:00+08:00` }),
      });
      expect(due(ticket, 'FULFILMENT')).toBe(instant(dueAt));
      if (caseCode === 'OFF_NETWORK') {
        const tasks = await manager.does('MyTasks', { filter: { customerId: customer.id } });
        expect(tasks.totalCount).toBe(1);
      }
    }),
  );
});

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

test('A-129: a level 2 complaint warns at 80 % of its limit', () =>
  at('2026-03-02T08:00:00+08:00', async (app) => {
    const manager = app.as('BB-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id, level: 2 });
    await using alerts = manager.follows('SlaAlerts', { filter: { ticketId: ticket.id } });
    await alerts.next();
    await app.advance('2026-03-02T14:23:59+08:00');
    expect(alerts.waiting).toEqual([]);
    expect(await app.advance('2026-03-02T14:24:00+08:00')).toMatchObject({ alertsRaised: 1 });
    expect(await alerts.next()).toMatchObject({
      alert: { kind: 'SLA_AT_RISK', raisedAt: instant('2026-03-02T14:24'), clock: { percentConsumed: 80 } },
    });
  }));

test("A-130: level 1 of eight o'clock raised to level 2 at eleven is due at four", () =>
  at('2026-03-02T08:00:00+08:00', async (app) => {
    const manager = app.as('BB-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(manager, BROADBAND);
    const ticket = await givenTicket(manager, { customerId: customer.id });
    await app.advance('2026-03-02T11:00:00+08:00');
    const escalated = await manager.does('EscalateTicket', { id: ticket.id, level: 2, reason: 'needs others' });
    expect(due(escalated)).toBe(instant('2026-03-02T16:00'));
    const explained = await manager.does('ClockExplanation', { clockId: escalated.clocks[0].id });
    expect(explained).toMatchObject({ elapsed: 'PT3H', remaining: 'PT5H', state: 'RUNNING' });
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
