import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { alertsOf, contact, dayOf, tasksOf } from '../support/care.ts';
import { account, at, leader, open } from './broadband-accounts.ts';

const GREETING = { purpose: 'GREETING' };

// 2026-04-13 and 04-20 are Mondays, and so are 2028-02-21 and 2026-12-28.
test.each([
  { expires: '2026-04-30', missed: '2026-04-19', found: '2026-04-20', starts: '2026-04-23' },
  { expires: '2028-03-06', missed: '2028-02-20', found: '2028-02-21', starts: '2028-02-28' },
  { expires: '2027-01-05', missed: '2026-12-27', found: '2026-12-28', starts: '2026-12-29' },
])(
  'A-141, A-142: what expires on $expires is found by the scan of $found, its approval started by $starts',
  async (given) => {
    await using app = await startTestApp({ now: at(given.missed), database: 'POSTGRES' });
    const manager = app.as('BB-A/CUSTOMER_MANAGER');
    const supervisor = app.as('BB-A/SUPERVISOR');
    const { id } = await account(manager, { profile: { ...leader, serviceExpiresOn: given.expires } });
    await app.advance(at(given.missed, '23:59:00'));
    expect(await open(manager, id, 'RENEWAL')).toEqual([]);
    await app.advance(at(given.found, '00:00:00'));
    expect(await open(manager, id, 'RENEWAL')).toEqual(expect.arrayContaining([`${given.starts} INTERNAL`]));
    expect(await alertsOf(manager, id)).toContainEqual(
      expect.objectContaining({ kind: 'RENEWAL_DUE', on: given.found }),
    );
    const { nodes } = await supervisor.does('Approvals', { filter: { kinds: ['RENEWAL'], awaitingMe: true } });
    expect(nodes).toMatchObject([{ state: 'PENDING', subject: { __typename: 'Customer', id }, awaitingMe: true }]);
    expect(dayOf(nodes[0].requestedAt) <= given.starts).toBe(true);

    // A rerun on the days after starts no second one; the decision does the task.
    await app.advance(at(given.starts));
    expect((await supervisor.does('Approvals', { filter: { kinds: ['RENEWAL'] } })).totalCount).toBe(1);
    await supervisor.does('DecideApproval', { input: { id: nodes[0].id, decision: 'APPROVE' } });
    expect((await open(manager, id, 'RENEWAL')).filter((task) => task.endsWith('INTERNAL'))).toEqual([]);
  },
);

test.each([
  { expires: '2026-04-30', found: '2026-04-20', starts: '2026-04-23' },
  { expires: '2028-03-07', found: '2028-02-28', starts: '2028-02-29' },
])(
  'A-141: nobody manages the customer, and the approval of what expires on $expires is started all the same',
  async (given) => {
    await using app = await startTestApp({ now: at(given.found, '00:00:00'), database: 'POSTGRES' });
    const [manager, supervisor] = [app.as('BB-A/CUSTOMER_MANAGER'), app.as('BB-A/SUPERVISOR')];
    const customer = await account(supervisor, { profile: { ...leader, serviceExpiresOn: given.expires } });
    await app.advance(at(given.starts));
    const approvals = async () => (await supervisor.does('Approvals', { filter: { kinds: ['RENEWAL'] } })).nodes;
    const [approval] = await approvals();
    expect(approval).toMatchObject({ state: 'PENDING', subject: { id: customer.id }, awaitingMe: true });
    expect(dayOf(approval.requestedAt) <= given.starts).toBe(true);
    expect(await alertsOf(supervisor, customer.id)).toContainEqual(expect.objectContaining({ kind: 'RENEWAL_DUE' }));

    // Who is assigned later finds it; it is not opened a second time, and its decision does the task.
    const { id, version } = customer;
    await supervisor.does('UpdateCustomer', { input: { id, expectedVersion: version, managerId: manager.id } });
    await app.advance(new Date(Date.parse(at(given.starts)) + 86_400_000).toISOString());
    expect(await approvals()).toHaveLength(1);
    await supervisor.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
    await app.advance(new Date(Date.parse(at(given.starts)) + 2 * 86_400_000).toISOString());
    expect(await approvals()).toMatchObject([{ state: 'APPROVED' }]);
    const tasks = await tasksOf(manager, id, { origins: ['RENEWAL'] });
    expect(tasks.filter(({ channel }) => channel === 'INTERNAL')).toMatchObject([{ status: 'DONE' }]);
  },
);

test.each([
  { decision: 'RETURN', left: ['2026-04-23 INTERNAL'] },
  { decision: 'REJECT', left: [] },
])('A-141: a renewal of which somebody decides $decision leaves $left to be done', async ({ decision, left }) => {
  await using app = await startTestApp({ now: at('2026-04-20') });
  const [manager, supervisor] = [app.as('BB-A/CUSTOMER_MANAGER'), app.as('BB-A/SUPERVISOR')];
  const { id } = await account(manager, { profile: { ...leader, serviceExpiresOn: '2026-04-30' } });
  await app.advance(at('2026-04-21'));
  const [approval] = (await supervisor.does('Approvals', { filter: { kinds: ['RENEWAL'] } })).nodes;
  await supervisor.does('DecideApproval', { input: { id: approval.id, decision, comment: 'Not like this.' } });
  await app.advance(at('2026-04-22'));
  expect(await open(manager, id, 'RENEWAL')).toEqual(left);
});

test('A-143: a customer who was not told hears of the expiry a week ahead, before anything lapses', async () => {
  await using app = await startTestApp({ now: at('2026-04-20'), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const [told, untold] = [await account(manager), await account(manager)];
  for (const { id, version } of [told, untold])
    await manager.does('UpdateCustomer', {
      input: { id, expectedVersion: version, profile: { ...leader, serviceExpiresOn: '2026-04-30' } },
    });
  await app.advance(at('2026-04-22', '23:00:00'));
  expect(await open(manager, untold.id, 'RENEWAL')).toEqual(['2026-04-23 INTERNAL']);
  await app.advance(at('2026-04-23', '00:00:00'));
  expect(await open(manager, untold.id, 'RENEWAL')).toEqual(['2026-04-23 INTERNAL', '2026-04-29 PHONE']);
  await contact(manager, told.id, { purpose: 'RENEWAL' });
  expect(await open(manager, told.id, 'RENEWAL')).toEqual(['2026-04-23 INTERNAL']);
  await app.advance(at('2026-04-30'));
  const overdue = async (id: string) =>
    (await tasksOf(manager, id)).filter(({ status, channel }) => status === 'OVERDUE' && channel === 'PHONE').length;
  expect([await overdue(told.id), await overdue(untold.id)]).toEqual([0, 1]);
});

test.each([
  { expires: '2026-04-30', before: '2026-04-15', told: '2026-04-16', reminded: '2026-04-23', last: '2026-04-29' },
  { expires: '2028-03-07', before: '2028-02-21', told: '2028-02-29', reminded: '2028-02-29', last: '2028-03-06' },
  { expires: '2027-01-05', before: '2026-12-21', told: '2026-12-31', reminded: '2026-12-29', last: '2027-01-04' },
])('A-143: who was told of the expiry on $expires on $told is told', async (given) => {
  await using app = await startTestApp({ now: at(given.before), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const expiring = { profile: { ...leader, serviceExpiresOn: given.expires } };
  const [told, early] = [await account(manager, expiring), await account(manager, expiring)];
  // More than the look-ahead before: about whatever it was, this expiry was not in sight.
  await contact(manager, early.id, { purpose: 'RENEWAL' });
  await app.advance(at(given.told));
  await contact(manager, told.id, { purpose: 'RENEWAL' });
  await app.advance(at(given.last));
  const reminders = async (id: string) =>
    (await open(manager, id, 'RENEWAL')).filter((task) => task === `${given.last} PHONE`);
  expect(await reminders(told.id)).toEqual([]);
  expect(await reminders(early.id)).toHaveLength(1);
});

test.each([
  { born: '1970-05-10', ahead: '2026-05-03', on: '2026-05-10' },
  { born: '1972-02-29', ahead: '2027-02-21', on: '2027-02-28' },
  { born: '1972-02-29', ahead: '2028-02-22', on: '2028-02-29' },
  { born: '1980-01-02', ahead: '2026-12-26', on: '2027-01-02' },
])(
  'A-144: flowers, cake, card and a message for the birthday of $on, planned on $ahead',
  async ({ born, ahead, on }) => {
    const before = new Date(Date.parse(ahead) - 86_400_000).toISOString().slice(0, 10);
    await using app = await startTestApp({ now: at(before), database: 'POSTGRES' });
    const manager = app.as('BB-A/CUSTOMER_MANAGER');
    const important = await account(manager, { stage: 'KEY', birthday: born });
    const ordinary = await account(manager, { stage: 'FORMAL', birthday: born });
    await app.advance(at(before, '23:59:59'));
    expect(await open(manager, important.id, 'BIRTHDAY')).toEqual([]);
    await app.advance(at(ahead, '00:00:00'));
    expect(await open(manager, important.id, 'BIRTHDAY')).toEqual([
      `${on} SMS`,
      `${on} VISIT`,
      `${on} VISIT`,
      `${on} VISIT`,
    ]);
    expect(await open(manager, ordinary.id, 'BIRTHDAY')).toEqual([]);
  },
);

test.each([
  { ahead: '2026-09-24', on: '2026-10-01' },
  { ahead: '2026-04-24', on: '2026-05-01' },
])('A-145: each key account is cared for on the holiday of $on, once', async ({ ahead, on }) => {
  await using app = await startTestApp({ now: at(ahead, '00:00:00'), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const accounts = [await account(manager), await account(manager, { profile: { keyAccountType: 'GROUP' } })];
  const other = await account(manager, { profile: {} });
  await app.advance(at(on, '23:00:00'));
  for (const { id } of accounts) {
    const due = (await open(manager, id, 'HOLIDAY')).filter((task) => task === `${on} PHONE`);
    expect(due).toHaveLength(1);
  }
  expect(await open(manager, other.id, 'HOLIDAY')).toEqual([]);
});

test.each([
  { it: 'Mid-Autumn', earlier: '2026-09-25', on: '2026-10-01', after: '2026-09-26', profile: {} },
  { it: 'National Day', earlier: '2025-10-01', on: '2025-10-06', after: '2025-10-02', profile: {} },
  {
    it: 'the anniversary',
    earlier: '2028-04-30',
    on: '2028-05-01',
    after: '2028-05-01',
    profile: { anniversary: '2019-04-30' },
  },
  {
    it: 'New Year',
    earlier: '2027-01-01',
    on: '2027-01-04',
    after: '2027-01-02',
    profile: { anniversary: '2019-01-04' },
  },
])('A-145: care for $it is none for the occasion of $on', async ({ earlier, on, after, profile }) => {
  const ahead = new Date(Date.parse(on) - 7 * 86_400_000).toISOString().slice(0, 10);
  await using app = await startTestApp({ now: at(ahead), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id } = await account(manager, { profile: { ...leader, ...profile } });
  await app.advance(at(earlier));
  expect(await open(manager, id, 'HOLIDAY')).toEqual([`${earlier} PHONE`, `${on} PHONE`]);
  await contact(manager, id, GREETING);
  expect(await open(manager, id, 'HOLIDAY')).toEqual([`${on} PHONE`]);
  await app.advance(at(after));
  expect(await open(manager, id, 'HOLIDAY')).toEqual([`${on} PHONE`]);
  await contact(manager, id, GREETING);
  expect(await open(manager, id, 'HOLIDAY')).toEqual([]);
});

test('A-145: a greeting of an important customer’s birthday is none for the holiday after it', async () => {
  await using app = await startTestApp({ now: at('2026-04-27'), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id } = await account(manager, { stage: 'KEY', birthday: '1980-04-29' });
  await app.advance(at('2026-04-29'));
  await contact(manager, id, GREETING);
  expect(await open(manager, id, 'HOLIDAY')).toEqual(['2026-05-01 PHONE']);
  // What is delivered on the day is not done by words.
  expect(await open(manager, id, 'BIRTHDAY')).toHaveLength(4);
});

test.each([
  { from: '2026-03-02', last: '2026-03-31', next: '2026-04-01', end: '2026-04-30' },
  { from: '2028-02-02', last: '2028-02-29', next: '2028-03-01', end: '2028-03-31' },
])('A-153: a group customer is served on site by $last, and again by $end', async ({ from, last, next, end }) => {
  await using app = await startTestApp({ now: at(from), database: 'POSTGRES' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id } = await account(manager, { kind: 'INSTITUTION', profile: { keyAccountType: 'GROUP' } });
  await app.advance(at(last));
  expect(await open(manager, id, 'CADENCE')).toEqual([`${last} VISIT`]);
  await contact(manager, id, { channel: 'VISIT' });
  expect(await open(manager, id, 'CADENCE')).toEqual([]);
  await app.advance(at(next));
  expect(await open(manager, id, 'CADENCE')).toEqual([`${end} VISIT`]);
});
