import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { givenApprovedPlan, givenPlan } from '../support/plans.ts';
import { difference, everything } from './everything.ts';
import { rehearsed, rehearsing } from './rehearsing.ts';

// What is told before it is done, with the figures of the documents. On the embedded database, which has one connection for all.

const broadband = { policyId: 'broadband-key-account', branchCode: 'BB-A' };
const bank = { policyId: 'bank-vip', branchCode: 'BK-A' };

let app: TestApp;
let keeper: Person;
let manager: Person;
let supervisor: Person;
let center: Person;
let director: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'MEMORY' });
  keeper = app.as('BB-A/CUSTOMER_MANAGER');
  [manager, supervisor] = [app.as('BK-A/CUSTOMER_MANAGER'), app.as('BK-A/SUPERVISOR')];
  [center, director] = [app.as('BK-A/COMMAND_CENTER'), app.as('BK-A/DIRECTOR')];
});
afterAll(() => app[Symbol.asyncDispose]());

const resolution = <Clock extends { readonly metric: string }>(clocks: readonly Clock[]) =>
  clocks.find(({ metric }) => metric === 'RESOLUTION');

test('a complaint of the second level, opened at 08:00, would be due at 16:00, and none is opened', async () => {
  const customer = await givenCustomer(keeper, broadband);
  const input = { customerId: customer.id, type: 'COMPLAINT', level: 2, subject: 'No signal', channel: 'PHONE' };
  const told = await keeper.does('RehearseOpenTicket', { input });
  expect(told.openTicket.__typename).toBe('Rehearsal');
  expect(resolution(told.openTicket.clocks)).toMatchObject({
    isNew: true,
    dueAt: '2026-03-02T08:00:00.000Z',
    dueBefore: null,
    ticket: null,
  });
  expect(told.openTicket.changes).toContainEqual({ entity: 'Ticket', added: 1, changed: 0, removed: 0 });
  const tickets = 'query ($id: ID!) { tickets(filter: { customerId: $id }) { totalCount } }';
  expect((await keeper.ask(tickets, { id: customer.id })).data.tickets.totalCount).toBe(0);
});

test('raised to the second level, a complaint of 08:00 would be due at 16:00 instead', async () => {
  const customer = await givenCustomer(keeper, broadband);
  const ticket = await givenTicket(keeper, { customerId: customer.id });
  const raise = { id: ticket.id, level: 2, reason: 'needs engineering' };
  const told = await rehearsed(keeper, 'EscalateTicket', raise);
  expect(resolution(told.clocks)).toMatchObject({
    isNew: false,
    dueAt: '2026-03-02T08:00:00.000Z',
    dueBefore: resolution(ticket.clocks)?.dueAt,
  });
});

test('the numbers of tickets go on without a gap', async () => {
  const { id } = await givenCustomer(keeper, broadband);
  const [first, , second] = [
    await givenTicket(keeper, { customerId: id }),
    await rehearsed(keeper, 'OpenTicket', {
      input: { customerId: id, type: 'COMPLAINT', subject: 'Once more', channel: 'PHONE' },
    }),
    await givenTicket(keeper, { customerId: id }),
  ];
  expect(Number(second.number.slice(2))).toBe(Number(first.number.slice(2)) + 1);
});

test('a key that was only rehearsed is free; one that was used brings nothing a second time', async () => {
  const { id } = await givenCustomer(keeper, broadband);
  const input = { customerId: id, type: 'COMPLAINT', subject: 'Slow', channel: 'PHONE' };
  const once = { input, idempotencyKey: 'slow-1' };
  expect((await rehearsed(keeper, 'OpenTicket', once)).clocks).not.toEqual([]);
  expect(await keeper.does('OpenTicket', once)).toMatchObject({ __typename: 'Ticket' });
  expect(await rehearsed(keeper, 'OpenTicket', once)).toMatchObject({ clocks: [], changes: [] });
});

test('who would approve a plan: the command centres of the line, and not who asked', async () => {
  const { id: customerId } = await givenCustomer(manager, bank);
  const plan = await givenPlan(supervisor, { customerId });
  const told = await supervisor.does('RehearseSubmitPlan', { id: plan.id, expectedVersion: 1 });
  expect(told.submitPlan.approvals).toMatchObject([
    { state: 'PENDING', isNew: true, steps: [{ role: 'COMMAND_CENTER', decision: null }] },
  ]);
  const [{ approvers }] = told.submitPlan.approvals[0].steps;
  expect(approvers.map(({ name }: { name: string }) => name)).toEqual(['BK-A COMMAND_CENTER', 'BK-HQ COMMAND_CENTER']);
  const { id: other } = await givenPlan(center, { customerId });
  const own = await center.does('RehearseSubmitPlan', { id: other, expectedVersion: 1 });
  expect(own.submitPlan.approvals[0].steps[0].approvers).toMatchObject([{ name: 'BK-HQ COMMAND_CENTER' }]);
});

test('what approving a plan reserves, and spending on it leaves', async () => {
  const year = { ...bank, year: 2026, amount: { amount: '90000' }, purpose: '2026' };
  expect((await rehearsed(director, 'AllocateBudget', { input: year })).money).toEqual([
    { kind: 'ALLOCATE', amount: { amount: '90000' }, availableAfter: { amount: '90000' } },
  ]);
  await director.does('AllocateBudget', { input: year });
  const { id: customerId } = await givenCustomer(manager, bank);
  const plan = await givenPlan(supervisor, { customerId, budget: { amount: '1000' } });
  const { approval } = await supervisor.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  const decided = await rehearsed(center, 'DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  expect(decided).toMatchObject({
    approvals: [{ state: 'APPROVED', isNew: false }],
    money: [{ kind: 'RESERVE', amount: { amount: '1000' }, availableAfter: { amount: '89000' } }],
  });
  expect(decided.tasks).toHaveLength(1);

  const approved = await givenApprovedPlan(supervisor, [center], { customerId, budget: { amount: '1000' } });
  const spending = { planId: approved.id, amount: { amount: '300' }, purpose: 'Gifts' };
  expect((await rehearsed(supervisor, 'SpendPlanBudget', { input: spending })).money).toEqual([
    { kind: 'CONSUME', amount: { amount: '300' }, availableAfter: { amount: '89000' } },
  ]);
  const tooMuch = { ...spending, amount: { amount: '1001' } };
  expect(await rehearsed(supervisor, 'SpendPlanBudget', { input: tooMuch })).toMatchObject({ __typename: 'Refused' });
});

test('an assessment that is rehearsed is none', async () => {
  const { id, number: customerNumber } = await givenCustomer(manager, bank);
  const deposit = { customerNumber, key: 'TIME_DEPOSIT_REALTIME', value: '100000', asOf: '2026-02-28' };
  await manager.does('RecordMetrics', { input: { policyId: bank.policyId, source: 'core', metrics: [deposit] } });
  const input = { customerId: id, schemeId: 'rural-credit' };
  expect(await rehearsed(manager, 'AssessCustomer', { input })).toMatchObject({
    __typename: 'Rehearsal',
    approvals: [],
    changes: [{ entity: 'Assessment', added: 1, changed: 0, removed: 0 }],
  });
  const assessment = await manager.does('AssessCustomer', { input });
  const submitted = await rehearsed(manager, 'SubmitAssessment', { id: assessment.id });
  expect(submitted.approvals).toMatchObject([{ state: 'PENDING', isNew: true }]);
});

test('who may not do a thing may not rehearse it', async () => {
  const { id: customerId } = await givenCustomer(manager, bank);
  const elsewhere = app.as('BK-B/CUSTOMER_MANAGER');
  const input = { customerId, type: 'COMPLAINT', subject: 'No', channel: 'PHONE' };
  expect(await rehearsed(elsewhere, 'OpenTicket', { input })).toMatchObject({ __typename: 'NotFound' });
  const allocation = { ...bank, year: 2027, amount: { amount: '1' }, purpose: '-' };
  expect(await rehearsed(manager, 'AllocateBudget', { input: allocation })).toMatchObject({ __typename: 'Forbidden' });
});

test('nobody who follows a ticket hears of a rehearsal', async () => {
  const customer = await givenCustomer(keeper, broadband);
  const ticket = await givenTicket(keeper, { customerId: customer.id });
  await using changes = keeper.follows('TicketChanged', { id: ticket.id });
  expect(await changes.next()).toMatchObject({ status: 'NEW' });
  await rehearsed(keeper, 'AcknowledgeTicket', { id: ticket.id, message: 'We look into it' });
  await keeper.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced', rootCause: 'Defect' });
  expect(await changes.next()).toMatchObject({ status: 'RESOLVED' });
});

test('what the clock brings is told as it is brought: RecordDuty, SelectForCallback, SendMessage, RecordInstallation', async () => {
  const heard: string[] = [];
  const who = rehearsing(app, keeper, (name) => heard.push(name));
  const file = { ...broadband, phone: '13912341234', profile: { keyAccountType: 'GROUP' } };
  const { id: customerId } = await givenCustomer(who, file);
  await app.advance('2026-03-10T08:00:00+08:00');
  const review = { policyId: broadband.policyId, code: 'WEEKLY_REVIEW', customerId, note: 'Content' };
  await who.does('RecordDuty', { input: review });
  const selection = { policyId: broadband.policyId, method: 'EMOTIONAL', count: 1, dueAt: '2026-03-12T08:00:00+08:00' };
  await who.does('SelectForCallback', { input: { ...selection, reason: 'A word' } });
  await who.does('SendMessage', { input: { customerId, purpose: 'GREETING', body: 'All the best. BB Outlet A' } });
  const ticket = await givenTicket(who, { customerId, type: 'PROVISIONING', case: 'OFF_NETWORK' });
  await who.does('RecordInstallation', { input: { ticketId: ticket.id, result: 'Works' } });
  expect(heard).toEqual([
    'CreateCustomer',
    'RecordDuty',
    'SelectForCallback',
    'SendMessage',
    'OpenTicket',
    'RecordInstallation',
  ]);
});

test('rehearsals beside one another, and beside what is done, keep out of each other', async () => {
  const { id: customerId } = await givenCustomer(keeper, broadband);
  const input = { customerId, type: 'COMPLAINT', subject: 'All at once', channel: 'PHONE' };
  const before = await everything(app);
  const [told, done] = await Promise.all([
    Promise.all(Array.from({ length: 4 }, () => rehearsed(keeper, 'OpenTicket', { input }))),
    Promise.all(Array.from({ length: 4 }, () => keeper.does('OpenTicket', { input }))),
  ]);
  expect(told.map(({ __typename }) => __typename)).toEqual(Array.from({ length: 4 }, () => 'Rehearsal'));
  expect(new Set(done.map(({ number }) => number)).size).toBe(4);
  const opened = difference(before, await everything(app)).filter(({ table }) => table === 'ticket');
  expect(opened).toHaveLength(4);
});
