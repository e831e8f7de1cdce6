import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { allSkipped, givenApprovedPlan, givenPlan } from '../support/plans.ts';

const BANK = { policyId: 'bank-vip', branchCode: 'BK-A' };
const refused = (code: string) => ({ __typename: 'Refused', reasons: [{ code }] });

let app: TestApp;
let manager: Person;
let supervisor: Person;
let center: Person;
let director: Person;
let finance: Person;
let executive: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', database: 'POSTGRES' });
  [manager, supervisor, center, director, finance, executive] = [
    'CUSTOMER_MANAGER',
    'SUPERVISOR',
    'COMMAND_CENTER',
    'DIRECTOR',
    'FINANCE',
    'EXECUTIVE',
  ].map((role) => app.as(`BK-A/${role}`)) as [Person, Person, Person, Person, Person, Person];
});
afterAll(() => app[Symbol.asyncDispose]());

const decide = (person: Person, id: string, decision = 'APPROVE', comment: string | null = null) =>
  person.does('DecideApproval', { input: { id, decision, comment } });

const expense = (customerId: string, amount: string, more: Record<string, unknown> = {}) => ({
  policyId: 'bank-vip',
  kind: 'EXPENSE',
  customerId,
  amount: { amount },
  reason: 'Flowers',
  ...more,
});
const apply = (person: Person, input: Record<string, unknown>) => person.does('SubmitApplication', { input });
const stepOf = (application: { approval: { steps: { role: string }[] } }) =>
  application.approval.steps.map(({ role }) => role);
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
    const added = (budget: object) =>
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

test('A-070: a temporary team acts at once in a crisis; the approval is due within 3 days, and told when it is late', async () => {
  await using crisis = await startTestApp({ now: '2026-12-30T10:00:00+08:00', database: 'POSTGRES' });
  const team = crisis.as('BK-A/CUSTOMER_MANAGER');
  const head = crisis.as('BK-A/EXECUTIVE');
  const { id } = await givenCustomer(team, BANK);
  const acted = await apply(team, expense(id, '60000', { emergency: true }));
  expect(acted).toMatchObject({
    carriedOutAt: '2026-12-30T02:00:00.000Z',
    approval: { state: 'RATIFICATION_DUE', ratifyBy: '2027-01-02T02:00:00.000Z', steps: [{ role: 'EXECUTIVE' }] },
  });
  const late = await apply(team, expense(id, '70000', { emergency: true }));
  await crisis.advance('2027-01-02T10:00:00+08:00');
  expect(await decide(head, acted.approval.id)).toMatchObject({ state: 'APPROVED' });
  const waiting = async () =>
    (await head.does('AlertHistory', { filter: { kinds: ['APPROVAL_WAITING'], minSeverity: 'CRITICAL' } })).edges.map(
      ({ node }: { node: { message: string; raisedAt: string } }) => node,
    );
  await crisis.advance('2027-01-05T10:00:00+08:00');
  // One was decided at the due instant, which is in time; of the other it is told that it is late.
  expect(await waiting()).toHaveLength(1);
  expect((await waiting())[0]).toMatchObject({ raisedAt: '2027-01-02T02:00:00.001Z' });
  expect(await decide(head, late.approval.id, 'REJECT', 'Never again')).toMatchObject({ state: 'REJECTED' });
});

test('A-070: what is returned has to be approved by the same day, asked for anew or not', async () => {
  await using crisis = await startTestApp({ now: '2028-02-27T10:00:00+08:00' });
  const team = crisis.as('BK-A/CUSTOMER_MANAGER');
  const head = crisis.as('BK-A/EXECUTIVE');
  const { id } = await givenCustomer(team, BANK);
  const ratifyBy = '2028-03-01T02:00:00.000Z';
  const acted: { id: string; approval: { id: string; ratifyBy: string } }[] = [];
  for (const amount of ['60000', '60001', '60002'])
    acted.push(await apply(team, expense(id, amount, { emergency: true })));
  for (const { approval } of acted) {
    expect(approval.ratifyBy).toBe(ratifyBy);
    expect(await decide(head, approval.id, 'RETURN', 'For what?')).toMatchObject({ state: 'RETURNED' });
  }
  await crisis.advance('2028-02-29T10:00:00+08:00');
  const again = (index: number, amount: string) =>
    team.does('ResubmitApplication', {
      input: { id: acted[index]?.id, expectedVersion: 2, amount: { amount }, reason: 'Boats' },
    });
  expect(await again(0, '60000.01')).toMatchObject({ issues: [{ path: 'input.amount.amount' }] });
  const [first, second] = [await again(0, '60000'), await again(1, '60001')];
  for (const { approval } of [first, second]) expect(approval).toMatchObject({ state: 'RATIFICATION_DUE', ratifyBy });
  await decide(head, first.approval.id);
  await crisis.advance('2028-03-03T10:00:00+08:00');
  const { edges } = await head.does('AlertHistory', {
    filter: { kinds: ['APPROVAL_WAITING'], minSeverity: 'CRITICAL' },
  });
  // The one that was asked for anew, and the one that nobody asked for any more; each once.
  expect(edges.map(({ node }: { node: { raisedAt: string } }) => node.raisedAt)).toEqual(
    Array(2).fill('2028-03-01T02:00:00.001Z'),
  );
});

test('A-070: what was spent at once counts whatever is said of it afterwards, and once', async () => {
  await using crisis = await startTestApp({ now: '2026-12-30T10:00:00+08:00' });
  const [team, asks, lead, commands] = ['CUSTOMER_MANAGER', 'DIRECTOR', 'SUPERVISOR', 'COMMAND_CENTER'].map((role) =>
    crisis.as(`BK-A/${role}`),
  ) as [Person, Person, Person, Person];
  const { id } = await givenCustomer(team, BANK);
  const cumulated = async (more: Record<string, unknown> = {}) =>
    (await asks.does('ApprovalPreview', { input: expense(id, '0.01', more) })).cumulated.amount;
  const rejected = await apply(asks, expense(id, '6000', { emergency: true }));
  expect(await cumulated()).toBe('6000.01');
  await decide(team, rejected.approval.id, 'REJECT', 'Never again');
  expect(await cumulated()).toBe('6000.01');
  // The second makes 10,000: more than a specialist decides about.
  const returned = await apply(asks, expense(id, '4000', { emergency: true }));
  expect(stepOf(returned)).toEqual(['SUPERVISOR']);
  expect(await decide(lead, returned.approval.id, 'RETURN', 'For what?')).toMatchObject({ state: 'RETURNED' });
  expect(await cumulated()).toBe('10000.01');
  const again = (amount: object) =>
    asks.does('ResubmitApplication', { input: { id: returned.id, expectedVersion: 2, amount, reason: 'Boats' } });
  expect(await again({ amount: '4000', currency: 'EUR' })).toMatchObject({
    issues: [{ path: 'input.amount.currency' }],
  });
  const anew = await again({ amount: '4000' });
  expect(stepOf(anew)).toEqual(['SUPERVISOR']);
  const { data } = await asks.ask(
    'query ($id: ID!) { node(id: $id) { ... on Approval { state cumulated { amount } } } }',
    { id: anew.approval.id },
  );
  expect(data.node).toEqual({ state: 'RATIFICATION_DUE', cumulated: { amount: '10000' } });
  expect(await cumulated()).toBe('10000.01');
  await decide(lead, anew.approval.id, 'REJECT', 'No');
  expect(await cumulated()).toBe('10000.01');
  // What was not spent does not count once it is rejected.
  const asked = await apply(asks, expense(id, '5000'));
  expect(await cumulated()).toBe('15000.01');
  await decide(lead, asked.approval.id, 'REJECT', 'No');
  expect(await cumulated()).toBe('10000.01');
  // With another year the window of the customer begins anew; that of a plan runs on.
  await crisis.advance('2026-12-31T23:59:59+08:00');
  expect(await cumulated()).toBe('10000.01');
  const plan = await givenApprovedPlan(lead, [commands], { customerId: id, budget: { amount: '30000' } });
  const atOnce = await apply(asks, expense(id, '7000', { emergency: true, planId: plan.id }));
  await decide(lead, atOnce.approval.id, 'REJECT', 'No');
  await crisis.advance('2027-01-01T00:00:00+08:00');
  expect(await cumulated()).toBe('0.01');
  expect(await cumulated({ planId: plan.id })).toBe('7000.01');
  const spend = (amount: string) =>
    lead.does('SpendPlanBudget', {
      input: { planId: plan.id, amount: { amount }, purpose: 'Gift', afterEnd: true },
    });
  expect(await spend('3000')).toMatchObject(refused('EXPENSE_NEEDS_APPROVAL'));
  expect(await spend('2999.99')).toMatchObject({ spent: { amount: '9999.99' } });
});

test('A-070: what was spent at once is approved afterwards also when its plan is over', async () => {
  const id = await customerId();
  const plan = await givenApprovedPlan(supervisor, [center], { customerId: id, budget: { amount: '700' } });
  const acted = await apply(supervisor, expense(id, '500', { emergency: true, planId: plan.id }));
  await decide(manager, acted.approval.id, 'RETURN', 'For what?');
  const closed = await supervisor.does('CompletePlan', {
    id: plan.id,
    expectedVersion: 1,
    summary: 'Done',
    skipped: allSkipped(plan),
  });
  expect(closed).toMatchObject({ status: 'COMPLETED' });
  const again = await supervisor.does('ResubmitApplication', {
    input: { id: acted.id, expectedVersion: 2, amount: { amount: '500' }, reason: 'Boats' },
  });
  expect(await decide(manager, again.approval.id)).toMatchObject({ state: 'APPROVED' });
});

test('what may not be done at once is not: a change of process', async () => {
  const input = {
    policyId: 'bank-vip',
    kind: 'PROCESS_CHANGE',
    fields: { process: 'Kick-off', change: 'None' },
    reason: 'Faster',
    emergency: true,
  };
  expect(await apply(supervisor, input)).toMatchObject(refused('NO_EMERGENCY'));
});

test('A-062: a purchase is signed by the department head, then finance, then the CEO', async () => {
  const input = {
    policyId: 'bank-vip',
    kind: 'PROCUREMENT',
    amount: { amount: '3000' },
    fields: { item: 'Gifts' },
    reason: 'Spring festival',
  };
  const { id, approval } = await apply(supervisor, input);
  expect(approval.steps.map(({ role }: { role: string }) => role)).toEqual(['DIRECTOR', 'FINANCE', 'EXECUTIVE']);
  expect(await decide(finance, approval.id)).toMatchObject(refused('WRONG_AUTHORITY'));
  expect(await decide(executive, approval.id)).toMatchObject(refused('WRONG_AUTHORITY'));
  expect(await decide(director, approval.id)).toMatchObject({ state: 'PENDING' });
  expect(await decide(executive, approval.id)).toMatchObject(refused('WRONG_AUTHORITY'));
  expect(await director.does('CarryOutApplication', { id })).toMatchObject(refused('NOT_APPROVED'));
  await decide(finance, approval.id);
  expect(await decide(executive, approval.id)).toMatchObject({ state: 'APPROVED' });
  expect(await decide(executive, approval.id)).toMatchObject(refused('ALREADY_DECIDED'));
  expect(await director.does('CarryOutApplication', { id })).toMatchObject({
    carriedOutAt: '2026-03-02T01:00:00.000Z',
  });
  expect(await director.does('CarryOutApplication', { id })).toMatchObject(refused('ALREADY_CARRIED_OUT'));
});

test('A-071: authority changes with a written record alone; from its day on it decides, in place of the parameters', async () => {
  const fields = { role: 'CUSTOMER_MANAGER', kind: 'EXPENSE', upTo: '20000', validFrom: '2026-03-10' };
  const input = { policyId: 'bank-vip', kind: 'AUTHORITY_CHANGE', reason: 'New posts' };
  for (const writtenRecord of [undefined, '', ' ']) {
    const answer = await apply(director, {
      ...input,
      fields: { ...fields, ...(writtenRecord !== undefined && { writtenRecord }) },
    });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.fields.writtenRecord' }] });
  }
  for (const upTo of ['-0.01', '0.001', 1e30])
    expect(await apply(director, { ...input, fields: { ...fields, upTo, writtenRecord: 'Order' } })).toMatchObject({
      issues: [{ path: 'input.fields.upTo' }],
    });
  const changed = await apply(director, { ...input, fields: { ...fields, writtenRecord: 'Order 2026-7' } });
  expect(stepOf(changed)).toEqual(['EXECUTIVE']);
  const on = (day: string) => director.does('AuthorityLimits', { policyId: 'bank-vip', on: day });
  expect(await on('2026-03-10')).toEqual([]);
  await decide(executive, changed.approval.id);
  expect(await on('2026-03-09')).toEqual([]);
  expect(await on('2026-03-10')).toMatchObject([
    { kind: 'EXPENSE', role: 'CUSTOMER_MANAGER', upTo: { amount: '20000' }, writtenRecord: 'Order 2026-7' },
  ]);
  const steps = async () =>
    (await supervisor.does('ApprovalPreview', { input: expense(await customerId(), '20000') })).steps;
  expect(await steps()).toMatchObject([{ role: 'SUPERVISOR' }]);
  await app.advance('2026-03-10T00:00:00+08:00');
  expect(await steps()).toMatchObject([{ role: 'CUSTOMER_MANAGER' }]);
  // The other posts keep theirs, and a plan spends by the new limit too.
  const roleOf = async (amount: string) =>
    (await supervisor.does('ApprovalPreview', { input: expense(await customerId(), amount) })).steps[0].role;
  expect([await roleOf('20000.01'), await roleOf('50000'), await roleOf('50000.01')]).toEqual([
    'SUPERVISOR',
    'SUPERVISOR',
    'EXECUTIVE',
  ]);
  const plan = await givenApprovedPlan(supervisor, [center], {
    customerId: await customerId(),
    budget: { amount: '30000' },
  });
  const spend = (amount: string) =>
    supervisor.does('SpendPlanBudget', { input: { planId: plan.id, amount: { amount }, purpose: 'Gift' } });
  expect(await spend('20000')).toMatchObject({ spent: { amount: '20000' } });
  expect(await spend('0.01')).toMatchObject(refused('EXPENSE_NEEDS_APPROVAL'));
});

test('A-080: a process changes after top management approved it, in writing, and not before', async () => {
  const input = { policyId: 'bank-vip', kind: 'PROCESS_CHANGE', reason: 'Shorter' };
  expect(await apply(supervisor, { ...input, fields: { process: 'Kick-off' } })).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: 'input.fields.change', message: 'is missing' }],
  });
  const fields = { process: 'Kick-off', change: 'Within three days' };
  const { id, approval } = await apply(supervisor, { ...input, fields });
  expect(await supervisor.does('CarryOutApplication', { id })).toMatchObject(refused('NOT_APPROVED'));
  expect(await decide(director, approval.id)).toMatchObject(refused('WRONG_AUTHORITY'));
  await decide(executive, approval.id, 'RETURN', 'Say why');
  expect(await supervisor.does('CarryOutApplication', { id })).toMatchObject(refused('NOT_APPROVED'));
  const again = { id, expectedVersion: 2, fields, reason: 'Customers wait' };
  expect(await supervisor.does('ResubmitApplication', { input: { ...again, expectedVersion: 1 } })).toMatchObject({
    __typename: 'Conflict',
  });
  const resubmitted = await supervisor.does('ResubmitApplication', { input: again });
  expect(resubmitted).toMatchObject({ state: 'PENDING', version: 2, reason: 'Customers wait' });
  expect(await supervisor.does('ResubmitApplication', { input: again })).toMatchObject(refused('NOT_RETURNED'));
  await decide(executive, resubmitted.approval.id);
  expect(await supervisor.does('CarryOutApplication', { id })).toMatchObject({ state: 'APPROVED' });
});

describe('a key account applies for a service', () => {
  const fields = {
    type: 'NEW',
    deviceType: 'Set-top box',
    programmeTypes: ['HD'],
    periodFrom: '2026-04-01',
    periodTo: '2027-03-31',
  };
  const input = async () => {
    const { id } = await givenCustomer(app.as('BB-A/CUSTOMER_MANAGER'), {
      policyId: 'broadband-key-account',
      branchCode: 'BB-A',
    });
    return { policyId: 'broadband-key-account', kind: 'SERVICE_APPLICATION', customerId: id, reason: 'Leader' };
  };

  test.each([
    { missing: 'deviceType', path: 'input.fields.deviceType' },
    { missing: 'periodFrom', path: 'input.fields.periodFrom' },
    { missing: 'periodTo', path: 'input.fields.periodTo' },
    { missing: 'programmeTypes', path: 'input.fields.programmeTypes' },
  ])('A-135: an application without $missing is refused', async ({ missing, path }) => {
    const incomplete = Object.fromEntries(Object.entries(fields).filter(([key]) => key !== missing));
    const answer = await apply(app.as('BB-A/CUSTOMER_MANAGER'), { ...(await input()), fields: incomplete });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path, message: 'is missing' }] });
  });

  test('a period that ends before it begins is refused', async () => {
    const reversed = { ...fields, periodTo: '2026-03-31' };
    const answer = await apply(app.as('BB-A/CUSTOMER_MANAGER'), { ...(await input()), fields: reversed });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.fields.periodTo' }] });
  });

  test("A-136: nothing is activated without the leader's signature", async () => {
    const [person, leader] = [app.as('BB-A/CUSTOMER_MANAGER'), app.as('BB-A/SUPERVISOR')];
    const { id, approval } = await apply(person, { ...(await input()), fields });
    const activate = () => person.does('CarryOutApplication', { id });
    expect(await activate()).toMatchObject(refused('NOT_APPROVED'));
    expect(await decide(person, approval.id)).toMatchObject(refused('OWN_REQUEST'));
    await decide(leader, approval.id, 'RETURN', 'Which programmes?');
    expect(await activate()).toMatchObject(refused('NOT_APPROVED'));
    const again = await person.does('ResubmitApplication', {
      input: { id, expectedVersion: 2, fields, reason: 'All' },
    });
    await decide(leader, again.approval.id);
    expect(await activate()).toMatchObject({ state: 'APPROVED', carriedOutAt: expect.any(String) });
  });
});

test('authority is handed over in writing, for a time, and not around four eyes', async () => {
  const until = '2026-04-30T00:00:00+08:00';
  const delegation = { policyId: 'bank-vip', role: 'COMMAND_CENTER', until, toId: supervisor.id };
  const delegate = (person: Person, input: object) => person.does('DelegateAuthority', { input });
  expect(await delegate(center, { ...delegation, writtenRecord: '' })).toMatchObject({ __typename: 'InvalidInput' });
  expect(await delegate(manager, { ...delegation, writtenRecord: 'Memo' })).toMatchObject({
    issues: [{ path: 'input.role' }],
  });
  const past = { ...delegation, until: '2026-03-01T00:00:00+08:00', writtenRecord: 'Memo' };
  expect(await delegate(center, past)).toMatchObject({ __typename: 'InvalidInput' });
  const given = await delegate(center, { ...delegation, writtenRecord: 'Memo 12' });
  expect(given).toMatchObject({ __typename: 'Delegation', to: { id: supervisor.id } });

  const planOf = async (person: Person) => {
    const plan = await givenPlan(person, { customerId: await customerId() });
    return (await person.does('SubmitPlan', { id: plan.id, expectedVersion: 1 })).approval.id as string;
  };
  const awaits = async (person: Person, id: string) => {
    const { nodes } = await person.does('Approvals', { filter: { awaitingMe: true }, first: 100 });
    return nodes.some((one: { id: string; awaitingMe: boolean }) => one.id === id && one.awaitingMe);
  };
  const [ofManager, ofSupervisor, ofCenter] = [await planOf(manager), await planOf(supervisor), await planOf(center)];
  expect([await awaits(supervisor, ofManager), await awaits(supervisor, ofSupervisor)]).toEqual([true, false]);
  expect(await awaits(supervisor, ofCenter)).toBe(false);
  expect(await decide(supervisor, ofSupervisor)).toMatchObject(refused('OWN_REQUEST'));
  // Whoever asks does not decide, neither by another's hand.
  expect(await decide(supervisor, ofCenter)).toMatchObject(refused('WRONG_AUTHORITY'));
  expect(await decide(supervisor, ofManager)).toMatchObject({ state: 'APPROVED' });
  const { data } = await supervisor.ask(
    'query ($id: ID!) { node(id: $id) { ... on Approval { steps { decidedBy { id } onBehalfOf { id } } } } }',
    { id: ofManager },
  );
  expect(data.node.steps).toEqual([{ decidedBy: { id: supervisor.id }, onBehalfOf: { id: center.id } }]);

  await center.does('RevokeDelegation', { id: given.id });
  const later = await planOf(manager);
  expect([await awaits(supervisor, later), await awaits(center, later)]).toEqual([false, true]);
  expect(await decide(supervisor, later)).toMatchObject(refused('WRONG_AUTHORITY'));
  expect(await center.does('RevokeDelegation', { id: given.id })).toMatchObject(refused('DELEGATION_OVER'));
});

test('several are decided at once, unless the policy asks for one by one', async () => {
  const [one, two] = [
    await apply(supervisor, expense(await customerId(), '5')),
    await apply(supervisor, expense(await customerId(), '6')),
  ];
  const ids = [one.approval.id, two.approval.id];
  await decide(manager, one.approval.id);
  const bulk = (person: Person, all: string[]) =>
    person.does('DecideApprovals', { input: { ids: all, decision: 'APPROVE' } });
  expect(await bulk(manager, ids)).toMatchObject({
    decided: [{ id: two.approval.id, state: 'APPROVED' }],
    failed: [{ id: one.approval.id, code: 'ALREADY_DECIDED' }],
  });
  const exceptions: string[] = [];
  for (let n = 0; n < 2; n++) {
    const input = { customerId: await customerId(), schemeId: 'rural-credit', tierCode: 'VIP', reason: 'Head' };
    exceptions.push((await manager.does('RequestGradeException', { input })).id);
  }
  const head = app.as('BK-HQ/DIRECTOR');
  expect(await bulk(head, exceptions)).toMatchObject(refused('ONE_BY_ONE'));
  expect(await bulk(head, exceptions.slice(0, 1))).toMatchObject({ decided: [{ state: 'APPROVED' }], failed: [] });
});

test('a step that has its hours is warned of, then late, and each of it is told once', async () => {
  await using timed = await startTestApp({ now: '2026-03-02T09:00:00+08:00', database: 'POSTGRES' });
  const admin = timed.as('SYS/ADMIN');
  const { version } = (await admin.ask('{ policies { id version } }')).data.policies.find(
    (one: { id: string }) => one.id === 'bank-vip',
  );
  const set = {
    policyId: 'bank-vip',
    parameters: [{ key: 'approvalHours', value: 10 }],
    reason: 'x',
    expectedVersion: version,
  };
  expect(await admin.does('ConfigurePolicy', { input: set })).toMatchObject({ __typename: 'Policy' });
  const [person, chief] = [timed.as('BK-A/SUPERVISOR'), timed.as('BK-A/COMMAND_CENTER')];
  const { id } = await givenCustomer(person, BANK);
  const plan = await givenPlan(person, { customerId: id });
  const { approval } = await person.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  const dueAt = async () =>
    (await chief.ask('query ($id: ID!) { node(id: $id) { ... on Approval { dueAt } } }', { id: approval.id })).data.node
      .dueAt;
  expect(await dueAt()).toBe('2026-03-02T11:00:00.000Z');
  const told = async () =>
    (await chief.does('AlertHistory', { filter: { kinds: ['APPROVAL_WAITING'], customerId: id } })).edges.map(
      ({ node }: { node: { severity: string; raisedAt: string } }) => `${node.severity} ${node.raisedAt.slice(11, 16)}`,
    );
  expect(await told()).toEqual(['INFO 01:00']);
  await timed.advance('2026-03-02T17:00:00+08:00');
  expect(await told()).toEqual(['WARNING 09:00', 'INFO 01:00']);
  await timed.advance('2026-03-03T09:00:00+08:00');
  expect(await told()).toEqual(['CRITICAL 11:00', 'WARNING 09:00', 'INFO 01:00']);
  await decide(chief, approval.id);
  expect(await dueAt()).toBe(null);
  await timed.advance('2026-03-05T09:00:00+08:00');
  expect(await told()).toHaveLength(3);
});
