import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reactToDue } from '../../server/domain/tickets/reactions/react-due.ts';
import { makeUpReactions } from '../../server/domain/tickets/reactions/unsaid.ts';
import type { Policies } from '../../server/engine/policy/policies.ts';
import type { Services } from '../../server/engine/services/services.ts';
import { PolicyFailure } from '../../server/platform/values/errors.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// A plugin that cannot say what follows from an event, for a parameter that nobody set or because it is out of order: the event
// is written, somebody is told once, and what it would have said follows as soon as it can, once.

const OWING = fileURLToPath(new URL('plugins/owing.ts', import.meta.url));

let app: TestApp;
let services: Services;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', plugins: [OWING] });
  services = app.app.services;
});
afterAll(() => app[Symbol.asyncDispose]());

const person = () => app.as('OWING-A/SUPERVISOR');
const calls = () =>
  services.database.prisma.task.findMany({
    where: { policyId: 'owing', key: { contains: ':call:' } },
    select: { key: true, dueAt: true },
    orderBy: { key: 'asc' },
  });
const owed = () => services.database.prisma.unsaidReaction.count();
const told = () =>
  services.database.prisma.alert.findMany({ where: { kind: 'POLICY_FAILED' }, select: { message: true } });
/** The same services with a policy runtime that answers `react` otherwise. */
const withReact = (askMany: Policies['askMany']): Services => ({
  ...services,
  policies: Object.assign(Object.create(services.policies) as Policies, {
    askMany,
    all: () => services.policies.all(),
    get: (id: string) => services.policies.get(id),
  }),
});

test('a blank parameter stops no command, is told once, and what follows is made up for once when it is set', async () => {
  const customer = await givenCustomer(person(), { policyId: 'owing', branchCode: 'OWING-A' });
  const given = () => givenTicket(person(), { customerId: customer.id, type: 'EMERGENCY' });
  const tickets = [await given(), await given(), await given()] as const;
  const contact = { customerId: customer.id, channel: 'PHONE', purpose: 'CARE', summary: 'Hello' };
  expect(await person().does('RecordInteraction', { input: contact })).toMatchObject({ __typename: 'Interaction' });
  expect(await person().does('AcknowledgeTicket', { id: tickets[0].id })).toMatchObject({ __typename: 'Ticket' });
  // A clock fires, too: half an hour of the hour has passed.
  await app.advance('2026-03-02T09:31:00+08:00');
  expect(await calls()).toEqual([]);
  expect(await owed()).toBe(3 + 1 + 1 + 3);
  expect((await told()).map(({ message }) => (message as { en: string }).en)).toEqual([
    expect.stringMatching(/owing .*callWithinMinutes/),
  ]);

  const policies = await app.as('SYS/ADMIN').ask('{ policies { id version } }');
  const { version } = policies.data.policies.find(({ id }: { id: string }) => id === 'owing');
  const input = {
    policyId: 'owing',
    parameters: [{ key: 'callWithinMinutes', value: 10 }],
    reason: 'decided',
    expectedVersion: version,
  };
  expect(await app.as('SYS/ADMIN').does('ConfigurePolicy', { input })).toMatchObject({ __typename: 'Policy' });
  await app.advance('2026-03-02T09:32:00+08:00');
  const made = await calls();
  expect(made.map(({ key }) => key.split(':').slice(2).join(':')).toSorted()).toEqual([
    'call:ACKNOWLEDGED',
    'call:AT_RISK',
    'call:AT_RISK',
    'call:AT_RISK',
    'call:INTERACTION',
    'call:OPENED',
    'call:OPENED',
    'call:OPENED',
  ]);
  // Due from when it happened, not from when it was made up for.
  expect(made.find(({ key }) => key.endsWith('OPENED'))?.dueAt).toEqual(new Date('2026-03-02T09:10:00+08:00'));
  expect(await owed()).toBe(0);
  await app.advance('2026-03-02T09:40:00+08:00');
  expect(await calls()).toHaveLength(8);
  expect(await told()).toHaveLength(1);
});

test('a plugin out of order owes what it cannot say, and two nodes make up for it once', async () => {
  // As the sweep leaves the moments of three clocks.
  await services.database.prisma.alert.updateMany({ where: { kind: 'SLA_AT_RISK' }, data: { awaitsReaction: true } });
  await services.database.prisma.task.deleteMany({ where: { key: { endsWith: 'call:AT_RISK' } } });
  const before = (await calls()).length;
  const broken = withReact(async (policyId, _question, facts) => facts.map(() => new PolicyFailure(policyId)));
  await reactToDue(broken);
  expect(await owed()).toBe(3);
  expect(await makeUpReactions(broken)).toBe(0);
  expect(await told()).toHaveLength(2);

  // Not before its time, as long as nothing was set anew.
  expect(await makeUpReactions(services)).toBe(0);
  await services.database.prisma.unsaidReaction.updateMany({ data: { nextTryAt: new Date(0) } });
  const made = await Promise.all([makeUpReactions(services), makeUpReactions(services), makeUpReactions(services)]);
  expect(made.reduce((sum, count) => sum + count, 0)).toBe(3);
  expect(await owed()).toBe(0);
  expect((await calls()).length - before).toBe(3);
});

test('a node that dies in the middle leaves it owed', async () => {
  const customer = await givenCustomer(person(), { policyId: 'owing', branchCode: 'OWING-A' });
  const before = (await calls()).length;
  const row = await services.database.prisma.customer.findFirstOrThrow({ where: { number: customer.number } });
  await services.database.prisma.unsaidReaction.create({
    data: {
      id: row.id,
      key: 'x',
      policyId: 'owing',
      policyVersion: '',
      branchId: row.branchId,
      customerId: row.id,
      occasion: `interaction:${row.id}`,
      event: { kind: 'INTERACTION', channel: 'PHONE', purpose: 'CARE', openQuestion: false },
      at: new Date('2026-03-02T09:00:00+08:00'),
      nextTryAt: new Date(0),
    },
  });
  const dying = { ...services, database: { ...services.database, prisma: services.database.prisma } };
  await expect(
    makeUpReactions({
      ...dying,
      policies: withReact(() => Promise.reject(new Error('killed'))).policies,
    }),
  ).resolves.toBe(0);
  expect(await owed()).toBe(1);
  await services.database.prisma.unsaidReaction.updateMany({ data: { nextTryAt: new Date(0) } });
  expect(await makeUpReactions(services)).toBe(1);
  expect((await calls()).length - before).toBe(1);
});

test('nothing follows for a customer who was deleted meanwhile', async () => {
  const customer = await givenCustomer(person(), { policyId: 'owing', branchCode: 'OWING-A' });
  const before = (await calls()).length;
  const row = await services.database.prisma.customer.update({
    where: { policyId_number: { policyId: 'owing', number: customer.number } },
    data: { erasedAt: new Date() },
  });
  await services.database.prisma.unsaidReaction.create({
    data: {
      id: row.id,
      key: 'y',
      policyId: 'owing',
      policyVersion: '',
      branchId: row.branchId,
      customerId: row.id,
      occasion: `interaction:${row.id}`,
      event: { kind: 'INTERACTION' },
      at: new Date('2026-03-02T09:00:00+08:00'),
      nextTryAt: new Date(0),
    },
  });
  await makeUpReactions(services);
  expect([await owed(), (await calls()).length - before]).toEqual([0, 0]);
});
