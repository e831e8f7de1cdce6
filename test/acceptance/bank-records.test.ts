import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { BANK, refused } from './applying.ts';
import { advances, lists, reads, starts } from './keeping.ts';

let app: TestApp;
let manager: Person;
let supervisor: Person;

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  supervisor = app.as('BK-A/SUPERVISOR');
});
afterAll(() => app[Symbol.asyncDispose]());

describe('A-083: a transaction that is abnormal is told to the manager, and a measure has to be recorded', () => {
  const figures = async (number: string, key: string, values: readonly (readonly [asOf: string, value: string])[]) => {
    for (const [asOf, value] of values) {
      const input = {
        policyId: 'bank-vip',
        source: 'core system',
        metrics: [{ customerNumber: number, key, value, asOf }],
      };
      expect(await manager.does('RecordMetrics', { input })).toMatchObject({ accepted: 1 });
    }
  };
  const abnormal = (customerId: string) => lists(manager, { customerId, kinds: ['ABNORMAL_TRANSACTION'] });
  const alertsOf = async (customerId: string) => {
    const { data } = await manager.ask(
      'query ($f: AlertFilter) { alerts(filter: $f, first: 50) { edges { node { kind audience customer { id } } } } }',
      { f: { kinds: ['ATTENTION'] } },
    );
    return data.alerts.edges
      .map(({ node }: { node: { customer: { id: string } } }) => node)
      .filter(({ customer }: { customer: { id: string } }) => customer.id === customerId);
  };
  const USUAL = [
    ['2026-02-02', '100000'],
    ['2026-02-09', '101000'],
    ['2026-02-16', '99000'],
  ] as const;

  test('9,000,000 after 100,000, 101,000 and 99,000', async () => {
    const customer = await givenCustomer(manager, BANK);
    await figures(customer.number, 'TRANSACTION_AMOUNT', USUAL);
    expect(await abnormal(customer.id)).toEqual([]);
    await figures(customer.number, 'TRANSACTION_AMOUNT', [['2026-02-23', '9000000']]);
    await expect
      .poll(() => alertsOf(customer.id), { timeout: 10_000 })
      .toMatchObject([{ kind: 'ATTENTION', audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'] }]);
    const [id] = await abnormal(customer.id);
    const open = await reads(manager, { id: id ?? '' }, '... on BankVipAbnormalTransaction { metric value }');
    expect(open).toMatchObject({ state: 'OPEN', value: '9000000', missing: [{ code: 'MEASURE_RECORDED' }] });
    if (!open) throw new Error('nothing is to be recorded');
    expect(await advances(manager, open, 'MEASURE_RECORDED')).toMatchObject({
      issues: [{ path: 'input.brings.measure', message: 'is missing' }],
    });
    const measure = { brings: { bankVipAbnormalTransactionMeasureRecorded: { measure: 'Called: sale of a house' } } };
    expect(await advances(manager, open, 'MEASURE_RECORDED', measure)).toMatchObject({ state: 'CLOSED' });
    // The same figure again is none more.
    await figures(customer.number, 'TRANSACTION_AMOUNT', [['2026-02-23', '9000000']]);
    expect(await abnormal(customer.id)).toHaveLength(1);
  });
  test.each([
    // The mean is 100,000 and the deviation 1,000: three of them are not more than three.
    { it: 'three deviations exactly', value: '103000', told: 0 },
    { it: 'a cent more', value: '103000.01', told: 1 },
    { it: 'as much below', value: '96999.99', told: 1 },
  ])('$it', async ({ value, told }) => {
    const customer = await givenCustomer(manager, BANK);
    await figures(customer.number, 'TRANSACTION_AMOUNT', [...USUAL, ['2026-02-23', value]]);
    expect(await abnormal(customer.id)).toHaveLength(told);
  });
  test('of two figures nobody can say what is usual', async () => {
    const customer = await givenCustomer(manager, BANK);
    await figures(customer.number, 'TRANSACTION_AMOUNT', [...USUAL.slice(0, 2), ['2026-02-23', '9000000']]);
    expect(await abnormal(customer.id)).toEqual([]);
  });
});

test('A-082: one assessment of a month and one of a quarter are expected, and unannounced checks stand apart', async () => {
  await givenCustomer(manager, BANK);
  await app.advance('2026-04-01T09:00:00+08:00');
  const duties = async () => {
    const { data } = await supervisor.ask(
      `query ($codes: [String!]) { duties(policyId: "bank-vip", period: { from: "2026-03-01", to: "2026-03-31" }, codes: $codes, first: 50) {
        nodes { code state period { from to } staff { id } } } }`,
      { codes: ['MONTHLY_ASSESSMENT', 'QUARTERLY_ASSESSMENT'] },
    );
    return data.duties.nodes
      .filter(({ staff }: { staff: { id: string } }) => staff.id === manager.id)
      .map(({ code, state, period }: { code: string; state: string; period: { from: string; to: string } }) => [
        code,
        state,
        period.from,
      ]);
  };
  expect((await duties()).sort()).toEqual([
    ['MONTHLY_ASSESSMENT', 'OPEN', '2026-03-01'],
    ['QUARTERLY_ASSESSMENT', 'OPEN', '2026-01-01'],
  ]);
  const check = { attitude: 90, quality: 80, compliance: 100 };
  expect(await starts(supervisor, manager.id, { bankVipUnannouncedCheck: check })).toMatchObject({ state: 'CLOSED' });
  expect((await duties()).map(([, state]: string[]) => state)).toEqual(['OPEN', 'OPEN']);
  const score = { performance: 80, satisfaction: 85, productSales: 70 };
  const month = (period: string) => starts(supervisor, manager.id, { bankVipMonthlyAssessment: { period, ...score } });
  expect(await month('2026-03-15')).toMatchObject({ __typename: 'BankVipMonthlyAssessment' });
  expect((await duties()).sort()).toEqual([
    ['MONTHLY_ASSESSMENT', 'FULFILLED', '2026-03-01'],
    ['QUARTERLY_ASSESSMENT', 'OPEN', '2026-01-01'],
  ]);
  // One of a month; of another month there may be another.
  expect(await month('2026-03-31')).toMatchObject(refused('ASSESSED'));
  expect(await month('2026-02-28')).toMatchObject({ __typename: 'BankVipMonthlyAssessment' });
  await starts(supervisor, manager.id, { bankVipQuarterlyAssessment: { period: '2026-02-01', ...score } });
  expect((await duties()).map(([, state]: string[]) => state)).toEqual(['FULFILLED', 'FULFILLED']);
  // What is not assessed by then is missing, of each manager by themselves.
  await app.advance('2026-04-11T00:00:01+08:00');
  const { data } = await app
    .as('BK-B/SUPERVISOR')
    .ask(
      `{ duties(policyId: "bank-vip", codes: ["MONTHLY_ASSESSMENT"], states: [MISSING], first: 50) { nodes { staff { id } } } }`,
    );
  const missing = data.duties.nodes.map(({ staff }: { staff: { id: string } }) => staff.id);
  expect(missing).toContain(app.as('BK-B/CUSTOMER_MANAGER').id);
  expect(missing).not.toContain(manager.id);
});
