import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';
import { givenCustomer } from '../support/given.ts';
import { allSkipped, givenApprovedPlan, givenPlan } from '../support/plans.ts';
import { apply, BANK, decide, expense, refused, stepOf } from './applying.ts';

let app: TestApp;
let manager: Person;
let supervisor: Person;
let center: Person;
let director: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', database: 'POSTGRES' });
  [manager, supervisor, center, director] = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'].map(
    (role) => app.as(`BK-A/${role}`),
  ) as [Person, Person, Person, Person];
});
afterAll(() => app[Symbol.asyncDispose]());

const customerId = async () => (await givenCustomer(manager, BANK)).id;

describe('A-069: the amount of an expense says who decides', () => {
  test.each([
    { amount: '9999.99', role: 'CUSTOMER_MANAGER' },
    { amount: '10000', role: 'SUPERVISOR' },
    { amount: '50000', role: 'SUPERVISOR' },
    { amount: '50000.01', role: 'EXECUTIVE' },
  ])('$amount: $role', async ({ amount, role }) => {
    const input = expense(await customerId(), amount);
    const preview = await supervisor.does('ApprovalPreview', { input });
    expect(preview).toMatchObject({ steps: [{ role, branch: null }], cumulated: { amount }, mayActAtOnce: true });
    expect(stepOf(await apply(supervisor, input))).toEqual([role]);
  });

  test('split it adds up: per customer, whoever asks, until one is rejected or another year begins', async () => {
    const id = await customerId();
    const first = await apply(supervisor, expense(id, '6000'));
    expect(stepOf(first)).toEqual(['CUSTOMER_MANAGER']);
    expect(stepOf(await apply(director, expense(id, '4000')))).toEqual(['SUPERVISOR']);
    expect(stepOf(await apply(supervisor, expense(id, '40000.01')))).toEqual(['EXECUTIVE']);
    // Another customer is counted for itself.
    expect(stepOf(await apply(supervisor, expense(await customerId(), '6000')))).toEqual(['CUSTOMER_MANAGER']);
    await decide(manager, first.approval.id, 'REJECT', 'No');
    const preview = await supervisor.does('ApprovalPreview', { input: expense(id, '1') });
    expect(preview.cumulated).toEqual({ amount: '44001.01', currency: 'CNY' });
  });

  test('of requests that are made together none is counted without the other', async () => {
    const id = await customerId();
    const made = await Promise.all([1, 2, 3].map(() => apply(supervisor, expense(id, '6000'))));
    expect(made.map((one) => one.__typename)).toEqual(['Application', 'Application', 'Application']);
    expect(made.map((one) => stepOf(one)[0]).sort()).toEqual(['CUSTOMER_MANAGER', 'SUPERVISOR', 'SUPERVISOR']);
  });

  test('an expense of a plan is spent from its budget when it is approved, and not above it', async () => {
    const id = await customerId();
    const plan = await givenApprovedPlan(supervisor, [center], { customerId: id, budget: { amount: '700' } });
    const spend = async (amount: string) => {
      const { approval } = await apply(supervisor, expense(id, amount, { planId: plan.id }));
      return decide(manager, approval.id);
    };
    expect(await spend('500')).toMatchObject({ state: 'APPROVED' });
    expect(await spend('200.01')).toMatchObject(refused('BUDGET_EXCEEDED'));
    // Without an approval of its own a plan spends what a specialist decides about, in all.
    const other = { customerId: await customerId(), budget: { amount: '30000' } };
    const large = await givenApprovedPlan(supervisor, [center], other);
    const direct = (amount: string) =>
      supervisor.does('SpendPlanBudget', { input: { planId: large.id, amount: { amount }, purpose: 'Gift' } });
    expect(await direct('6000')).toMatchObject({ spent: { amount: '6000' } });
    expect(await direct('4000')).toMatchObject(refused('EXPENSE_NEEDS_APPROVAL'));
    expect(await direct('3999.99')).toMatchObject({ spent: { amount: '9999.99' } });
    const { ledger } = await supervisor.does('PlanHistory', { id: plan.id });
    expect(ledger).toMatchObject([
      { kind: 'RESERVE' },
      { kind: 'CONSUME', amount: { amount: '500' }, purpose: 'Flowers' },
    ]);
  });

  test('what a plan spent without an application counts with what is applied for, and the other way round', async () => {
    const id = await customerId();
    const plan = await givenApprovedPlan(supervisor, [center], { customerId: id, budget: { amount: '30000' } });
    const spend = (amount: string) =>
      supervisor.does('SpendPlanBudget', { input: { planId: plan.id, amount: { amount }, purpose: 'Gift' } });
    expect(await spend('6000')).toMatchObject({ spent: { amount: '6000' } });
    const previewed = async (more: Record<string, unknown> = {}) =>
      (await supervisor.does('ApprovalPreview', { input: expense(id, '3999.99', more) })).cumulated.amount;
    expect([await previewed(), await previewed({ planId: plan.id })]).toEqual(['9999.99', '9999.99']);
    expect(stepOf(await apply(supervisor, expense(id, '4000', { planId: plan.id })))).toEqual(['SUPERVISOR']);
    // It is pending: with it the plan is at the limit of a specialist.
    expect(await spend('0.01')).toMatchObject(refused('EXPENSE_NEEDS_APPROVAL'));
    // Another customer's plan is counted for itself.
    expect(stepOf(await apply(supervisor, expense(await customerId(), '9999.99')))).toEqual(['CUSTOMER_MANAGER']);
  });

  test('nor is it split over the plans of a customer', async () => {
    const id = await customerId();
    const given = () => givenApprovedPlan(supervisor, [center], { customerId: id, budget: { amount: '30000' } });
    const [one, another] = [await given(), await given()];
    const spend = (plan: { id: string }, amount: string) =>
      supervisor.does('SpendPlanBudget', { input: { planId: plan.id, amount: { amount }, purpose: 'Gift' } });
    expect(await spend(one, '6000')).toMatchObject({ spent: { amount: '6000' } });
    expect(await spend(another, '4000')).toMatchObject(refused('EXPENSE_NEEDS_APPROVAL'));
    expect(await spend(another, '3999.99')).toMatchObject({ spent: { amount: '3999.99' } });
    expect(stepOf(await apply(supervisor, expense(id, '0.01')))).toEqual(['SUPERVISOR']);
  });

  test('a limit says nothing about another currency: the CEO decides, until one is decided for it in writing', async () => {
    await using abroad = await startTestApp({ now: '2026-12-31T09:00:00+08:00' });
    const [asks, heads, chief, commands] = ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE', 'COMMAND_CENTER'].map((role) =>
      abroad.as(`BK-A/${role}`),
    ) as [Person, Person, Person, Person];
    const { id } = await givenCustomer(abroad.as('BK-A/CUSTOMER_MANAGER'), BANK);
    const stepFor = async (amount: string, currency: string) => {
      const input = expense(id, amount, { amount: { amount, currency } });
      return (await asks.does('ApprovalPreview', { input })).steps[0].role;
    };
    expect([await stepFor('0.01', 'EUR'), await stepFor('0.01', 'CNY')]).toEqual(['EXECUTIVE', 'CUSTOMER_MANAGER']);
    const plan = await givenApprovedPlan(asks, [commands], {
      customerId: id,
      budget: { amount: '30000', currency: 'EUR' },
    });
    const spend = (amount: string, currency?: string) =>
      asks.does('SpendPlanBudget', {
        input: { planId: plan.id, amount: { amount, currency }, purpose: 'Gift', afterEnd: true },
      });
    expect(await spend('0.01', 'EUR')).toMatchObject(refused('EXPENSE_NEEDS_APPROVAL'));
    expect(await spend('1', 'CNY')).toMatchObject({ issues: [{ path: 'input.amount.currency' }] });
    const euro = { role: 'CUSTOMER_MANAGER', kind: 'EXPENSE', upTo: '1000', currency: 'EUR', validFrom: '2027-01-01' };
    const change = (fields: object) =>
      apply(heads, { policyId: 'bank-vip', kind: 'AUTHORITY_CHANGE', fields, reason: 'Offices abroad' });
    const wrong = await change({ ...euro, currency: 'euro', writtenRecord: 'Order 8' });
    expect(wrong).toMatchObject({ issues: [{ path: 'input.fields.currency' }] });
    const { approval } = await change({ ...euro, writtenRecord: 'Order 8' });
    await decide(chief, approval.id);
    expect(await stepFor('1000', 'EUR')).toBe('EXECUTIVE');
    await abroad.advance('2027-01-01T00:00:00+08:00');
    expect([await stepFor('1000', 'EUR'), await stepFor('1000.01', 'EUR'), await stepFor('1', 'USD')]).toEqual([
      'CUSTOMER_MANAGER',
      'EXECUTIVE',
      'EXECUTIVE',
    ]);
    // The limits of CNY stay what they were.
    expect([await stepFor('9999.99', 'CNY'), await stepFor('10000', 'CNY')]).toEqual([
      'CUSTOMER_MANAGER',
      'SUPERVISOR',
    ]);
    expect(await spend('1000', 'EUR')).toMatchObject({ spent: { amount: '1000', currency: 'EUR' } });
    expect(await spend('0.01', 'EUR')).toMatchObject(refused('EXPENSE_NEEDS_APPROVAL'));
  });

  test('the largest amounts add up, and a larger one is none', async () => {
    const id = await customerId();
    const largest = '999999999999999.99';
    for (const _ of [1, 2]) expect(stepOf(await apply(supervisor, expense(id, largest)))).toEqual(['EXECUTIVE']);
    const wrong = { __typename: 'InvalidInput', issues: [{ path: 'input.amount.amount' }] };
    expect(await apply(supervisor, expense(id, '1000000000000000'))).toMatchObject(wrong);
    const input = { policyId: 'bank-vip', branchCode: 'BK-A', year: 2027, purpose: 'Plans' };
    const allocate = (amount: string) => director.does('AllocateBudget', { input: { ...input, amount: { amount } } });
    expect(await allocate('-1000000000000000')).toMatchObject(wrong);
    for (const _ of [1, 2]) expect(await allocate(largest)).toMatchObject({ __typename: 'BudgetAccount' });
  });

  test('an amount has a currency that there is, also where it is a part of a plan', async () => {
    const id = await customerId();
    for (const currency of ['cny', '', 'EURO', '€'])
      expect(await apply(supervisor, expense(id, '1', { amount: { amount: '1', currency } }))).toMatchObject({
        issues: [{ path: 'input.amount.currency', message: 'is no currency of ISO 4217' }],
      });
    const plan = await givenApprovedPlan(supervisor, [center], { customerId: id, budget: { amount: '700' } });
    const added = (budget: InputOf<'AddPlanTask'>['budget']) =>
      supervisor.does('AddPlanTask', {
        input: {
          planId: plan.id,
          way: 'VISIT',
          measure: 'Visit',
          assigneeId: supervisor.id,
          dueAt: '2026-04-01T10:00:00+08:00',
          budget,
        },
      });
    expect(await added({ amount: '1', currency: 'EUR' })).toMatchObject({
      issues: [{ path: 'input.budget.currency' }],
    });
    expect(await added({ amount: '0.001' })).toMatchObject({ issues: [{ path: 'input.budget.amount' }] });
    expect(await added({ amount: '1', currency: 'CNY' })).toMatchObject({ __typename: 'Task' });
  });

  test.each([
    { it: 'no amount', input: { amount: null }, path: 'input.amount' },
    { it: 'nothing', input: { amount: { amount: '0' } }, path: 'input.amount.amount' },
    { it: 'less than nothing', input: { amount: { amount: '-5' } }, path: 'input.amount.amount' },
    { it: 'a fraction of a cent', input: { amount: { amount: '0.001' } }, path: 'input.amount.amount' },
    { it: 'no customer', input: { customerId: null }, path: 'input.customerId' },
    { it: 'no reason', input: { reason: ' ' }, path: 'input.reason' },
    { it: 'a field that nobody asks for', input: { fields: { colour: 'red' } }, path: 'input.fields' },
    { it: 'another kind', input: { kind: 'HOLIDAY' }, path: 'input.kind' },
  ])('bad input: $it', async ({ input, path }) => {
    const answer = await apply(supervisor, expense(await customerId(), '5', input));
    expect(answer).toMatchObject({ __typename: 'InvalidInput' });
    expect(answer.issues.map((issue: { path: string }) => issue.path)).toContain(path);
  });
});

test('a branch budget covers its plans: what it does not cover is not approved', async () => {
  const director = app.as('BK-B/DIRECTOR');
  const [b, centerB] = [app.as('BK-B/SUPERVISOR'), app.as('BK-B/COMMAND_CENTER')];
  const given = { policyId: 'bank-vip', branchCode: 'BK-B', year: 2026, purpose: 'Plans of 2026' };
  await director.does('AllocateBudget', { input: { ...given, amount: { amount: '1500' } } });
  const customer = await givenCustomer(b, { policyId: 'bank-vip', branchCode: 'BK-B' });
  const first = await givenApprovedPlan(b, [centerB], { customerId: customer.id });
  const second = await givenPlan(b, { customerId: customer.id });
  const { approval } = await b.does('SubmitPlan', { id: second.id, expectedVersion: 1 });
  const approve = () => centerB.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  expect(await approve()).toMatchObject(refused('BUDGET_EXHAUSTED'));
  // Nor does it cover what is planned in another currency, until it has money in it.
  const abroad = await givenPlan(b, { customerId: customer.id, budget: { amount: '1', currency: 'EUR' } });
  const asked = await b.does('SubmitPlan', { id: abroad.id, expectedVersion: 1 });
  const approveAbroad = () => centerB.does('DecideApproval', { input: { id: asked.approval.id, decision: 'APPROVE' } });
  expect(await approveAbroad()).toMatchObject(refused('BUDGET_EXHAUSTED'));
  await director.does('AllocateBudget', { input: { ...given, amount: { amount: '1', currency: 'EUR' } } });
  expect(await approveAbroad()).toMatchObject({ state: 'APPROVED' });
  const taken = { ...given, amount: { amount: '-500.01' } };
  expect(await director.does('AllocateBudget', { input: taken })).toMatchObject(refused('BUDGET_EXHAUSTED'));
  await b.does('SpendPlanBudget', { input: { planId: first.id, amount: { amount: '400' }, purpose: 'Gift' } });
  await b.does('CompletePlan', { id: first.id, expectedVersion: 1, summary: 'Done', skipped: allSkipped(first) });
  expect(await approve()).toMatchObject({ state: 'APPROVED' });
  const [account] = await director.does('Budgets', { policyId: 'bank-vip', year: 2026 });
  expect(account).toMatchObject({
    branch: { code: 'BK-B' },
    allocated: { amount: '1500' },
    reserved: { amount: '1000' },
    spent: { amount: '400' },
    available: { amount: '100' },
  });
});
