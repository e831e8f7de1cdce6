import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { alertsOf, contact, dayOf, tasksOf } from '../support/care.ts';
import { givenCustomer } from '../support/given.ts';
import { at, HALL, profile, records, SIGNED, sends, willing } from './hall-messages.ts';

const FILE = `query ($id: ID!) { customer(id: $id) {
  profile { ... on TelecomVipIndividualProfile { serviceSmsCount } }
  messages(first: 10) { totalCount nodes { kind state body attempts } }
} }`;

describe('what is sent', () => {
  let app: TestApp;
  let hall: Person;
  beforeAll(async () => {
    app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
    hall = app.as('TL-A/CUSTOMER_MANAGER');
  });
  afterAll(() => app[Symbol.asyncDispose]());
  const given = (input: Record<string, unknown> = {}) =>
    givenCustomer(hall, { ...HALL, consent: willing, profile, ...input });
  const file = async (id: string) => (await hall.ask(FILE, { id })).data.customer;

  test('A-109: who declines is not entered, and gets no messages', async () => {
    const declined = {
      number: 'D-1',
      kind: 'INDIVIDUAL',
      name: '王芳',
      consent: { vipService: false, marketing: false },
    };
    expect(await hall.does('CreateCustomer', { input: { ...HALL, ...declined } })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'CUSTOMER_DECLINED', policyId: 'telecom-vip' }],
    });
    // Nor does who declines later on.
    const { id } = await given();
    await hall.does('RecordConsent', { input: { customerId: id, vipService: false, marketing: false } });
    const refused = { __typename: 'Refused', reasons: [{ code: 'DECLINED_MESSAGES' }] };
    expect(await sends(hall, id)).toMatchObject(refused);
    expect(await records(hall, id)).toMatchObject(refused);
  });

  test.each([
    ['sendMessage', sends],
    ['recordInteraction', records],
  ] as const)('A-111: the third service message of a month is refused (%s), greetings are not', async (_it, send) => {
    const { id } = await given();
    expect((await send(hall, id)).__typename).not.toBe('Refused');
    expect((await send(hall, id, { purpose: 'GUIDE' })).__typename).not.toBe('Refused');
    const third = await send(hall, id);
    expect(third).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'MESSAGE_QUOTA', policyId: 'telecom-vip' }],
    });
    expect((await send(hall, id, { purpose: 'GREETING' })).__typename).not.toBe('Refused');
  });

  test('A-111: nor is the third let through as the outcome of a task', async () => {
    const { id } = await given();
    const finish = async (task: string) =>
      hall.does('CompleteTask', {
        input: { id: task, outcome: 'sent', interaction: { channel: 'SMS', purpose: 'CARE', summary: SIGNED } },
      });
    await app.advance(at('2026-03-03'));
    const service = (await tasksOf(hall, id)).find(({ purpose }) => purpose === 'CARE');
    const introduction = (await tasksOf(hall, id)).find(({ purpose }) => purpose === 'EXPLAIN');
    expect(await finish(service?.id ?? '')).toMatchObject({ status: 'DONE' });
    await sends(hall, id);
    expect(await finish(introduction?.id ?? '')).toMatchObject({ reasons: [{ code: 'MESSAGE_QUOTA' }] });
    expect(await file(id)).toMatchObject({ profile: { serviceSmsCount: 2 } });
  });

  test('A-111: ten who send at once do not pass the quota together', async () => {
    const { id } = await given();
    const answers = await Promise.all(Array.from({ length: 10 }, () => sends(hall, id)));
    expect(answers.filter(({ __typename }) => __typename === 'Message')).toHaveLength(2);
    expect(await file(id)).toMatchObject({ profile: { serviceSmsCount: 2 }, messages: { totalCount: 2 } });
  });

  test('A-113: a message without the name of the hall is refused', async () => {
    const { id } = await given();
    const refused = { __typename: 'Refused', reasons: [{ code: 'MESSAGE_UNSIGNED', policyId: 'telecom-vip' }] };
    expect(await sends(hall, id, { body: 'Rain from Thursday on.' })).toMatchObject(refused);
    expect(await records(hall, id, { summary: 'Rain from Thursday on. Central Road' })).toMatchObject(refused);
    expect((await sends(hall, id)).__typename).toBe('Message');
    // A file that names no hall is signed with the branch's name.
    const other = await given({ profile: {} });
    expect(await sends(hall, other.id)).toMatchObject(refused);
    expect((await sends(hall, other.id, { body: 'Rain. TL Outlet A' })).__typename).toBe('Message');
  });

  test('A-114: the count in the file rises with every service message', async () => {
    const { id } = await given({ profile: { ...profile, serviceSmsCount: 1 } });
    await records(hall, id);
    expect(await file(id)).toMatchObject({ profile: { serviceSmsCount: 2 } });
    expect(await sends(hall, id)).toMatchObject({ state: 'SENT', kind: 'SERVICE' });
    expect(await file(id)).toMatchObject({
      profile: { serviceSmsCount: 3 },
      messages: { nodes: [{ state: 'SENT', attempts: 1 }] },
    });
    await sends(hall, id, { purpose: 'GREETING' });
    expect(await file(id)).toMatchObject({ profile: { serviceSmsCount: 3 } });
  });

  test('A-119: nothing is sold to who was never told', async () => {
    const { id } = await given({ consent: null });
    for (const send of [sends, records])
      expect(await send(hall, id, { purpose: 'PUBLICISE' })).toMatchObject({
        __typename: 'Refused',
        reasons: [{ code: 'NO_MARKETING_CONSENT', policyId: 'telecom-vip' }],
      });
  });

  test('a repeated request sends once', async () => {
    const { id } = await given();
    await sends(hall, id);
    // The second of the month: repeated, it is no third.
    const [first, second] = [await sends(hall, id, {}, 'once'), await sends(hall, id, {}, 'once')];
    expect(second.id).toBe(first.id);
    expect(await file(id)).toMatchObject({ messages: { totalCount: 2 } });
  });

  test('bad input names its fields', async () => {
    const { id } = await given();
    expect(await sends(hall, id, { body: '  ', channel: 'PHONE' })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: 'input.body' }, { path: 'input.channel' }],
    });
  });

  test.each([
    ['2026-03-25', true],
    ['2026-04-05', true],
    ['2026-04-06', false],
    ['2026-03-24', false],
    ['2028-02-29', true],
    ['2027-01-01', true],
  ])('A-115: %s is busy: %s', async (on, busy) => {
    const asked = `query ($on: Date!) { viewer { policies { id isBusy(on: $on) } } }`;
    const { data } = await hall.ask(asked, { on });
    expect(data.viewer.policies).toEqual([{ id: 'telecom-vip', isBusy: busy }]);
  });
});

test.each([
  { entered: '2026-03-02', due: '2026-03-09' },
  { entered: '2028-02-25', due: '2028-03-03' },
  { entered: '2026-12-28', due: '2027-01-04' },
])('A-110: a number stored on $entered is introduced to the hall by $due', async ({ entered, due }) => {
  await using app = await startTestApp({ now: at(entered), database: 'POSTGRES' });
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const { id } = await givenCustomer(hall, { ...HALL, consent: willing, profile: { ...profile, enteredOn: entered } });
  await app.advance(new Date(Date.parse(at(entered)) + 86_400_000).toISOString());
  const introductions = async () =>
    (await tasksOf(hall, id))
      .filter(({ purpose }) => purpose === 'EXPLAIN')
      .map(({ dueAt, status }) => [dayOf(dueAt), status]);
  expect(await introductions()).toEqual([[due, 'OPEN']]);
  await sends(hall, id, {
    purpose: 'EXPLAIN',
    body: 'All mobile business, best between the 6th and the 24th. Central Road hall',
  });
  expect(await introductions()).toEqual([[due, 'DONE']]);
});

test.each([
  { month: '2026-03', next: '2026-04-01' },
  { month: '2026-12', next: '2027-01-01' },
])('A-112: without a service message in $month an alert comes on $next', async ({ month, next }) => {
  await using app = await startTestApp({ now: at(`${month}-02`) });
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const missed = await givenCustomer(hall, { ...HALL, consent: willing });
  const served = await givenCustomer(hall, { ...HALL, consent: willing });
  await app.advance(at(`${month}-10`));
  await contact(hall, served.id, { channel: 'SMS', purpose: 'GUIDE' });
  await contact(hall, missed.id, { channel: 'PHONE', purpose: 'CARE' });
  await app.advance(at(next, '00:00:00'));
  const overdue = async (id: string) =>
    (await alertsOf(hall, id)).filter(
      ({ kind, message }) => kind === 'TASK_OVERDUE' && message.includes('service message'),
    );
  expect(await overdue(missed.id)).toMatchObject([{ on: next }]);
  expect(await overdue(served.id)).toEqual([]);
});

test.each([
  { departed: '2026-03-18', month: '2026-03', cleared: '2026-04-01' },
  { departed: '2026-12-31', month: '2026-12', cleared: '2027-01-01' },
])('A-116: who departed on $departed is cleared from the archive on $cleared', async ({ departed, cleared }) => {
  await using app = await startTestApp({ now: at(departed), database: 'POSTGRES' });
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const [gone, stays] = [await givenCustomer(hall, HALL), await givenCustomer(hall, { ...HALL, consent: willing })];
  await hall.does('UpdateCustomer', { input: { id: gone.id, expectedVersion: gone.version, stage: 'LAPSED' } });
  const listed = async (filter: object) =>
    (await hall.does('CustomerList', { filter })).edges.map(({ node }: { node: { id: string } }) => node.id).sort();
  const marks = async () =>
    (await hall.ask('query ($id: ID!) { customer(id: $id) { stage departedAt archivedAt } }', { id: gone.id })).data
      .customer;
  const before = new Date(Date.parse(at(cleared, '00:00:00')) - 1000).toISOString();
  await app.advance(before);
  expect(await marks()).toMatchObject({
    stage: 'LAPSED',
    departedAt: new Date(at(departed)).toISOString(),
    archivedAt: null,
  });
  expect(await listed({ policyId: 'telecom-vip' })).toEqual([gone.id, stays.id].sort());
  await app.advance(at(cleared, '00:00:00'));
  expect(await marks()).toMatchObject({ stage: 'LAPSED', archivedAt: new Date(at(cleared, '00:00:00')).toISOString() });
  expect(await listed({ policyId: 'telecom-vip' })).toEqual([stays.id]);
  // Nothing is lost: the file is there for whoever looks for it.
  expect(await listed({ policyId: 'telecom-vip', archived: true })).toEqual([gone.id, stays.id].sort());
  expect(await listed({ search: gone.number })).toEqual([gone.id]);
});
