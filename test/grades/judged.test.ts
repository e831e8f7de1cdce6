import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// What is given to grade by: judgements of a scheme's own indicators on the scale of a hundred, figures of days that have come
// in the line's zone, and lists of its year.

let app: TestApp;
let manager: Person;

// It is 1 January 2027 in China, and 31 December 2026 in UTC.
beforeAll(async () => {
  app = await startTestApp({ now: '2027-01-01T07:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

const bank = (more: Record<string, unknown> = {}) =>
  givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', ...more });

describe('judgements', () => {
  const good = [
    { indicator: 'DEPOSIT', score: '80', basis: 'statement' },
    { indicator: 'PRODUCT_USE', score: '60', basis: 'system' },
    { indicator: 'SATISFACTION', score: '90', basis: 'survey' },
  ];

  test.each([
    { it: 'a score of 1000', at: 0, given: { score: '1000' }, field: 'score' },
    { it: 'a score of 100.01', at: 2, given: { score: '100.01' }, field: 'score' },
    { it: 'a score of -50', at: 1, given: { score: '-50' }, field: 'score' },
    { it: 'an indicator that nobody knows', at: 1, given: { indicator: 'CHARM' }, field: 'indicator' },
    { it: 'an indicator in other letters', at: 1, given: { indicator: 'satisfaction' }, field: 'indicator' },
    { it: 'one indicator twice', at: 2, given: { indicator: 'KEY0' }, field: 'indicator' },
    { it: 'no basis', at: 0, given: { basis: ' ' }, field: 'basis' },
  ])('$it is refused by its place', async ({ at, given, field }) => {
    const { id: customerId } = await bank({ kind: 'INSTITUTION' });
    const incomplete = await manager.does('AssessCustomer', { input: { customerId, schemeId: 'relationship' } });
    const keys: string[] = incomplete.missingMetrics;
    const judgements = good.map((one, index) => ({ ...one, indicator: keys[index] ?? '' }));
    const changed = { score: '', basis: '', indicator: '', ...judgements[at], ...given };
    if (changed.indicator === 'KEY0') changed.indicator = keys[0] ?? '';
    judgements[at] = changed;
    const answer = await manager.does('AssessCustomer', {
      input: { customerId, schemeId: 'relationship', judgements },
    });
    expect(answer).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: `input.judgements[${at}].${field}` }],
    });
  });

  test('a scheme that nobody scores takes none', async () => {
    const { id: customerId } = await bank();
    const judgements = [{ indicator: 'TIME_DEPOSIT_REALTIME', score: '80', basis: 'seen' }];
    const answer = await manager.does('AssessCustomer', {
      input: { customerId, schemeId: 'rural-credit', judgements },
    });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.judgements[0].indicator' }] });
  });
});

describe('dates are judged by the line’s own day', () => {
  test.each([
    { asOf: '2027-01-01', accepted: 1, codes: [] },
    { asOf: '2027-01-02', accepted: 0, codes: ['FUTURE_DATE'] },
    { asOf: '2026-12-31', accepted: 1, codes: [] },
  ])('a figure of $asOf on 1 January', async ({ asOf, accepted, codes }) => {
    const { number: customerNumber } = await bank();
    const metrics = [{ customerNumber, key: 'TIME_DEPOSIT_REALTIME', value: '100000', asOf }];
    const answer = await app
      .as('SYS/SERVICE')
      .does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics } });
    expect([answer.accepted, answer.rejected.map(({ code }: { code: string }) => code)]).toEqual([accepted, codes]);
  });

  test('somebody born today is taken, somebody born tomorrow is not', async () => {
    await bank({ birthday: '2027-01-01' });
    const input = { policyId: 'bank-vip', branchCode: 'BK-A', number: 'UNBORN', kind: 'INDIVIDUAL', name: '王芳' };
    expect(await manager.does('CreateCustomer', { input: { ...input, birthday: '2027-01-02' } })).toMatchObject({
      issues: [{ path: 'input.birthday' }],
    });
  });

  test('an exception is not until today', async () => {
    const { id: customerId } = await bank();
    const input = { customerId, schemeId: 'rural-credit', tierCode: 'VIP', reason: 'potential' };
    const until = (day: string) => manager.does('RequestGradeException', { input: { ...input, until: day } });
    expect(await until('2027-01-01')).toMatchObject({ issues: [{ path: 'input.until' }] });
    const asked = await until('2027-01-02');
    expect(asked).toMatchObject({ __typename: 'Approval' });
    // Asked twice for one tier, it is decided once.
    expect(await until('2027-01-03')).toMatchObject({ id: asked.id });
  });
});

describe('an annual list', () => {
  const list = (year: number, entries: { customerNumber: string; tierCode: string }[]) =>
    app.as('BK-HQ/DIRECTOR').ask(
      `mutation($i: AnnualListInput!) { setAnnualList(input: $i) { __typename
        ... on AnnualListResult { entries } ... on Refused { reasons { code } } ... on InvalidInput { issues { path message } } } }`,
      { i: { policyId: 'bank-vip', schemeId: 'corporate', year, entries } },
    );

  test('is of the line’s year', async () => {
    const { number: customerNumber } = await bank({ kind: 'INSTITUTION' });
    const entries = [{ customerNumber, tierCode: 'GOLD' }];
    expect((await list(2026, entries)).data.setAnnualList).toMatchObject({ reasons: [{ code: 'YEAR_OVER' }] });
    expect((await list(2027, entries)).data.setAnnualList).toMatchObject({ __typename: 'AnnualListResult' });
  });

  test('names a customer once, and one whom the scheme is for', async () => {
    const [company, person] = [await bank({ kind: 'INSTITUTION' }), await bank()];
    const entry = (customerNumber: string, tierCode: string) => ({ customerNumber, tierCode });
    const answer = await list(2027, [
      entry(company.number, 'GOLD'),
      entry(company.number, 'DIAMOND'),
      entry(person.number, 'GOLD'),
    ]);
    expect(answer.data.setAnnualList).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: 'input.entries[1].customerNumber' }, { path: 'input.entries[2].customerNumber' }],
    });
  });

  test('that is empty takes nobody off', async () => {
    const before = (await list(2027, [])).data.setAnnualList.entries;
    const { number: customerNumber } = await bank({ kind: 'INSTITUTION' });
    await list(2027, [{ customerNumber, tierCode: 'GOLD' }]);
    expect((await list(2027, [])).data.setAnnualList).toMatchObject({ entries: before + 1 });
  });
});

describe('a real-time balance is good for the days that the line sets', () => {
  const setDays = async (days: number) => {
    const admin = app.as('SYS/ADMIN');
    const { version: expectedVersion } = (await admin.ask('{ policy(id: "bank-vip") { version } }')).data.policy;
    const parameters = [{ key: 'realtimeBalanceDays', value: days }];
    const input = { policyId: 'bank-vip', expectedVersion, reason: 'a test', parameters };
    expect(await admin.does('ConfigurePolicy', { input })).toMatchObject({ __typename: 'Policy' });
  };
  const graded = async (asOf: string) => {
    const { id: customerId, number } = await bank();
    const figure = (key: string, value: string, day: string) => ({ customerNumber: number, key, value, asOf: day });
    const metrics = [
      figure('TIME_DEPOSIT_REALTIME', '150000', asOf),
      figure('DEMAND_DEPOSIT_MONTHLY_AVG_1Y', '10', '2026-12-01'),
    ];
    await manager.does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics } });
    const { proposedTier, missingMetrics } = await manager.does('AssessCustomer', {
      input: { customerId, schemeId: 'rural-credit' },
    });
    return [proposedTier?.code ?? null, missingMetrics.includes('TIME_DEPOSIT_REALTIME')];
  };
  test('blank: at any age', async () => {
    expect(await graded('2025-01-01')).toEqual(['VIP', false]);
  });
  test.each([
    { asOf: '2027-01-01', grades: true },
    { asOf: '2026-12-30', grades: true },
    { asOf: '2026-12-29', grades: false },
    { asOf: '2025-01-01', grades: false },
  ])('two days: one of $asOf grades: $grades', async ({ asOf, grades }) => {
    await setDays(2);
    expect(await graded(asOf)).toEqual(grades ? ['VIP', false] : [null, true]);
  });
});
