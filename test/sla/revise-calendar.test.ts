import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenTicket } from '../support/given.ts';

const plugin = resolve(import.meta.dirname, 'plugins/office.ts');

const IMPACT = `query($input: CalendarRevisionInput!) { calendarImpact(input: $input) { count moves { ticketId metric from to } } }`;
const REVISE = `mutation($input: ReviseCalendarInput!) {
  reviseCalendar(input: $input) { __typename ... on CalendarVersion { version } ... on Error { code message } }
}`;
const APPLY = `mutation($input: ApplyPolicyInput!) { applyPolicy(input: $input) { __typename ... on AppliedPolicy { deadlinesMoved } ... on Error { message } } }`;

test('a corrected calendar says which open deadlines would move, moves none by itself, and then exactly those', async () => {
  // A Thursday; the office opens Monday to Friday, nine to six.
  await using app = await startTestApp({ now: '2026-03-05T16:00:00+08:00', plugins: [plugin] });
  const manager = app.as('OFFICE-A/CUSTOMER_MANAGER');
  const admin = app.as('SYS/ADMIN');
  const customer = await manager.does('CreateCustomer', {
    input: { policyId: 'office', number: '1', kind: 'INDIVIDUAL', name: 'X', branchCode: 'OFFICE-A' },
  });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  expect(ticket.clocks[0].dueAt).toBe('2026-03-06T03:00:00.000Z');

  const revision = { policyId: 'office', calendarId: 'desk', exceptions: [{ date: '2026-03-06', kind: 'CLOSED' }] };
  const impact =
    (await manager.does('Viewer')) &&
    (await app.as('OFFICE-A/SUPERVISOR').ask(IMPACT, { input: revision })).data.calendarImpact;
  expect(impact).toEqual({
    count: 1,
    moves: [
      { ticketId: ticket.id, metric: 'RESOLUTION', from: '2026-03-06T03:00:00.000Z', to: '2026-03-09T03:00:00.000Z' },
    ],
  });
  expect((await admin.ask(IMPACT, { input: revision })).data.calendarImpact).toEqual({ count: 1, moves: [] });

  const broken = { ...revision, exceptions: [{ date: '2026-02-30', kind: 'CLOSED' }], expectedVersion: 1, reason: 'x' };
  expect((await admin.ask(REVISE, { input: broken })).data.reviseCalendar).toMatchObject({
    __typename: 'InvalidInput',
  });
  expect(
    (await manager.ask(REVISE, { input: { ...revision, expectedVersion: 1, reason: 'x' } })).data.reviseCalendar,
  ).toMatchObject({ __typename: 'Forbidden' });
  const revised = await admin.ask(REVISE, { input: { ...revision, expectedVersion: 1, reason: 'staff outing' } });
  expect(revised.data.reviseCalendar).toEqual({ __typename: 'CalendarVersion', version: 2 });
  expect(
    (await admin.ask(REVISE, { input: { ...revision, expectedVersion: 1, reason: 'again' } })).data.reviseCalendar,
  ).toMatchObject({ __typename: 'Conflict' });

  const unmoved = await manager.does('TicketDetail', { id: ticket.id });
  expect(unmoved.clocks[0].dueAt).toBe('2026-03-06T03:00:00.000Z');
  const later = await givenTicket(manager, { customerId: customer.id });
  expect(later.clocks[0].dueAt).toBe('2026-03-09T03:00:00.000Z');

  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'office');
  const applied = await admin.ask(APPLY, {
    input: { policyId: 'office', expectedVersion: version, reason: 'staff outing' },
  });
  expect(applied.data.applyPolicy).toEqual({ __typename: 'AppliedPolicy', deadlinesMoved: 1 });
  expect((await manager.does('TicketDetail', { id: ticket.id })).clocks[0].dueAt).toBe('2026-03-09T03:00:00.000Z');
});
