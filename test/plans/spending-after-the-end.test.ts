import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { givenApprovedPlan } from '../support/plans.ts';

test('what is spent after the last day of a plan is confirmed', async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', database: 'POSTGRES' });
  const [supervisor, center] = [app.as('BK-A/SUPERVISOR'), app.as('BK-A/COMMAND_CENTER')];
  const customer = await givenCustomer(app.as('BK-A/CUSTOMER_MANAGER'), { policyId: 'bank-vip', branchCode: 'BK-A' });
  const plan = await givenApprovedPlan(supervisor, [center], {
    customerId: customer.id,
    endsOn: '2026-03-31',
    measures: [{ way: 'VISIT', measure: 'Visit', assigneeId: supervisor.id, dueAt: '2026-03-20T10:00:00+08:00' }],
  });
  const spend = (more: object = {}) =>
    supervisor.does('SpendPlanBudget', {
      input: { planId: plan.id, amount: { amount: '1' }, purpose: 'Flowers', ...more },
    });
  await app.advance('2026-03-31T23:59:59+08:00');
  expect(await spend()).toMatchObject({ spent: { amount: '1' } });
  await app.advance('2026-04-01T00:00:00+08:00');
  expect(await spend()).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'PLAN_OVER' }] });
  expect(await spend({ afterEnd: false })).toMatchObject({ __typename: 'Refused' });
  expect(await spend({ afterEnd: true })).toMatchObject({ spent: { amount: '2' } });
});
