import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { givenApprovedPlan } from '../support/plans.ts';

test('the closing acceptance is done after the customer confirmed, not before (A-065)', async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
  const supervisor = app.as('BK-A/SUPERVISOR');
  const { id: customerId } = await givenCustomer(supervisor, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const plan = await givenApprovedPlan(supervisor, [app.as('BK-A/COMMAND_CENTER')], { customerId, kind: 'PROJECT' });
  const { milestones } = await supervisor.does('PlanHistory', { id: plan.id });
  const idOf = (code: string) => milestones.find(({ milestone }: { milestone: string }) => milestone === code).id;
  const complete = (code: string) => supervisor.does('CompleteTask', { input: { id: idOf(code), outcome: 'Done' } });
  const unconfirmed = { __typename: 'Refused', reasons: [{ code: 'NO_CUSTOMER_CONFIRMATION' }] };
  const confirm = async (satisfied: boolean) =>
    (
      await supervisor.ask(
        'mutation ($id: ID!, $satisfied: Boolean!) { confirmPlan(id: $id, satisfied: $satisfied, evidence: "a letter") { __typename } }',
        { id: plan.id, satisfied },
      )
    ).data.confirmPlan.__typename;
  expect(await complete('ACCEPTANCE')).toMatchObject(unconfirmed);
  expect(await confirm(false)).toBe('MaintenancePlan');
  expect(await complete('ACCEPTANCE')).toMatchObject(unconfirmed);
  // What begins a project waits for nobody's satisfaction.
  expect(await complete('KICK_OFF')).toMatchObject({ status: 'DONE' });
  expect(await confirm(true)).toBe('MaintenancePlan');
  expect(await complete('ACCEPTANCE')).toMatchObject({ status: 'DONE' });
});
