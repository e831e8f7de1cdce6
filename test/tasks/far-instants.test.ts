import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// In China the last day of the year 9999 begins at 16:00 of the day before it in UTC, and the year 10000 before it is over there.

let app: TestApp;
let manager: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  customerId = (await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' })).id;
});
afterAll(() => app[Symbol.asyncDispose]());

const due = (dueAt: string) =>
  manager.ask('CreateTask', { input: { customerId, title: 'Call', purpose: 'CARE', dueAt } });

test('the last instant that has a day in every zone is one that a task can be due at', async () => {
  expect((await due('9999-12-30T23:59:59Z')).data).toMatchObject({ createTask: { __typename: 'Task' } });
});

test.each(['9999-12-31T00:00:00Z', '9999-12-31T23:59:59Z', '9999-12-30T23:59:59-12:00'])(
  '%s is none',
  async (dueAt) => {
    const { errors } = await due(dueAt);
    expect(errors?.[0]).toMatchObject({
      message: 'input.dueAt is no DateTime: RFC 3339, with a zone or Z',
      extensions: { code: 'INVALID_INPUT' },
    });
  },
);
