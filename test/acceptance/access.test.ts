import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const NOW = '2026-03-02T08:00:00+08:00';
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
});
afterAll(() => app[Symbol.asyncDispose]());

const TRAIL = `query ($customerId: ID!, $actions: [String!]) {
  auditTrail(filter: { customerId: $customerId, actions: $actions }) {
    nodes { action actor { id } subject { id } changes { field before after } }
  }
}`;

interface Entry {
  readonly action: string;
  readonly actor: { readonly id: string };
  readonly changes: readonly {
    readonly field: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** The entries of a customer, once as many are there as are waited for: refusals are noted without holding the caller. */
async function trail(person: Person, customerId: string, actions: readonly string[], count: number): Promise<Entry[]> {
  for (let tries = 0; ; tries++) {
    const { data } = await person.ask(TRAIL, { customerId, actions });
    if (data.auditTrail.nodes.length >= count || tries === 50) return data.auditTrail.nodes;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const READ = 'query ($id: ID!) { customer(id: $id) { name phone { text } } }';
const NODE = 'query ($id: ID!) { node(id: $id) { id } }';

test('A-016: staff of outlet B open a VIP file of outlet A: refused as if it were not there, and audited', async () => {
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const stranger = app.as('BK-B/CUSTOMER_MANAGER');
  const { id } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  expect((await manager.ask(READ, { id })).data.customer).toMatchObject({ name: '王芳' });
  expect(await stranger.ask(READ, { id })).toEqual({ status: 200, data: { customer: null } });
  expect(await stranger.ask(NODE, { id })).toEqual({ status: 200, data: { node: null } });
  expect(await stranger.does('RevealCustomer', { id, reason: 'curious' })).toMatchObject({ __typename: 'NotFound' });
  const entries = await trail(app.as('BK-A/SUPERVISOR'), id, ['REFUSED_READ'], 3);
  expect(entries.map(({ actor }) => actor.id)).toEqual([stranger.id, stranger.id, stranger.id]);
  // Who was refused does not learn from the trail either that there is a file.
  const { data } = await app.as('BK-B/SUPERVISOR').ask(TRAIL, { customerId: id });
  expect(data.auditTrail.nodes).toEqual([]);
});

test('a list of ids answers each in its place: what may not be seen is null, and moves nothing else there', async () => {
  const [a, b] = [app.as('BK-A/CUSTOMER_MANAGER'), app.as('BK-B/CUSTOMER_MANAGER')];
  const recorded = async (person: Person, branchCode: string) => {
    const { id: customerId } = await givenCustomer(person, { policyId: 'bank-vip', branchCode });
    const interaction = { customerId, channel: 'PHONE', purpose: 'CARE', summary: branchCode };
    return (await person.does('RecordInteraction', { input: interaction })).id as string;
  };
  const [foreign, own] = [await recorded(a, 'BK-A'), await recorded(b, 'BK-B')];
  const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Interaction { id summary } } }';
  const contact = Buffer.from('Contact:00000000-0000-7000-8000-000000000000').toString('base64');
  const { data, errors } = await b.ask(document, { ids: [foreign, own, contact, 'nonsense', own] });
  expect(errors).toBeUndefined();
  const mine = { id: own, summary: 'BK-B' };
  expect(data.nodes).toEqual([null, mine, null, null, mine]);
});

test("A-149: staff outside of service ask for a key account's data: refused and audited", async () => {
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const stranger = app.as('TL-A/SUPERVISOR');
  const { id } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  expect((await stranger.ask(READ, { id })).data).toEqual({ customer: null });
  const [entry] = await trail(app.as('BB-A/SUPERVISOR'), id, ['REFUSED_READ'], 1);
  expect(entry?.actor.id).toBe(stranger.id);
});

test('A-150: what is added and changed in an archive is logged with before and after', async () => {
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  const input = { id, expectedVersion: 1, stage: 'KEY', phone: '13912341234' };
  expect(await manager.does('UpdateCustomer', { input })).toMatchObject({ version: 2, stage: 'KEY' });
  const entries = await trail(app.as('BB-A/SUPERVISOR'), id, ['CREATE_CUSTOMER', 'UPDATE_CUSTOMER'], 2);
  expect(entries.map(({ action }) => action)).toEqual(['UPDATE_CUSTOMER', 'CREATE_CUSTOMER']);
  expect(entries[0]?.changes).toContainEqual({ field: 'stage', before: 'POTENTIAL', after: 'KEY' });
  // That the number changed is in the trail, the number is not.
  expect(entries[0]?.changes).toContainEqual({ field: 'phone', before: null, after: '(withheld)' });
});

const DELETE = `mutation ($input: DeleteCustomerInput!) {
  deleteCustomer(input: $input) { __typename ... on Customer { id name number } ... on Refused { reasons { code } } ... on Error { code } }
}`;

test('A-150: a customer is deleted from the archive, which stays consistent; before and after are logged', async () => {
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const { id, number } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  const ticket = await givenTicket(manager, { customerId: id });
  const input = { id, expectedVersion: 1, reason: 'left for another city' };
  const does = async (person: Person, given: object) =>
    (await person.ask(DELETE, { input: given })).data.deleteCustomer;
  expect(await does(manager, input)).toMatchObject({ reasons: [{ code: 'OPEN_TICKETS' }] });
  // Its clock runs on, as none of a closed ticket does: it must not hold up what fires with it (A-199 below moves the clock).
  await app.app.services.database.prisma.ticket.updateMany({
    where: { customer: { number } },
    data: { status: 'CLOSED' },
  });
  expect(await does(manager, { ...input, expectedVersion: 7 })).toMatchObject({ code: 'CONFLICT' });
  expect(await does(manager, { ...input, reason: ' ' })).toMatchObject({ code: 'INVALID_INPUT' });
  expect(await does(app.as('BB-B/CUSTOMER_MANAGER'), input)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await does(app.as('TL-A/SUPERVISOR'), input)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await does(manager, input)).toMatchObject({ __typename: 'Customer', name: '(erased)' });
  expect(await does(manager, { ...input, expectedVersion: 2 })).toMatchObject({ reasons: [{ code: 'ERASED' }] });
  const found = await manager.ask('query ($n: String!) { customers(filter: { search: $n }) { totalCount } }', {
    n: number,
  });
  expect(found.data.customers.totalCount).toBe(0);
  // Its ticket stays, and so does the number's place: another customer may have it now.
  expect(await manager.does('TicketDetail', { id: ticket.id })).toMatchObject({
    status: 'CLOSED',
    subject: '(erased)',
  });
  expect(await manager.does('UpdateCustomer', { input: { id, expectedVersion: 2, name: 'Again' } })).toMatchObject({
    reasons: [{ code: 'ERASED' }],
  });
  await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A', number });
  const [entry] = await trail(app.as('BB-A/SUPERVISOR'), id, ['DELETE_CUSTOMER'], 1);
  expect(entry?.changes).toContainEqual({ field: 'stage', before: 'POTENTIAL', after: 'LAPSED' });
  expect(entry?.changes).toContainEqual({ field: 'name', before: '(withheld)', after: null });
});

test('A-073: a list shows phone and ID number masked', async () => {
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  await givenCustomer(manager, {
    policyId: 'core',
    branchCode: 'CO-A',
    phone: '13955551234',
    idNumber: '110101199003071234',
  });
  const { data } = await manager.ask('{ customers { nodes { phone { text withheld } idNumber { text withheld } } } }');
  expect(data.customers.nodes).toEqual([
    { phone: { text: '139****1234', withheld: true }, idNumber: { text: '110***********1234', withheld: true } },
  ]);
});

test("A-118: the hall's archive list shows the phone as its sample does", async () => {
  const manager = app.as('TL-A/CUSTOMER_MANAGER');
  await givenCustomer(manager, { policyId: 'telecom-vip', branchCode: 'TL-A', phone: '13955551234' });
  const { data } = await manager.ask('{ customers { nodes { phone { text } } } }');
  expect(data.customers.nodes).toEqual([{ phone: { text: '139*** *****' } }]);
});

test("A-199: an alert on a VIP of outlet A reaches A's staff and never B's", async () => {
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const { id } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  await using ofA = app.as('BK-A/SUPERVISOR').follows('SlaAlerts');
  await using ofB = app.as('BK-B/SUPERVISOR').follows('SlaAlerts');
  const bookmarks = [await ofA.next(), await ofB.next()];
  expect(bookmarks).toMatchObject([{ __typename: 'Bookmark' }, { __typename: 'Bookmark' }]);
  const ticket = await givenTicket(manager, { customerId: id });
  await app.advance('2026-03-05T08:00:00+08:00');
  const raised = await ofA.next();
  expect(raised).toMatchObject({ __typename: 'AlertRaised', alert: { ticket: { id: ticket.id } } });
  // B's stream is alive, for its bookmark moves on; all that it brings is that.
  const before = ofB.bookmarks;
  await vi.waitUntil(() => ofB.bookmarks > before, 30_000);
  expect(ofB.waiting).toEqual([]);
});
