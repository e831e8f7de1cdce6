import { isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// Clients keep what they read by its `id`: Relay by that alone, the others by type and id. Two things under one id overwrite each
// other on every screen that shows both.

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'MEMORY' });
});
afterAll(() => app[Symbol.asyncDispose]());

const SCREEN = `query ($customer: ID!) {
  viewer { __typename id staff { __typename id } branch { __typename id } policies { ...P } }
  policies { ...P }
  customer(id: $customer) {
    __typename id
    manager { __typename id }
    contacts { __typename id }
    assessments { nodes { __typename id scheme { __typename id } } }
    tickets { nodes { __typename id clocks { __typename id calendar { __typename id code version } } } }
  }
}
fragment P on Policy {
  __typename id
  tierSchemes { __typename id }
  calendars { __typename id code version }
  ticketTypes { levels { targets { calendar { __typename id code version } } } }
}`;

/** Every object of an answer that has an id: what else was read of it. */
function kept(value: unknown, into = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (Array.isArray(value)) for (const one of value) kept(one, into);
  else if (typeof value === 'object' && value !== null) {
    const { id, __typename, code, version } = value as Record<string, unknown>;
    if (typeof id === 'string') {
      const told = into.get(id) ?? new Set();
      into.set(id, told.add(JSON.stringify({ __typename, code, version })));
    }
    for (const one of Object.values(value)) kept(one, into);
  }
  return into;
}

test('an id is one thing, whatever screen it is on', async () => {
  const manager = app.as('BK-A/SUPERVISOR');
  const { id: customer } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const ticket = { customerId: customer, type: 'COMPLAINT', subject: 'Fees', channel: 'PHONE' };
  await manager.does('OpenTicket', { input: ticket });
  const answer = await manager.ask(SCREEN, { customer });
  expect(answer.errors).toBeUndefined();
  const objects = kept(answer.data);
  expect(objects.size).toBeGreaterThan(15);
  expect([...objects].filter(([, told]) => told.size > 1).map(([id, told]) => [id, ...told])).toEqual([]);
});

test('what has an id of its own is an object of its own', () => {
  const types = Object.values(app.app.schema.getTypeMap()).filter(isObjectType);
  const named = types.filter((type) => {
    const id = type.getFields().id;
    return (
      id &&
      id.deprecationReason == null &&
      !type.getInterfaces().some((one) => isInterfaceType(one) && one.name === 'Node')
    );
  });
  // Those that are not read by `node`; the test above reads each of them.
  expect(named.map(({ name }) => name).sort()).toEqual(['Calendar', 'Contact', 'Policy', 'TierScheme', 'Viewer']);
});

test('what is changed by its version shows it', () => {
  for (const name of ['Application', 'Calendar', 'Contract', 'Customer', 'MaintenancePlan', 'Policy', 'Ticket']) {
    const type = app.app.schema.getType(name);
    expect(isObjectType(type) && type.getFields().version, name).toBeTruthy();
  }
});

const REVISE = `mutation ($input: ReviseCalendarInput!) { reviseCalendar(input: $input) {
  ... on CalendarVersion { version } ... on Error { code } ... on Conflict { presentVersion presentPolicyVersion } } }`;

test('a calendar is revised by what a screen reads of it, and by its id', async () => {
  const admin = app.as('SYS/ADMIN');
  const read = async () => {
    const { data } = await admin.ask('{ policies { id calendars { id code version exceptions week } } }');
    return data.policies.find(({ id }: { id: string }) => id === 'core').calendars[0];
  };
  const before = await read();
  const input = {
    policyId: 'core',
    calendarId: before.id,
    exceptions: [{ date: '2026-03-10', kind: 'CLOSED' }],
    expectedVersion: before.version,
    reason: 'moving house',
  };
  expect((await admin.ask(REVISE, { input })).data.reviseCalendar).toMatchObject({ version: before.version + 1 });
  const after = await read();
  expect(after).toMatchObject({ code: before.code, version: before.version + 1, week: before.week });
  expect(after.exceptions).toEqual(input.exceptions);
  expect(after.id).not.toBe(before.id);
  const late = await admin.ask(REVISE, { input: { ...input, calendarId: before.code } });
  expect(late.data.reviseCalendar).toEqual({
    code: 'CONFLICT',
    presentVersion: before.version + 1,
    presentPolicyVersion: null,
  });
});

test('a policy says which of its versions is in force', async () => {
  const admin = app.as('SYS/ADMIN');
  const { data } = await admin.ask('{ policies { id version } }');
  const { version } = data.policies.find(({ id }: { id: string }) => id === 'core');
  const { data: late } = await admin.ask(
    `mutation { applyPolicy(input: { policyId: "core", expectedVersion: "core@0", reason: "test" }) {
      ... on Conflict { presentVersion presentPolicyVersion currentVersion } } }`,
  );
  expect(late.applyPolicy).toEqual({ presentVersion: null, presentPolicyVersion: version, currentVersion: version });
});
