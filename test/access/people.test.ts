import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// Whom a screen offers for something is whom the mutation takes.

let app: TestApp;
let chief: Person;
let customer: { id: string; version: number };
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'MEMORY' });
  chief = app.as('BK-A/DIRECTOR');
  customer = await givenCustomer(chief, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const { prisma } = app.app.services.database;
  await prisma.staff.update({ where: { number: 'BK-A-COMMAND_CENTER' }, data: { active: false } });
});
afterAll(() => app[Symbol.asyncDispose]());

interface Row {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly branch: { readonly id: string; readonly code: string };
}

const staff = async (filter: object, who = chief): Promise<Row[]> =>
  (await who.does('Staff', { filter, first: 100 })).nodes;

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).sort();

/** People of the branch itself, of others of the line, above it, and of other lines. */
async function candidates(): Promise<Row[]> {
  const branches = (await chief.does('Branches', { first: 100 })).nodes as { id: string; code: string }[];
  const codes = ['BK-A', 'BK-B', 'BK-HQ', 'TL-A', 'SYS'];
  const branchIds = branches.filter(({ code }) => codes.includes(code)).map(({ id }) => id);
  return staff({ active: null, branchIds });
}

test('those who may be given a ticket are those to whom it is given', async () => {
  const ticket = await givenTicket(chief, { customerId: customer.id });
  const offered = idsOf(await staff({ mayBeGiven: { id: ticket.id } }));
  const people = await candidates();
  const taken: Row[] = [];
  let { version } = ticket;
  for (const person of people) {
    const input = { id: ticket.id, expectedVersion: version, assigneeId: person.id, comment: 'yours' };
    const answer = await chief.does('UpdateTicket', { input });
    if (answer.__typename !== 'Ticket') continue;
    taken.push(person);
    version = answer.version;
  }
  expect(taken.length).toBeGreaterThan(2);
  expect(taken.length).toBeLessThan(people.length / 2);
  expect(offered).toEqual(idsOf(taken));
});

test('those who may be given a customer are those who come to manage it', async () => {
  const offered = idsOf(await staff({ mayBeGiven: { id: customer.id } }));
  const taken: Row[] = [];
  let { version } = customer;
  for (const person of await candidates()) {
    const input = { id: customer.id, expectedVersion: version, managerId: person.id };
    const answer = await chief.does('UpdateCustomer', { input });
    if (answer.__typename === 'InvalidInput' && answer.issues[0].message !== 'changes nothing') continue;
    taken.push(person);
    version = answer.version ?? version;
  }
  expect(taken.length).toBeGreaterThan(2);
  expect(offered).toEqual(idsOf(taken));
});

test.each([
  { what: 'what there is not', id: () => toGlobalId('Ticket', newId()) },
  { what: "another outlet's customer", id: () => customer.id, who: 'BK-B/DIRECTOR' },
])('$what may be given to nobody', async ({ id, who = 'BK-A/DIRECTOR' }) => {
  expect(await staff({ mayBeGiven: { id: id() } }, app.as(who))).toEqual([]);
});

test('nothing of a branch is given to anybody, and that is said', async () => {
  const { errors } = await chief.ask('Staff', { filter: { mayBeGiven: { id: toGlobalId('Branch', newId()) } } });
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: 'filter.mayBeGiven.id' }],
  });
});

test('people are found by role, place, line and name, and those who left are left out', async () => {
  const ofRole = await staff({ roles: ['DIRECTOR'], policyId: 'bank-vip' });
  expect(new Set(ofRole.flatMap(({ roles }) => roles))).toEqual(new Set(['DIRECTOR']));
  expect(ofRole.map(({ branch }) => branch.code)).toContain('BK-A');
  expect(ofRole.map(({ branch }) => branch.code)).not.toContain('TL-A');
  const [office] = (await chief.does('Branches', { filter: { search: 'bk-hq' } })).nodes as [{ id: string }];
  const below = await staff({ below: office.id, roles: ['DIRECTOR'] });
  expect(below.map(({ branch }) => branch.code)).toEqual(expect.arrayContaining(['BK-HQ', 'BK-A', 'BK-B']));
  expect((await staff({ search: 'bk-a-director' })).map(({ id }) => id)).toEqual([chief.id]);
  expect(await staff({ search: 'BK-A-COMMAND_CENTER' })).toEqual([]);
  expect(await staff({ search: 'BK-A-COMMAND_CENTER', active: null })).toHaveLength(1);
});

test('branches are found by line, and name the lines that they run', async () => {
  const { nodes } = await chief.does('Branches', { filter: { policyId: 'telecom-vip' }, first: 100 });
  const codes = nodes.map(({ code }: { code: string }) => code);
  expect(codes).toContain('TL-A');
  expect(codes).not.toContain('BK-A');
  for (const { policies } of nodes) expect(policies.map(({ id }: { id: string }) => id)).toContain('telecom-vip');
});
