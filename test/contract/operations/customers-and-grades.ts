import { expect, test } from 'vitest';
import { givenCustomer } from '../../support/given.ts';
import { branchCode, type Contract, policyId } from './contract.ts';

/** What is kept of customers, their grades, and a first plan. */
export function addCustomersAndGrades(on: () => Contract): void {
  test('Viewer, Policies', async () => {
    const { manager } = on();
    expect(await manager.does('Viewer')).toMatchObject({
      staff: { id: manager.id },
      roles: ['CUSTOMER_MANAGER'],
      branch: { code: 'BB-A' },
    });
    const policies = await manager.does('Policies');
    const ids = policies.map(({ id }: { id: string }) => id);
    expect(ids.toSorted()).toEqual(['bank-vip', 'broadband-key-account', 'core', 'standard', 'telecom-vip']);
    expect(ids.at(-1)).toBe('standard');
  });

  test('ServerTime, Staff, Branches', async () => {
    const { app, manager, supervisor } = on();
    expect(await manager.does('ServerTime')).toBe(app.app.services.clock.now().toISOString());
    const staff = await manager.does('Staff', { filter: { roles: ['SUPERVISOR'], search: 'BB-A' }, first: 5 });
    expect(staff.nodes).toMatchObject([{ id: supervisor.id, branch: { code: 'BB-A' } }]);
    const branches = await manager.does('Branches', { filter: { search: 'BB-A' }, first: 5 });
    expect(branches.nodes).toMatchObject([{ code: 'BB-A', policies: [{ id: policyId }] }]);
  });

  test('CreateCustomer, UpdateCustomer, RecordConsent, RevealCustomer, CustomerList, CustomerDetail', async () => {
    const { manager } = on();
    const customer = await givenCustomer(manager, {
      policyId,
      branchCode,
      phone: '13912341234',
      email: 'w@example.com',
      idNumber: '110101199003070000',
    });
    const updated = await manager.does('UpdateCustomer', {
      input: { id: customer.id, expectedVersion: 1, stage: 'KEY' },
    });
    expect(updated).toMatchObject({ version: 2, stage: 'KEY' });
    expect(
      await manager.does('UpdateCustomer', { input: { id: customer.id, expectedVersion: 1, stage: 'FORMAL' } }),
    ).toMatchObject({
      __typename: 'Conflict',
      currentVersion: '2',
      presentVersion: 2,
      presentPolicyVersion: null,
    });
    const consent = await manager.does('RecordConsent', {
      input: { customerId: customer.id, vipService: true, marketing: true, evidence: 'form 7' },
    });
    expect(consent).toMatchObject({ consent: { vipService: true, marketing: true } });
    const revealed = await manager.does('RevealCustomer', { id: customer.id, reason: 'calls back' });
    expect(revealed).toMatchObject({
      __typename: 'RevealedCustomer',
      phone: '13912341234',
      email: 'w@example.com',
      idNumber: '110101199003070000',
    });
    const list = await manager.does('CustomerList', {
      filter: { search: '王' },
      orderBy: { field: 'NAME', direction: 'DESC' },
      first: 5,
    });
    expect(list.edges.map(({ node }: { node: { id: string } }) => node.id)).toContain(customer.id);
    const detail = await manager.does('CustomerDetail', { id: customer.id });
    expect(detail).toMatchObject({
      phone: { text: '139****1234', withheld: true },
      email: { text: 'w***@example.com', withheld: true },
      idNumber: { text: '110***********0000', withheld: true },
      manager: { id: manager.id },
    });
  });

  test('RecordMetrics, AssessCustomer, SubmitAssessment, Approvals, DecideApproval, RequestGradeException', async () => {
    const { app } = on();
    const bank = app.as('BK-A/CUSTOMER_MANAGER');
    const customer = await givenCustomer(bank, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const metrics = [
      { customerNumber: customer.number, key: 'TIME_DEPOSIT_REALTIME', value: '100000', asOf: '2026-02-28' },
      { customerNumber: 'nobody', key: 'TIME_DEPOSIT_REALTIME', value: '1', asOf: '2026-02-28' },
      { customerNumber: customer.number, key: 'NO_SUCH', value: '1', asOf: '2026-02-28' },
    ];
    expect(
      await bank.does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics } }),
    ).toMatchObject({
      accepted: 1,
      rejected: [
        { index: 1, code: 'UNKNOWN_CUSTOMER' },
        { index: 2, code: 'UNKNOWN_METRIC' },
      ],
    });
    const assessment = await bank.does('AssessCustomer', {
      input: { customerId: customer.id, schemeId: 'rural-credit' },
    });
    expect(assessment).toMatchObject({ status: 'PROPOSED', eligible: true, proposedTier: { code: 'VIP' } });
    const submitted = await bank.does('SubmitAssessment', { id: assessment.id });
    expect(submitted).toMatchObject({
      __typename: 'Assessment',
      status: 'PENDING_APPROVAL',
      approval: { state: 'PENDING' },
    });
    for (const role of ['SUPERVISOR', 'COMMAND_CENTER']) {
      const person = app.as(`BK-A/${role}`);
      const waiting = await person.does('Approvals', { filter: { awaitingMe: true } });
      expect(waiting.nodes).toMatchObject([
        { kind: 'ASSESSMENT', awaitingMe: true, subject: { __typename: 'Assessment', id: assessment.id } },
      ]);
      const decided = await person.does('DecideApproval', {
        input: { id: submitted.approval.id, decision: 'APPROVE' },
      });
      expect(decided).toMatchObject({ __typename: 'Approval' });
    }
    expect(await bank.does('CustomerDetail', { id: customer.id })).toMatchObject({
      grade: { tier: { code: 'VIP' }, reason: 'ASSESSED', state: 'ACTIVE' },
      assessments: { nodes: [{ status: 'APPROVED' }] },
    });
    const other = await givenCustomer(bank, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const exception = await bank.does('RequestGradeException', {
      input: {
        customerId: other.id,
        schemeId: 'rural-credit',
        tierCode: 'VIP',
        reason: 'head of an enterprise',
        until: '2027-03-01',
      },
    });
    expect(exception).toMatchObject({ __typename: 'Approval', kind: 'GRADE_EXCEPTION', state: 'PENDING' });
  });

  test('StartGradingRun, GradingRunProgress, PolicyImpact, ConfigurePolicy', async () => {
    const { app, admin } = on();
    const before = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'bank-vip');
    const configured = await admin.does('ConfigurePolicy', {
      input: { policyId: 'bank-vip', parameters: [], enabled: true, reason: 'a look', expectedVersion: before.version },
    });
    expect(configured).toMatchObject({ __typename: 'Policy', id: 'bank-vip' });
    const person = app.as('BK-HQ/DIRECTOR');
    const impact = await person.does('PolicyImpact', {
      policyId: 'bank-vip',
      schemeId: 'rural-credit',
      parameters: [],
      sampleSize: 5,
    });
    expect(impact.grades.assessed).toBeGreaterThan(0);
    const run = await person.does('StartGradingRun', { policyId: 'bank-vip', schemeId: 'rural-credit' });
    expect(run).toMatchObject({ __typename: 'GradingRun', state: 'RUNNING' });
    await using progress = person.follows('GradingRunProgress', { id: run.id });
    let last = await progress.next();
    while (last.state === 'RUNNING') last = await progress.next();
    expect(last).toMatchObject({ state: 'COMPLETED', done: run.total, failed: 0 });
  });

  test('DraftPlan, RehearseSubmitPlan, SubmitPlan, MyTasks, StaffWorkloads, CompleteTask, CompletePlan', async () => {
    const { manager, supervisor } = on();
    const customer = await givenCustomer(manager, { policyId, branchCode });
    const input = {
      customerId: customer.id,
      objective: 'Keep the account',
      startsOn: '2026-03-02',
      endsOn: '2026-06-30',
      budget: { amount: '100.50' },
      measures: [{ way: 'PHONE', measure: 'Call', dueAt: '2026-03-09T10:00:00+08:00', assigneeId: manager.id }],
    };
    const plan = await manager.does('DraftPlan', { input, idempotencyKey: 'plan-1' });
    expect((await manager.does('DraftPlan', { input, idempotencyKey: 'plan-1' })).id).toBe(plan.id);
    expect(
      await manager.does('DraftPlan', { input: { ...input, objective: 'Other' }, idempotencyKey: 'plan-1' }),
    ).toMatchObject({ __typename: 'Conflict' });
    const { submitPlan } = await manager.does('RehearseSubmitPlan', { id: plan.id, expectedVersion: 1 });
    expect(submitPlan.approvals).toMatchObject([{ kind: 'PLAN', isNew: true, steps: [{ role: 'SUPERVISOR' }] }]);
    const submitted = await manager.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
    await supervisor.does('DecideApproval', { input: { id: submitted.approval.id, decision: 'APPROVE' } });
    const [task] = (await manager.does('MyTasks', { filter: { mine: true, customerId: customer.id } })).nodes;
    const loads = await supervisor.does('StaffWorkloads', { policyId });
    expect(loads).toContainEqual(expect.objectContaining({ staff: expect.objectContaining({ id: manager.id }) }));
    const interaction = { channel: 'PHONE', purpose: 'CARE', summary: 'Called, all well' };
    expect(await manager.does('CompleteTask', { input: { id: task.id, outcome: 'done', interaction } })).toMatchObject({
      status: 'DONE',
    });
    const done = await manager.does('CompletePlan', { id: plan.id, expectedVersion: 1, summary: 'Kept.' });
    expect(done).toMatchObject({ status: 'COMPLETED', summary: 'Kept.', measures: [{ status: 'DONE' }] });
  });
}
