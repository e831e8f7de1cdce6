import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { allSkipped, givenApprovedPlan, givenPlan } from '../support/plans.ts';
import { BANK, refused } from './applying.ts';

describe('on one clock', () => {
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

  const roles = (plan: { approval: { steps: { role: string }[] } }) => plan.approval.steps.map(({ role }) => role);
  const submit = async (person: Person, input: { customerId: string } & Record<string, unknown>) => {
    const plan = await givenPlan(person, input);
    return person.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  };

  test.each([
    { example: 'A-031', of: { parts: ['INTERNATIONAL_BUSINESS'] }, profile: {} },
    { example: 'A-031, by the file', of: {}, profile: { internationalBusiness: true } },
    { example: 'A-032', of: { parts: ['EXECUTIVES'] }, profile: {} },
  ])('$example: another department of head office reviews the plan first', async ({ of, profile }) => {
    const customer = await givenCustomer(manager, { ...BANK, kind: 'INSTITUTION', profile });
    const submitted = await submit(supervisor, { customerId: customer.id, ...of });
    expect(roles(submitted)).toEqual(['SUPERVISOR', 'COMMAND_CENTER']);
    const decide = (person: Person) =>
      person.does('DecideApproval', { input: { id: submitted.approval.id, decision: 'APPROVE' } });
    // The order counts, and the branch's own supervisor is not the department.
    expect(await decide(center)).toMatchObject(refused('WRONG_AUTHORITY'));
    expect(await decide(app.as('BK-HQ/SUPERVISOR'))).toMatchObject({ state: 'PENDING' });
    expect(await decide(center)).toMatchObject({ state: 'APPROVED' });
  });

  test.each([
    { it: 'both are parts', of: { parts: ['INTERNATIONAL_BUSINESS', 'EXECUTIVES'] }, profile: {} },
    { it: 'one is a part, one in the file', of: { parts: ['EXECUTIVES'] }, profile: { internationalBusiness: true } },
  ])('A-031 and A-032: each of both departments reviews the plan by itself: $it', async ({ of, profile }) => {
    const customer = await givenCustomer(manager, { ...BANK, kind: 'INSTITUTION', profile });
    const submitted = await submit(supervisor, { customerId: customer.id, ...of });
    expect(roles(submitted)).toEqual(['SUPERVISOR', 'DIRECTOR', 'COMMAND_CENTER']);
    const decide = (person: Person) =>
      person.does('DecideApproval', { input: { id: submitted.approval.id, decision: 'APPROVE' } });
    const [international, personal] = [app.as('BK-HQ/SUPERVISOR'), app.as('BK-HQ/DIRECTOR')];
    expect(await decide(international)).toMatchObject({ state: 'PENDING' });
    expect(await decide(international)).toMatchObject(refused('FOUR_EYES'));
    expect(await decide(center)).toMatchObject(refused('WRONG_AUTHORITY'));
    expect(await decide(personal)).toMatchObject({ state: 'PENDING' });
    expect(await decide(center)).toMatchObject({ state: 'APPROVED' });
  });

  test('A-032, of an individual: personal banking reviews the plan of an executive', async () => {
    const customer = await givenCustomer(manager, { ...BANK, profile: { executiveOfCorporateCustomer: true } });
    expect(roles(await submit(manager, { customerId: customer.id }))).toEqual(['SUPERVISOR', 'COMMAND_CENTER']);
  });

  test('a measure may be due from the first moment of the first day of its plan on, in the zone of the line', async () => {
    const customer = await givenCustomer(manager, BANK);
    const measure = (dueAt: string) => ({ way: 'VISIT', measure: 'Visit', assigneeId: manager.id, dueAt });
    const draft = {
      customerId: customer.id,
      objective: 'Keep the customer',
      startsOn: '2028-02-29',
      endsOn: '2028-03-31',
      budget: { amount: '1000' },
    };
    const drafted = (dueAt: string) => manager.does('DraftPlan', { input: { ...draft, measures: [measure(dueAt)] } });
    expect(await drafted('2028-02-29T00:00:00+08:00')).toMatchObject({ __typename: 'MaintenancePlan' });
    expect(await drafted('2028-02-28T23:59:59+08:00')).toMatchObject({ issues: [{ path: 'input.measures[0].dueAt' }] });
    const plan = await givenApprovedPlan(supervisor, [center], {
      ...draft,
      measures: [measure('2028-03-01T00:00:00Z')],
    });
    const added = (dueAt: string) => supervisor.does('AddPlanTask', { input: { planId: plan.id, ...measure(dueAt) } });
    expect(await added('2028-02-28T23:59:59+08:00')).toMatchObject({ issues: [{ path: 'input.dueAt' }] });
    expect(await added('2028-02-29T00:00:00+08:00')).toMatchObject({ __typename: 'Task' });
  });

  test('A-037: a plan without a budget is not submitted', async () => {
    const customer = await givenCustomer(manager, BANK);
    const plan = await submit(manager, { customerId: customer.id, budget: { amount: '0' } });
    expect(plan).toMatchObject(refused('PLAN_WITHOUT_BUDGET'));
  });

  test("A-038: a supervisor's plan waits for the command centre; the customer manager cannot approve it", async () => {
    const customer = await givenCustomer(manager, BANK);
    const submitted = await submit(supervisor, { customerId: customer.id });
    expect(submitted).toMatchObject({ status: 'SUBMITTED', approval: { state: 'PENDING' } });
    expect(roles(submitted)).toEqual(['COMMAND_CENTER']);
    const { id } = submitted.approval;
    expect(await manager.does('DecideApproval', { input: { id, decision: 'APPROVE' } })).toMatchObject(
      refused('WRONG_AUTHORITY'),
    );
    expect(await supervisor.does('DecideApproval', { input: { id, decision: 'APPROVE' } })).toMatchObject(
      refused('OWN_REQUEST'),
    );
    const awaiting = async (person: Person) =>
      (await person.does('Approvals', { filter: { awaitingMe: true }, first: 100 })).nodes.some(
        (one: { id: string; awaitingMe: boolean }) => one.id === id && one.awaitingMe,
      );
    expect([await awaiting(center), await awaiting(manager), await awaiting(supervisor)]).toEqual([true, false, false]);
  });

  test('A-039: a returned plan is RETURNED with its comments, and goes on as version 2; the first stays readable', async () => {
    const customer = await givenCustomer(manager, BANK);
    const submitted = await submit(supervisor, { customerId: customer.id, objective: 'Visit more' });
    const revise = (expectedVersion: number) =>
      supervisor.does('RevisePlan', {
        input: {
          id: submitted.id,
          expectedVersion,
          objective: 'Visit twice',
          startsOn: '2026-03-02',
          endsOn: '2026-06-30',
          budget: { amount: '800' },
          measures: [
            { way: 'VISIT', measure: 'First visit', assigneeId: manager.id, dueAt: '2026-04-01T10:00:00+08:00' },
            { way: 'PHONE', measure: 'Second', assigneeId: manager.id, dueAt: '2026-05-01T10:00:00+08:00' },
          ],
        },
      });
    expect(await revise(1)).toMatchObject(refused('LOCKED'));
    const returned = { id: submitted.approval.id, decision: 'RETURN' };
    expect(await center.does('DecideApproval', { input: returned })).toMatchObject({ __typename: 'InvalidInput' });
    await center.does('DecideApproval', { input: { ...returned, comment: 'Too vague' } });
    expect(await revise(1)).toMatchObject({ __typename: 'Conflict', currentVersion: '2' });
    expect(await revise(2)).toMatchObject({ status: 'RETURNED', version: 2, objective: 'Visit twice' });
    const again = await supervisor.does('SubmitPlan', { id: submitted.id, expectedVersion: 2 });
    expect(again).toMatchObject({ status: 'SUBMITTED', version: 2 });
    await center.does('DecideApproval', { input: { id: again.approval.id, decision: 'APPROVE' } });
    const { versions } = await supervisor.does('PlanHistory', { id: submitted.id });
    expect(versions).toMatchObject([
      {
        version: 1,
        objective: 'Visit more',
        budget: { amount: '1000' },
        measures: [{ measure: 'Visit' }],
        decision: 'RETURN',
        comment: 'Too vague',
      },
      { version: 2, objective: 'Visit twice', budget: { amount: '800' }, decision: 'APPROVE', comment: null },
    ]);
    const tasks = await manager.does('MyTasks', { filter: { customerId: customer.id } });
    expect(tasks.nodes.map(({ title }: { title: string }) => title)).toEqual(['First visit', 'Second']);
  });

  test('a returned plan may be submitted again as it is', async () => {
    const customer = await givenCustomer(manager, BANK);
    const submitted = await submit(supervisor, { customerId: customer.id });
    await center.does('DecideApproval', { input: { id: submitted.approval.id, decision: 'RETURN', comment: 'Why?' } });
    expect(await supervisor.does('SubmitPlan', { id: submitted.id, expectedVersion: 2 })).toMatchObject({ version: 2 });
  });

  test('A-040: a task of a plan names who does it and until when', async () => {
    const customer = await givenCustomer(manager, BANK);
    const plan = await givenApprovedPlan(supervisor, [center], { customerId: customer.id });
    const task = { planId: plan.id, way: 'PHONE', measure: 'Call', budget: { amount: '5' } };
    expect(await supervisor.does('AddPlanTask', { input: task })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ path: 'input.assigneeId' }, { path: 'input.dueAt' }],
    });
    const due = { ...task, assigneeId: manager.id, dueAt: '2026-05-01T10:00:00+08:00' };
    expect(await supervisor.does('AddPlanTask', { input: { ...due, budget: { amount: '1000.01' } } })).toMatchObject({
      __typename: 'InvalidInput',
    });
    expect(await supervisor.does('AddPlanTask', { input: due })).toMatchObject({
      status: 'OPEN',
      origin: 'PLAN',
      assignee: { id: manager.id },
    });
    const unassigned = [{ way: 'PHONE', measure: 'Call', dueAt: '2026-05-01T10:00:00+08:00' }];
    const draft = await supervisor.ask(
      'mutation ($input: DraftPlanInput!) { draftPlan(input: $input) { __typename ... on MaintenancePlan { id } } }',
      {
        input: {
          customerId: customer.id,
          objective: 'x',
          startsOn: '2026-03-02',
          endsOn: '2026-06-30',
          budget: { amount: '10' },
          measures: unassigned,
        },
      },
    );
    const submitted = await supervisor.does('SubmitPlan', { id: draft.data.draftPlan.id, expectedVersion: 1 });
    expect(submitted).toMatchObject(refused('MEASURE_WITHOUT_ASSIGNEE'));
  });

  test('A-041: nothing of a plan is begun before it is approved', async () => {
    const customer = await givenCustomer(manager, BANK);
    const plan = await givenPlan(supervisor, { customerId: customer.id });
    const input = {
      planId: plan.id,
      way: 'PHONE',
      measure: 'Call',
      assigneeId: manager.id,
      dueAt: '2026-05-01T10:00:00+08:00',
    };
    const tasks = async () => (await manager.does('MyTasks', { filter: { customerId: customer.id } })).totalCount;
    expect(await supervisor.does('AddPlanTask', { input })).toMatchObject(refused('NOT_IN_EXECUTION'));
    const { approval } = await supervisor.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
    expect(await supervisor.does('AddPlanTask', { input })).toMatchObject(refused('NOT_IN_EXECUTION'));
    const spending = { planId: plan.id, amount: { amount: '1' }, purpose: 'Flowers' };
    expect(await supervisor.does('SpendPlanBudget', { input: spending })).toMatchObject(refused('NOT_IN_EXECUTION'));
    expect(await tasks()).toBe(0);
    await center.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
    expect(await tasks()).toBe(1);
  });

  test('A-200: a plan is closed with its summary, and improved after it', async () => {
    const customer = await givenCustomer(manager, BANK);
    const plan = await givenApprovedPlan(supervisor, [center], { customerId: customer.id });
    const improve = () => supervisor.does('ImprovePlan', { id: plan.id, improvement: 'Call before visiting' });
    const close = (summary: string) =>
      supervisor.does('CompletePlan', { id: plan.id, expectedVersion: 1, summary, skipped: allSkipped(plan) });
    expect(await close(' ')).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'summary' }] });
    expect(await improve()).toMatchObject(refused('NO_SUMMARY'));
    // Nothing was done, and nobody says why.
    const unsaid = { id: plan.id, expectedVersion: 1, summary: 'The customer stays' };
    expect(await supervisor.does('CompletePlan', unsaid)).toMatchObject(refused('MEASURES_OPEN'));
    expect(
      await supervisor.does('CompletePlan', { ...unsaid, skipped: [{ measureId: plan.measures[0].id, reason: ' ' }] }),
    ).toMatchObject({
      issues: [{ path: 'skipped[0].reason' }],
    });
    expect(await close('The customer stays')).toMatchObject({ status: 'COMPLETED', summary: 'The customer stays' });
    expect(await improve()).toMatchObject({ improvement: 'Call before visiting' });
    // What nobody spent goes back.
    const { ledger } = await supervisor.does('PlanHistory', { id: plan.id });
    expect(
      ledger.map(({ kind, amount }: { kind: string; amount: { amount: string } }) => [kind, amount.amount]),
    ).toEqual([
      ['RESERVE', '1000'],
      ['RELEASE', '1000'],
    ]);
  });

  test('a cancelled plan releases its money and its tasks; one that is being decided is locked', async () => {
    const customer = await givenCustomer(manager, BANK);
    const plan = await givenPlan(supervisor, { customerId: customer.id });
    const cancel = () => supervisor.does('CancelPlan', { id: plan.id, expectedVersion: 1, reason: 'Moved away' });
    const { approval } = await supervisor.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
    expect(await cancel()).toMatchObject(refused('LOCKED'));
    await center.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
    const spending = { planId: plan.id, amount: { amount: '300.5' }, purpose: 'Flowers' };
    const spend = (amount: string, key: string) =>
      supervisor.does('SpendPlanBudget', { input: { ...spending, amount: { amount } }, idempotencyKey: key });
    expect(await spend('300.5', 'a')).toMatchObject({ spent: { amount: '300.5' }, reserved: { amount: '699.5' } });
    expect(await spend('300.5', 'a')).toMatchObject({ spent: { amount: '300.5' } });
    expect(await spend('699.51', 'b')).toMatchObject(refused('BUDGET_EXCEEDED'));
    expect(await cancel()).toMatchObject({ status: 'CANCELLED', measures: [{ status: 'CANCELLED' }] });
    expect(await spend('1', 'c')).toMatchObject(refused('NOT_IN_EXECUTION'));
    const { ledger } = await supervisor.does('PlanHistory', { id: plan.id });
    expect(
      ledger.map(({ kind, amount }: { kind: string; amount: { amount: string } }) => [kind, amount.amount]),
    ).toEqual([
      ['RESERVE', '1000'],
      ['CONSUME', '300.5'],
      ['RELEASE', '699.5'],
    ]);
  });
});
