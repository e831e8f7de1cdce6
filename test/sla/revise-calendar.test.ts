import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const plugin = resolve(import.meta.dirname, 'plugins/office.ts');

const IMPACT = `query($input: CalendarRevisionInput!) { calendarImpact(input: $input) { count moves { ticketId metric from to } } }`;
const REVISE = `mutation($input: ReviseCalendarInput!) {
  reviseCalendar(input: $input) { __typename ... on CalendarVersion { version } ... on Error { code message } ... on InvalidInput { issues { path } } }
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

let office: TestApp;
beforeAll(async () => {
  office = await startTestApp({ now: '2026-03-05T16:00:00+08:00', plugins: [plugin] });
});
afterAll(() => office[Symbol.asyncDispose]());

test.each([
  { it: 'a week that is no object', given: { week: 'weekdays' }, path: 'input.week' },
  { it: 'hours that are no list', given: { week: { 1: '09:00' } }, path: 'input.week.1' },
  { it: 'exceptions that are no list', given: { exceptions: { date: '2026-03-06' } }, path: 'input.exceptions' },
  {
    it: 'an exception of no known kind',
    given: { exceptions: [{ date: '2026-03-06', kind: 'SHUT' }] },
    path: 'input.exceptions[0].kind',
  },
  {
    it: 'other hours that are not said',
    given: { exceptions: [{ date: '2026-03-06', kind: 'HOURS' }] },
    path: 'input.exceptions[0].hours',
  },
  {
    it: 'a reason in no language',
    given: { exceptions: [{ date: '2026-03-06', kind: 'CLOSED', because: 'outing' }] },
    path: 'input.exceptions[0].because',
  },
])('$it makes no version', async ({ given, path }) => {
  const admin = office.as('SYS/ADMIN');
  const input = { policyId: 'office', calendarId: 'desk', ...given };
  const impact = await office.as('OFFICE-A/SUPERVISOR').ask(IMPACT, { input });
  expect(impact.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT' });
  const revised = await admin.ask(REVISE, { input: { ...input, expectedVersion: 1, reason: 'x' } });
  expect(revised.data.reviseCalendar).toMatchObject({ __typename: 'InvalidInput', issues: [{ path }] });
});

test('a ticket that waits only to be closed is neither announced nor moved', async () => {
  await using app = await startTestApp({ now: '2026-03-05T16:00:00+08:00', plugins: [plugin] });
  const manager = app.as('OFFICE-A/CUSTOMER_MANAGER');
  const admin = app.as('SYS/ADMIN');
  const customer = await givenCustomer(manager, { policyId: 'office', branchCode: 'OFFICE-A' });
  const { id } = await givenTicket(manager, { customerId: customer.id });
  const { clocks } = await manager.does('ResolveTicket', { id, resolution: 'Card replaced' });
  const revision = { policyId: 'office', calendarId: 'desk', exceptions: [{ date: '2026-03-06', kind: 'CLOSED' }] };
  expect((await admin.ask(IMPACT, { input: revision })).data.calendarImpact).toEqual({ count: 0, moves: [] });
  await admin.ask(REVISE, { input: { ...revision, expectedVersion: 1, reason: 'staff outing' } });
  const { version } = (await admin.does('Policies')).find((policy: { id: string }) => policy.id === 'office');
  const applied = await admin.ask(APPLY, { input: { policyId: 'office', expectedVersion: version, reason: 'outing' } });
  expect(applied.data.applyPolicy).toMatchObject({ deadlinesMoved: 0 });
  expect((await manager.does('TicketDetail', { id })).clocks).toEqual(clocks);
});

test('a calendar that the policy does not declare is not found', async () => {
  const input = { policyId: 'office', calendarId: 'constructor', expectedVersion: 1, reason: 'x' };
  const revised = await office.as('SYS/ADMIN').ask(REVISE, { input });
  expect(revised.data.reviseCalendar).toMatchObject({ __typename: 'NotFound' });
});

test('a correction is in force at once, also where a later version waits for its day', async () => {
  await using app = await startTestApp({ now: '2026-03-05T16:00:00+08:00', plugins: [plugin] });
  const manager = app.as('OFFICE-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'office', branchCode: 'OFFICE-A' });
  const revise = async (revision: object, expectedVersion: number) => {
    const input = { policyId: 'office', calendarId: 'desk', ...revision, expectedVersion, reason: 'x' };
    const { data } = await app.as('SYS/ADMIN').ask(REVISE, { input });
    expect(data.reviseCalendar).toMatchObject({ version: expectedVersion + 1 });
  };
  const dueAt = async () => (await givenTicket(manager, { customerId: customer.id })).clocks[0].dueAt;
  const late = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, [{ start: '10:00', end: '19:00' }]]));
  await revise({ week: late, effectiveFrom: '2026-03-10' }, 1);
  await revise({ exceptions: [{ date: '2026-03-06', kind: 'CLOSED' }] }, 2);
  expect(await dueAt()).toBe('2026-03-09T03:00:00.000Z');
  await app.advance('2026-03-09T16:00:00+08:00');
  expect(await dueAt()).toBe('2026-03-10T03:00:00.000Z');
  await app.advance('2026-03-10T16:00:00+08:00');
  expect(await dueAt()).toBe('2026-03-11T03:00:00.000Z');
  await app.advance('2026-03-10T17:00:00+08:00');
  expect(await dueAt()).toBe('2026-03-11T04:00:00.000Z');
});
