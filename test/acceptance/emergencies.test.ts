import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';
import { givenCustomer } from '../support/given.ts';
import { allSkipped, givenApprovedPlan } from '../support/plans.ts';
import { apply, BANK, decide, expense, refused, stepOf } from './applying.ts';

let app: TestApp;
let manager: Person;
let supervisor: Person;
let center: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', database: 'POSTGRES' });
  [manager, supervisor, center] = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER'].map((role) =>
    app.as(`BK-A/${role}`),
  ) as [Person, Person, Person];
});
afterAll(() => app[Symbol.asyncDispose]());

const customerId = async () => (await givenCustomer(manager, BANK)).id;

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
      input: { id: acted[index]?.id ?? '', expectedVersion: 2, amount: { amount }, reason: 'Boats' },
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
  const again = (amount: InputOf<'ResubmitApplication'>['amount']) =>
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
