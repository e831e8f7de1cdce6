import { expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';
import { alertsOf, tasksOf } from '../support/care.ts';
import { givenTicket } from '../support/given.ts';
import { account, at, leader, open, policyId } from './broadband-accounts.ts';

const duties = async (person: Person, codes: string[], states?: string[]) =>
  (await person.does('Duties', { policyId, codes, states, first: 50 })).nodes;

test('A-143, A-145: care and the reminder of an expiry may go out as messages', async () => {
  await using app = await startTestApp({ now: at('2026-04-22'), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id } = await account(manager, {
    phone: '13912341234',
    profile: { ...leader, serviceExpiresOn: '2026-04-30' },
  });
  await app.advance(at('2026-04-24'));
  const phones = async () => [...(await open(manager, id, 'HOLIDAY')), ...(await open(manager, id, 'RENEWAL'))];
  expect(await phones()).toEqual(['2026-05-01 PHONE', '2026-04-23 INTERNAL', '2026-04-29 PHONE']);
  for (const purpose of ['GREETING', 'RENEWAL']) {
    const input = { customerId: id, channel: 'SMS', purpose, body: 'Dear customer' };
    expect(await manager.does('SendMessage', { input })).toMatchObject({ __typename: 'Message' });
  }
  expect((await phones()).filter((task) => task.endsWith('PHONE'))).toEqual([]);
});

test.each([
  { monday: '2026-03-02', sunday: '2026-03-08', next: '2026-03-09' },
  { monday: '2026-12-28', sunday: '2027-01-03', next: '2027-01-04' },
])('A-146: a key account that nobody reviewed in the week of $monday is missing when it ends', async (week) => {
  await using app = await startTestApp({ now: at(week.monday), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const [reviewed, missed] = [await account(manager), await account(manager)];
  await app.advance(at(week.sunday));
  const answer = await manager.does('RecordDuty', {
    input: { policyId, code: 'WEEKLY_REVIEW', customerId: reviewed.id, note: 'Nothing new' },
  });
  expect(answer).toMatchObject({ __typename: 'Duty', state: 'FULFILLED' });
  await app.advance(at(week.sunday, '23:59:59'));
  const missing = () => duties(manager, ['WEEKLY_REVIEW'], ['MISSING']);
  expect(await missing()).toEqual([]);
  await app.advance(at(week.next, '00:00:00'));
  expect(await missing()).toMatchObject([
    { customer: { id: missed.id }, period: { from: week.monday, to: week.sunday }, state: 'MISSING' },
  ]);
  const late = (await alertsOf(manager, missed.id)).filter(
    ({ kind, message }) => kind === 'TASK_OVERDUE' && message.includes('Review'),
  );
  expect(late).toMatchObject([{ on: week.next }]);
});

test.each([
  { start: '2026-03-02', monday: '2026-03-09', from: '2026-03-02' },
  { start: '2026-12-28', monday: '2027-01-04', from: '2026-12-28' },
])('A-147: the statistics of the week of $from are due on Monday noon', async ({ start, monday, from }) => {
  await using app = await startTestApp({ now: at(start), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  await account(manager);
  const codes = ['WEEKLY_STATISTICS'];
  await app.advance(at(monday, '00:00:00'));
  expect(await duties(manager, codes)).toMatchObject([
    { state: 'OPEN', period: { from }, dueAt: new Date(at(monday, '12:00:00')).toISOString(), branchCode: 'BB-A' },
  ]);
  await app.advance(at(monday, '11:59:59'));
  expect(await duties(manager, codes, ['MISSING'])).toEqual([]);
  await app.advance(at(monday, '12:00:00'));
  expect(await duties(manager, codes, ['MISSING'])).toHaveLength(1);
  await app.advance(at(monday, '12:00:01'));
  const input = { policyId, code: 'WEEKLY_STATISTICS', note: 'Three complaints', record: { complaints: 3 } };
  expect(await manager.does('RecordDuty', { input })).toMatchObject({ state: 'LATE' });
  expect(await manager.does('RecordDuty', { input })).toMatchObject({ reasons: [{ code: 'DUTY_FULFILLED' }] });
  expect(
    await manager.does('RecordDuty', { input: { ...input, on: start, record: { complaints: -1 } } }),
  ).toMatchObject({
    issues: [{ path: 'input.record.complaints' }],
  });
});

test('A-148: a typical problem in the statistics has five customers called back, chosen at random', async () => {
  await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  for (let index = 0; index < 9; index += 1) await account(manager, { phone: `1391234100${index}` });
  await account(manager);
  await app.advance(at('2026-03-09'));
  const input = {
    policyId,
    code: 'WEEKLY_STATISTICS',
    note: 'Week 10',
    record: { complaints: 4, typicalProblem: 'No picture' },
  };
  expect(await manager.does('RecordDuty', { input })).toMatchObject({ state: 'FULFILLED' });
  const { nodes } = await manager.does('MyTasks', { filter: { origins: ['CALLBACK'] }, first: 50 });
  expect(new Set(nodes.map(({ customer }: { customer: { id: string } }) => customer.id)).size).toBe(5);
  expect(nodes).toHaveLength(5);
});

test('A-134: a visit about a concrete problem is completed with the customer’s signature alone', async () => {
  await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id } = await account(manager, { profile: { keyAccountType: 'GROUP' } });
  await app.advance(at('2026-03-03'));
  const [task] = await tasksOf(manager, id, { origins: ['CADENCE'] });
  const visit = { channel: 'VISIT', purpose: 'CARE', summary: 'Box replaced', needs: 'No picture' };
  const complete = (interaction: InputOf<'CompleteTask'>['interaction']) =>
    manager.does('CompleteTask', { input: { id: task.id, outcome: 'solved', interaction } });
  const refused = { __typename: 'Refused', reasons: [{ code: 'NO_SIGNATURE', policyId }] };
  expect(await complete(visit)).toMatchObject(refused);
  const record = { input: { customerId: id, ...visit } };
  expect(await manager.does('RecordInteraction', record)).toMatchObject(refused);
  expect(await complete({ ...visit, signedByCustomer: true })).toMatchObject({ status: 'DONE' });
});

test('A-152: an installation is filed with result, reaction and assessment', async () => {
  await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id } = await account(manager);
  const ticket = await givenTicket(manager, {
    customerId: id,
    type: 'PROVISIONING',
    case: 'TWO_WAY_COMMUNITY',
    appointmentAt: at('2026-03-03'),
  });
  await manager.does('AcknowledgeTicket', { id: ticket.id });
  await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Installed' });
  const close = () => manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true });
  const record = (parts: object) => manager.does('RecordInstallation', { input: { ticketId: ticket.id, ...parts } });
  const refused = { __typename: 'Refused', reasons: [{ code: 'INSTALLATION_NOT_RECORDED', policyId }] };
  expect(await close()).toMatchObject(refused);
  expect(await record({ result: 'Works', customerReaction: 'Content' })).toMatchObject({ __typename: 'Interaction' });
  expect(await close()).toMatchObject(refused);
  expect(await record({})).toMatchObject({ __typename: 'InvalidInput' });
  await record({ installerAssessment: 'On time and tidy', installer: 'Zhao' });
  expect(await close()).toMatchObject({ status: 'CLOSED' });
});
