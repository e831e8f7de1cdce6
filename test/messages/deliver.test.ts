import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliverMessages } from '../../server/messages/deliver.ts';
import type { OutgoingMessage } from '../../server/messages/transport.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
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
const send = (customerId: string) =>
  hall.does('SendMessage', { input: { customerId, purpose: 'CARE', body: 'Rain. Central Road hall' } });
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
