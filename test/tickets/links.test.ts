import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// A cable is cut and forty people call: their tickets have one cause, and who called twice has one ticket too many. What was merged
// ends by the rules of ending, and shows where it went.

const BB = { policyId: 'broadband-key-account', branchCode: 'BB-A' };

let app: TestApp;
let manager: Person;
let customerId: string;

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  customerId = (await givenCustomer(manager, BB)).id;
});
afterAll(() => app[Symbol.asyncDispose]());

type Numbered = { id: string; number: string };
const opened = (): Promise<Numbered> => givenTicket(manager, { customerId });
const link = (id: string, otherId: string, kind: string, more: object = {}, person = manager) =>
  person.does('LinkTickets', { input: { id, otherId, kind, reason: 'one cable', ...more } });
const unlink = (id: string, otherId: string, kind: string) =>
  manager.does('UnlinkTickets', { input: { id, otherId, kind, reason: 'another cable' } });
const linksOf = async (id: string, person = manager) =>
  (await person.ask('query ($id: ID!) { ticket(id: $id) { links { kind isOutgoing ticket { id } } } }', { id })).data
    .ticket.links;
const eventsOf = async (id: string) =>
  (
    await manager.ask(
      'query ($id: ID!) { ticket(id: $id) { timeline(last: 10) { nodes { kind text from to isPublic by { id } at } } } }',
      { id },
    )
  ).data.ticket.timeline.nodes as { kind: string; text: string; from: string; to: string; isPublic: boolean }[];
const refusal = (code: string) => ({ __typename: 'Refused', reasons: [{ code }] });

test('a note has its author and instant in the timeline, is not for the customer, and is taken on a closed ticket', async () => {
  const { id } = await opened();
  expect(await manager.does('AddTicketNote', { input: { id, text: '  ' } })).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: 'input.text' }],
  });
  await manager.does('AddTicketNote', { input: { id, text: 'The neighbour has it, too' } });
  expect((await eventsOf(id)).at(-1)).toEqual({
    kind: 'COMMENTED',
    text: 'The neighbour has it, too',
    from: null,
    to: null,
    isPublic: false,
    by: { id: manager.id },
    at: '2026-03-02T00:00:00.000Z',
  });
  await manager.does('CancelTicket', { input: { id, reason: 'by mistake' } });
  expect(await manager.does('AddTicketNote', { input: { id, text: 'It was right' } })).toMatchObject({
    __typename: 'Ticket',
    status: 'CLOSED',
  });
  const stranger = await app.as('BK-B/CUSTOMER_MANAGER').does('AddTicketNote', { input: { id, text: 'Mine' } });
  expect(stranger).toMatchObject({ __typename: 'NotFound' });
});

test('tickets with the same cause show each other, and both go on', async () => {
  const [one, other] = [await opened(), await opened()];
  await link(one.id, other.id, 'SAME_CAUSE');
  expect(await linksOf(one.id)).toEqual([{ kind: 'SAME_CAUSE', isOutgoing: true, ticket: { id: other.id } }]);
  expect(await linksOf(other.id)).toEqual([{ kind: 'SAME_CAUSE', isOutgoing: false, ticket: { id: one.id } }]);
  expect((await eventsOf(other.id)).at(-1)).toMatchObject({ text: 'link', to: `SAME_CAUSE ${one.number}` });
  expect(await link(other.id, one.id, 'SAME_CAUSE')).toMatchObject(refusal('LINKED'));
  // Taken back from the other side.
  expect(await unlink(other.id, one.id, 'SAME_CAUSE')).toMatchObject({ status: 'NEW', links: [] });
  expect((await eventsOf(one.id)).at(-1)).toMatchObject({ text: 'link', from: `SAME_CAUSE ${other.number}`, to: null });
  expect(await unlink(one.id, other.id, 'SAME_CAUSE')).toMatchObject({ __typename: 'NotFound' });
});

test('what is merged ends, its clocks with it, and shows where it went', async () => {
  const [duplicate, into] = [await opened(), await opened()];
  const merged = await link(duplicate.id, into.id, 'MERGED');
  expect(merged).toMatchObject({
    status: 'CLOSED',
    links: [{ kind: 'MERGED', isOutgoing: true, ticket: { id: into.id } }],
  });
  const { data } = await manager.ask(
    'query ($id: ID!) { ticket(id: $id) { isCancelled clocks { state } } other: ticket(id: $id) { slaState } }',
    { id: duplicate.id },
  );
  expect(data.ticket.isCancelled).toBe(true);
  expect(data.ticket.clocks.every(({ state }: { state: string }) => state === 'CANCELLED')).toBe(true);
  expect(await linksOf(into.id)).toEqual([{ kind: 'MERGED', isOutgoing: false, ticket: { id: duplicate.id } }]);
  expect(await eventsOf(duplicate.id)).toContainEqual(
    expect.objectContaining({ kind: 'UPDATED', text: 'link', to: `MERGED ${into.number}` }),
  );
  expect(await unlink(duplicate.id, into.id, 'MERGED')).toMatchObject({ __typename: 'InvalidInput' });
  expect(await link(await opened().then(({ id }) => id), duplicate.id, 'MERGED')).toMatchObject(
    refusal('MERGED_INTO_CLOSED'),
  );
});

test('a resolved ticket is merged by the rules of closing: without the callback it stays', async () => {
  const [duplicate, into] = [await opened(), await opened()];
  await manager.does('AcknowledgeTicket', { id: duplicate.id });
  await manager.does('ResolveTicket', { id: duplicate.id, resolution: 'Spliced', rootCause: 'Cut' });
  const alone = await manager.does('CloseTicket', { id: duplicate.id, customerConfirmed: false });
  expect(alone.__typename).toBe('Refused');
  const refused = await link(duplicate.id, into.id, 'MERGED');
  expect(refused.reasons).toEqual(alone.reasons);
  expect(await linksOf(duplicate.id)).toEqual([]);
});

test('a circle is refused, over others, too', async () => {
  const [a, b, c] = [await opened(), await opened(), await opened()];
  expect(await link(a.id, a.id, 'DUPLICATE')).toMatchObject({ __typename: 'InvalidInput' });
  await link(a.id, b.id, 'DUPLICATE');
  await link(b.id, c.id, 'DUPLICATE');
  for (const kind of ['DUPLICATE', 'MERGED']) {
    expect(await link(b.id, a.id, kind)).toMatchObject(refusal('LINK_CIRCLE'));
    expect(await link(c.id, a.id, kind)).toMatchObject(refusal('LINK_CIRCLE'));
  }
  // Of two at the same time one is.
  const [d, e] = [await opened(), await opened()];
  const both = await Promise.all([link(d.id, e.id, 'MERGED'), link(e.id, d.id, 'MERGED')]);
  expect(both.filter(({ __typename }) => __typename === 'Ticket')).toHaveLength(1);
});

test('a ticket of another line, or that one does not see, is linked to by nobody, and shown to nobody', async () => {
  // Outlets of the bank see each other's tickets as little as another line's.
  const [here, there, director] = ['BK-A/CUSTOMER_MANAGER', 'BK-B/CUSTOMER_MANAGER', 'BK-HQ/DIRECTOR'].map((who) =>
    app.as(who),
  ) as [Person, Person, Person];
  const ticketOf = async (person: Person, branchCode: string): Promise<Numbered> =>
    givenTicket(person, { customerId: (await givenCustomer(person, { policyId: 'bank-vip', branchCode })).id });
  const [own, elsewhere] = [await ticketOf(here, 'BK-A'), await ticketOf(there, 'BK-B')];
  const nowhere = Buffer.from('Ticket:0198a0a0-0000-7000-8000-000000000000').toString('base64');
  const hidden = await link(own.id, elsewhere.id, 'SAME_CAUSE', {}, here);
  expect(hidden).toEqual(await link(own.id, nowhere, 'SAME_CAUSE', {}, here));
  expect(hidden).toMatchObject({ __typename: 'NotFound' });
  await link(own.id, elsewhere.id, 'SAME_CAUSE', {}, director);
  expect(await linksOf(own.id, director)).toHaveLength(1);
  expect(await linksOf(own.id, here)).toEqual([]);
  expect(await linksOf(elsewhere.id, there)).toEqual([]);
  // Who sees both lines links no ticket of one to a ticket of the other.
  const { prisma } = app.app.services.database;
  await prisma.branch.update({ where: { code: 'BK-HQ' }, data: { policyIds: ['bank-vip', 'core'] } });
  await prisma.ticket.updateMany({ where: { serial: Number(elsewhere.number.slice(2)) }, data: { policyId: 'core' } });
  const across = () => link(own.id, elsewhere.id, 'DUPLICATE', {}, director);
  await expect.poll(async () => (await across()).__typename, { timeout: 10_000 }).toBe('InvalidInput');
  expect(await across()).toMatchObject({ issues: [{ path: 'input.otherId' }] });
});

test('a version that is not the newest is a conflict', async () => {
  const [one, other] = [await opened(), await opened()];
  expect(await link(one.id, other.id, 'DUPLICATE', { expectedVersion: 7 })).toMatchObject({ __typename: 'Conflict' });
  expect(await linksOf(one.id)).toEqual([]);
});
