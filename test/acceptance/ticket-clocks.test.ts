import { describe, expect, test } from 'vitest';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { at, BROADBAND, due, instant } from './at-an-hour.ts';

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
