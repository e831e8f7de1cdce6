import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { code, overSocket } from './over-socket.ts';

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

const NUL = 'a\0b';
const HALF = 'a\ud800b';

test.each([NUL, HALF])('%j as a variable of a query is INVALID_INPUT with its path', async (search) => {
  const answer = await manager.ask('CustomerList', { filter: { search } });
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: 'filter.search' }],
  });
});

test('NUL in the text of a query is INVALID_INPUT with its path', async () => {
  const answer = await manager.ask('{ customers(filter: { search: "a\\u0000b" }) { totalCount } }');
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_INPUT',
    issues: [{ path: 'filter.search' }],
  });
});

test('so it is on a socket', async () => {
  const query = 'subscription ($id: ID!) { ticketChanged(id: $id) { id } }';
  expect(code(await overSocket(app, { query, variables: { id: NUL } }))).toBe('INVALID_INPUT');
});

test.each([
  { at: 'input.name', input: { name: NUL } },
  { at: 'input.number', input: { number: HALF } },
  { at: 'input.profile.address.street[1]', input: { profile: { address: { street: ['x', NUL] } } } },
])('a string that no database can hold, in a mutation at $at, is told of in its union', async ({ at, input }) => {
  const file = {
    policyId: 'broadband-key-account',
    branchCode: 'BB-A',
    number: 'X-1',
    kind: 'INDIVIDUAL',
    name: 'X',
  };
  const answer = await manager.does('CreateCustomer', { input: { ...file, ...input } });
  expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: at }] });
});

test('and so as the name of a field', async () => {
  const input = { policyId: 'core', branchCode: 'BB-A', number: 'X-1', kind: 'INDIVIDUAL', name: 'X' };
  const answer = await manager.does('CreateCustomer', { input: { ...input, profile: { [NUL]: 1 } } });
  expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.profile' }] });
});

test('characters beyond the plane of most are whole', async () => {
  const customer = await givenCustomer(manager, {
    policyId: 'broadband-key-account',
    branchCode: 'BB-A',
    name: '𠮷野家 😀',
  });
  const { data } = await manager.ask('query ($id: ID!) { customer(id: $id) { name } }', { id: customer.id });
  expect(data.customer.name).toBe('𠮷野家 😀');
});
