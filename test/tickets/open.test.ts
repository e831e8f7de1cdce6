import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

let app: TestApp;
let manager: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  customerId = customer.id;
});
afterAll(() => app[Symbol.asyncDispose]());

test.each([
  { it: 'a type', given: { type: 'constructor' }, path: 'input.type' },
  { it: 'a case', given: { type: 'PROVISIONING', case: 'constructor' }, path: 'input.case' },
  {
    it: 'an appointment',
    given: { type: 'PROVISIONING', case: 'OFF_NETWORK', appointmentAt: '9999-12-31T00:00:00+08:00' },
    path: 'input.appointmentAt',
  },
  ...['2020-06-15T10:00:00+08:00', '2026-02-20T10:00:00+08:00', '2030-03-02T10:00:00+08:00'].map((appointmentAt) => ({
    it: `an appointment of ${appointmentAt.slice(0, 10)}`,
    given: { type: 'PROVISIONING', case: 'TWO_WAY_COMMUNITY', appointmentAt },
    path: 'input.appointmentAt',
  })),
])('$it that there cannot be opens no ticket', async ({ given, path }) => {
  const input = { customerId, subject: 'No signal', channel: 'PHONE', ...given };
  expect(await manager.does('OpenTicket', { input })).toMatchObject({ __typename: 'InvalidInput', issues: [{ path }] });
});

test('a limit of 8.2 hours can be promised', async () => {
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'standard');
  const configured = await admin.does('ConfigurePolicy', {
    input: {
      policyId: 'standard',
      parameters: [{ key: 'firstResponseHours', value: 8.2 }],
      reason: 'faster',
      expectedVersion: version,
    },
  });
  expect(configured.__typename).toBe('Policy');
  const ticket = await givenTicket(manager, { customerId, type: 'INQUIRY' });
  expect(ticket.clocks[0]).toMatchObject({ target: 'PT8H12M', dueAt: '2026-03-02T08:12:00.000Z' });
});
