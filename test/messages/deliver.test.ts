import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliverMessages } from '../../server/domain/messages/deliver.ts';
import type { OutgoingMessage } from '../../server/engine/services/messenger.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { alertsOf, contact, tasksOf } from '../support/care.ts';
import { givenCustomer } from '../support/given.ts';

let app: TestApp;
let hall: Person;
/** What left, in order; a transport that fails so many times first. */
let left: OutgoingMessage[];
let failures: number;
beforeEach(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  hall = app.as('TL-A/CUSTOMER_MANAGER');
  left = [];
  failures = 0;
  Object.assign(app.app.services, {
    messenger: {
      send: async (message: OutgoingMessage) => {
        left.push(message);
        if (failures-- > 0) throw new Error('no line');
        return { reference: `r-${left.length}` };
      },
    },
  });
});
afterEach(() => app[Symbol.asyncDispose]());

async function given() {
  const customer = await givenCustomer(hall, {
    policyId: 'telecom-vip',
    branchCode: 'TL-A',
    phone: '13912341234',
    consent: { vipService: true, marketing: true },
    profile: { hall: 'Central Road hall' },
  });
  return customer.id;
}
const send = (customerId: string, purpose = 'CARE') =>
  hall.does('SendMessage', { input: { customerId, purpose, body: 'Rain. Central Road hall' } });
/** A transport that answers as told, attempt by attempt, and then takes everything. */
const answers = (messenger: { answersWithinMs?: number }, ...given: (() => unknown)[]) =>
  Object.assign(app.app.services, {
    messenger: {
      ...messenger,
      send: async (message: OutgoingMessage) => {
        left.push(message);
        return given.length > 0 ? given.shift()?.() : { reference: null };
      },
    },
  });
const messages = () => app.app.services.database.prisma.message.findMany({ orderBy: { id: 'asc' } });
const minutes = (count: number) => new Date(Date.parse('2026-03-02T08:00:00+08:00') + count * 60_000).toISOString();

test('a message leaves once, in clear, and is on record', async () => {
  const id = await given();
  expect(await send(id)).toMatchObject({ state: 'SENT' });
  await Promise.all([deliverMessages(app.app.services), deliverMessages(app.app.services)]);
  expect(left).toMatchObject([{ channel: 'SMS', to: '13912341234', body: 'Rain. Central Road hall' }]);
  expect(await messages()).toMatchObject([{ state: 'SENT', attempts: 1, reference: 'r-1' }]);
  const { interactions } = await hall.does('CustomerDetail', { id });
  expect(interactions.nodes).toMatchObject([{ channel: 'SMS', purpose: 'CARE' }]);
});

test('what a transport does not take is tried again, later each time, under the same id', async () => {
  failures = 2;
  expect(await send(await given())).toMatchObject({ state: 'QUEUED' });
  await app.advance(minutes(1));
  await app.advance(minutes(3));
  expect(await messages()).toMatchObject([{ state: 'QUEUED', attempts: 2 }]);
  await app.advance(minutes(4));
  expect(await messages()).toMatchObject([{ state: 'SENT', attempts: 3 }]);
  expect(new Set(left.map(({ id }) => id)).size).toBe(1);
  expect(await app.app.services.database.prisma.interaction.count()).toBe(1);
});

test('after five attempts it is given up, and counts no longer', async () => {
  failures = 5;
  const id = await given();
  await send(id);
  await app.advance(minutes(60));
  expect(await messages()).toMatchObject([{ state: 'FAILED', attempts: 5, nextAttemptAt: null }]);
  expect([(await send(id)).state, (await send(id)).state]).toEqual(['SENT', 'SENT']);
});

test('what a killed node held is taken over, and what it settled meanwhile is settled once', async () => {
  failures = 1;
  await send(await given());
  const { prisma } = app.app.services.database;
  // It was killed while it sent.
  await prisma.message.updateMany({ data: { state: 'SENDING', nextAttemptAt: new Date(minutes(1)) } });
  await app.advance(minutes(0.5));
  expect(left).toHaveLength(1);
  await app.advance(minutes(1));
  expect(await messages()).toMatchObject([{ state: 'SENT', attempts: 2 }]);
  expect(await prisma.interaction.count()).toBe(1);
});

test('nothing is sent to who declined while it waited', async () => {
  failures = 1;
  const id = await given();
  await send(id);
  await hall.does('RecordConsent', { input: { customerId: id, vipService: false, marketing: false } });
  await app.advance(minutes(60));
  expect(left).toHaveLength(1);
  expect(await messages()).toMatchObject([{ state: 'CANCELLED' }]);
});

test('nothing is sold to who withdrew the consent to it while the message waited', async () => {
  failures = 2;
  const id = await given();
  await send(id, 'PUBLICISE');
  await send(id);
  await hall.does('RecordConsent', { input: { customerId: id, vipService: true, marketing: false } });
  await app.advance(minutes(60));
  expect(await messages()).toMatchObject([
    { purpose: 'PUBLICISE', state: 'CANCELLED' },
    { purpose: 'CARE', state: 'SENT' },
  ]);
});

test('a message that is given up is told at once, and somebody reaches the customer in another way', async () => {
  const id = await given();
  const undelivered = async () =>
    (await tasksOf(hall, id)).filter(({ title }) => title.startsWith('Message not delivered'));
  failures = 5;
  await send(id);
  await app.advance(minutes(39));
  expect(await undelivered()).toEqual([]);
  await app.advance(minutes(60));
  const [task, ...others] = await undelivered();
  expect(others).toEqual([]);
  expect(task).toMatchObject({
    title: expect.stringContaining('The transport did not take it'),
    status: 'OVERDUE',
    purpose: 'CARE',
    dueAt: minutes(40),
    assignee: { id: hall.id },
  });
  for (const person of [hall, app.as('TL-A/SUPERVISOR')]) {
    const told = (await alertsOf(person, id)).filter(({ message }) => message.includes('not delivered'));
    expect(told).toMatchObject([{ kind: 'TASK_OVERDUE', at: minutes(40) }]);
  }
  await contact(hall, id, { channel: 'PHONE', purpose: 'GUIDE' });
  expect(await undelivered()).toMatchObject([{ status: 'OVERDUE' }]);
  await contact(hall, id, { channel: 'PHONE', purpose: 'CARE' });
  expect(await undelivered()).toMatchObject([{ status: 'DONE' }]);
});

test('a transport that hangs is given up and tried again, and holds up no other message', async () => {
  const [slow, quick] = [await given(), await given()];
  answers({ answersWithinMs: 300 }, () => new Promise(() => undefined));
  await Promise.all([send(slow), send(quick)]);
  // Whichever of the two took both is still at it when the other is answered.
  await expect.poll(async () => (await messages()).map(({ state }) => state).sort()).toEqual(['QUEUED', 'SENT']);
  expect(await messages()).toContainEqual(
    expect.objectContaining({ state: 'QUEUED', attempts: 1, problem: 'The transport did not answer.' }),
  );
  await app.advance(minutes(1));
  expect(await messages()).toMatchObject([{ state: 'SENT' }, { state: 'SENT' }]);
});

test.each([
  { it: 'before the next attempt, which is not made', attempts: 1 },
  { it: 'after the next attempt, beside it', attempts: 2 },
])('an answer that comes late counts, once: $it', async ({ attempts }) => {
  const id = await given();
  let answer: (value: unknown) => void = () => undefined;
  answers(
    { answersWithinMs: 100 },
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  expect(await send(id)).toMatchObject({ state: 'QUEUED' });
  if (attempts === 2) await app.advance(minutes(2));
  answer({ reference: 'late' });
  await expect.poll(async () => (await messages())[0]?.state).toBe('SENT');
  await app.advance(minutes(60));
  expect(left).toHaveLength(attempts);
  expect(await messages()).toMatchObject([{ state: 'SENT', attempts, reference: attempts === 1 ? 'late' : null }]);
  expect(await app.app.services.database.prisma.interaction.count()).toBe(1);
});

test.each([undefined, null, 7, { reference: 12 }, { reference: `r\0${'x'.repeat(300)}` }])(
  'whatever a transport says of what it took (%o), the message leaves once',
  async (answer) => {
    const id = await given();
    answers({}, () => answer);
    expect(await send(id)).toMatchObject({ state: 'SENT' });
    await app.advance(minutes(60));
    expect(left).toHaveLength(1);
  },
);

test('of a customer who was deleted while a message was on its way, a late answer tells nothing', async () => {
  const id = await given();
  let answer: (value: unknown) => void = () => undefined;
  answers(
    { answersWithinMs: 100 },
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  await send(id);
  await hall.does('DeleteCustomer', { input: { id, expectedVersion: 1, reason: 'moved away' } });
  answer({ reference: null });
  await expect.poll(async () => (await messages())[0]?.state).toBe('SENT');
  const { prisma } = app.app.services.database;
  expect(await messages()).toMatchObject([{ body: '(erased)' }]);
  expect(await prisma.interaction.findMany()).toEqual([]);
});
