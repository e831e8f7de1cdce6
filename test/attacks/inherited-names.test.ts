import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// What every object has by name is nothing that a policy declares: whoever sends it hears what they would hear of any other word.

let app: TestApp;
let manager: Person;
let chief: Person;
let customerId: string;
let number: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
  [manager, chief] = [app.as('BK-A/CUSTOMER_MANAGER'), app.as('BK-HQ/DIRECTOR')];
  const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  customerId = customer.id;
  number = customer.number;
});
afterAll(() => app[Symbol.asyncDispose]());

const policyId = 'bank-vip';

interface Way {
  readonly way: string;
  readonly path: string;
  readonly send: (word: string) => Promise<unknown>;
}

const WAYS: readonly Way[] = [
  {
    way: 'a duty',
    path: 'input.code',
    send: (code) => manager.does('RecordDuty', { input: { policyId, code, note: 'done' } }),
  },
  {
    way: 'a meeting',
    path: 'input.kind',
    send: (kind) => chief.does('HoldMeeting', { input: { policyId, kind, agenda: 'Week', attendeeIds: [chief.id] } }),
  },
  {
    way: 'a report',
    path: 'input.kind',
    send: (kind) =>
      manager.does('FileReport', { input: { policyId, kind, month: '2026-02-01', summary: 'all went well' } }),
  },
  {
    way: 'a grading run',
    path: 'schemeId',
    send: (schemeId) => chief.does('StartGradingRun', { policyId, schemeId }),
  },
  {
    way: 'an annual list',
    path: 'input.schemeId',
    send: async (schemeId) => {
      const { data } = await chief.ask(
        'mutation ($input: AnnualListInput!) { setAnnualList(input: $input) { __typename ... on InvalidInput { issues { path } } } }',
        { input: { policyId, schemeId, year: 2026, entries: [] } },
      );
      return data.setAnnualList;
    },
  },
  {
    way: 'a plan',
    path: 'input.kind',
    send: (kind) =>
      manager.does('DraftPlan', {
        input: {
          customerId,
          kind,
          objective: 'Keep',
          startsOn: '2026-03-10',
          endsOn: '2026-06-30',
          budget: { amount: '10' },
          measures: [{ way: 'PHONE', measure: 'Call', dueAt: '2026-03-20T10:00:00+08:00', assigneeId: manager.id }],
        },
      }),
  },
  {
    way: 'a ticket',
    path: 'input.type',
    send: (type) => manager.does('OpenTicket', { input: { customerId, type, subject: 'Fees', channel: 'PHONE' } }),
  },
  {
    way: 'a target of a person',
    path: 'input.key',
    send: (key) =>
      chief.does('SetStaffTarget', { input: { policyId, staffId: manager.id, key, year: 2026, value: '1' } }),
  },
];

describe.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s', (word) => {
  test.each(WAYS)('is $way of no policy', async ({ send, path }) => {
    expect(await send(word)).toMatchObject({ __typename: 'InvalidInput', issues: [{ path }] });
  });

  test('is no metric', async () => {
    const metrics = [{ customerNumber: number, key: word, value: '1', asOf: '2026-03-01' }];
    const input = { policyId, source: 'core', metrics };
    expect(await app.as('BK-HQ/SERVICE').does('RecordMetrics', { input })).toMatchObject({
      accepted: 0,
      rejected: [{ code: 'UNKNOWN_METRIC' }],
    });
  });
});
