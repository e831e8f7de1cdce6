import { isNonNullType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// A screen asks for several things at once: what it may not have takes nothing else with it, and is told by name.

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'MEMORY' });
});
afterAll(() => app[Symbol.asyncDispose]());

const SCREEN = `{
  viewer { name }
  policies { id }
  tickets { totalCount }
  auditTrail { totalCount }
  alerts { totalCount }
  staffWorkloads(policyId: "bank-vip") { customers }
}`;

test.each([
  { role: 'CUSTOMER_MANAGER', without: ['auditTrail'] },
  { role: 'SUPERVISOR', without: [] },
  { role: 'SERVICE', without: ['auditTrail', 'staffWorkloads'] },
  { role: 'FINANCE', without: ['auditTrail'] },
])('a mixed screen of $role keeps all but what is forbidden', async ({ role, without }) => {
  const { data, errors = [] } = await app.as(`BK-A/${role}`).ask(SCREEN);
  const missing = Object.keys(data).filter((field) => data[field as keyof typeof data] === null);
  expect(missing.sort()).toEqual(without);
  const told = errors as readonly { path?: string[]; extensions?: { code?: string } }[];
  expect(told.map(({ path, extensions }) => [path?.[0], extensions?.code]).sort()).toEqual(
    without.map((field) => [field, 'FORBIDDEN']),
  );
});

test('no root field takes the others with it, whatever it is', () => {
  const { schema } = app.app;
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}),
  );
  expect(fields.length).toBeGreaterThan(100);
  expect(fields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual(['viewer']);
});

test.each([
  { what: 'a ticket that there is not', operation: 'TicketChanged', id: toGlobalId('Ticket', newId()) },
  { what: 'what is no id', operation: 'TicketChanged', id: 'T-1' },
  { what: "another type's id", operation: 'TicketChanged', id: toGlobalId('Staff', newId()) },
  { what: 'a grading run that there is not', operation: 'GradingRunProgress', id: toGlobalId('GradingRun', newId()) },
] as const)('whoever follows $what is told NOT_FOUND', async ({ operation, id }) => {
  await using following = app.as('BK-A/SUPERVISOR').follows(operation, { id });
  await expect(following.next()).rejects.toThrow('NOT_FOUND');
});

test("whoever follows another branch's ticket is told what one hears who follows none", async () => {
  const [mine, other] = [app.as('BK-A/CUSTOMER_MANAGER'), app.as('BK-B/CUSTOMER_MANAGER')];
  const { id: customerId } = await givenCustomer(mine, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const { id } = await givenTicket(mine, { customerId });
  await using seen = mine.follows('TicketChanged', { id });
  expect(await seen.next()).toMatchObject({ id });
  await using hidden = other.follows('TicketChanged', { id });
  await using none = other.follows('TicketChanged', { id: toGlobalId('Ticket', newId()) });
  const answer = (following: typeof hidden) => following.next().catch((error: Error) => error.message);
  const told = await answer(none);
  expect(told).toContain('NOT_FOUND');
  expect(await answer(hidden)).toBe(told);
});
