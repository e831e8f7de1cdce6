import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { refused } from './applying.ts';

const CORE = { policyId: 'core', branchCode: 'CO-A' };
let app: TestApp;
let manager: Person;
let supervisor: Person;

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('CO-A/CUSTOMER_MANAGER');
  supervisor = app.as('CO-A/SUPERVISOR');
});
afterAll(() => app[Symbol.asyncDispose]());

const visit = (customerId: string, more: Record<string, unknown> = {}) =>
  manager.does('RecordInteraction', {
    input: { customerId, channel: 'VISIT', purpose: 'CARE', summary: 'Visited', ...more },
  });

async function visited(from: string, to: string) {
  const { data, errors } = await supervisor.ask(
    `query ($period: PeriodInput!) { scorecard(policyId: "core", period: $period) {
      staffFigures { staff { id } key value target met } } }`,
    { period: { from, to } },
  );
  if (errors) throw new Error(JSON.stringify(errors));
  const own = data.scorecard.staffFigures.filter(
    ({ key, staff }: { key: string; staff: { id: string } }) => key === 'VISITED_CUSTOMERS' && staff.id === manager.id,
  );
  return own[0];
}

test('A-184: ten customers are visited a month, each counted once: nine miss it, ten meet it', async () => {
  const customers: string[] = [];
  for (let index = 0; index < 10; index++) customers.push((await givenCustomer(manager, CORE)).id);
  for (const id of customers.slice(0, 9)) await visit(id);
  // A second visit of the same customer, a call, and a customer who came to the hall are none more.
  await visit(customers[0] ?? '');
  await visit(customers[9] ?? '', { channel: 'PHONE' });
  await visit(customers[9] ?? '', { channel: 'HALL' });
  expect(await visited('2026-03-01', '2026-03-31')).toMatchObject({ value: '9', target: '10', met: false });
  await visit(customers[9] ?? '');
  expect(await visited('2026-03-01', '2026-03-31')).toMatchObject({ value: '10', target: '10', met: true });
  // Nobody visited in February is missed as well, and part of a month is not judged.
  expect(await visited('2026-02-01', '2026-02-28')).toMatchObject({ value: '0', met: false });
  expect(await visited('2026-03-01', '2026-03-15')).toMatchObject({ value: '10', target: null, met: null });
  const target = { policyId: 'core', staffId: manager.id, key: 'VISITED_CUSTOMERS', year: 2026, value: '120' };
  const answer = await supervisor.does('SetStaffTarget', { input: target });
  expect(answer.targets).toMatchObject([{ key: 'VISITED_CUSTOMERS', target: '120', actual: '10', met: false }]);
});

test('A-193: a service plan that the customer has not confirmed is not started', async () => {
  const { id } = await givenCustomer(manager, CORE);
  const input = {
    customerId: id,
    kind: 'SERVICE',
    objective: 'Weekly service',
    budget: { amount: '1000' },
    startsOn: '2026-03-02',
    endsOn: '2026-06-30',
    measures: [{ way: 'PHONE', measure: 'Call', dueAt: '2026-03-20T10:00:00+08:00', assigneeId: manager.id }],
  };
  const plan = await manager.does('DraftPlan', { input });
  expect(plan).toMatchObject({ __typename: 'MaintenancePlan' });
  await app
    .as('CO-HQ/DIRECTOR')
    .ask('mutation ($input: AllocateBudgetInput!) { allocateBudget(input: $input) { __typename } }', {
      input: { policyId: 'core', branchCode: 'CO-A', year: 2026, amount: { amount: '5000' }, purpose: 'service' },
    });
  const submitted = await manager.does('SubmitPlan', { id: plan.id, expectedVersion: plan.version });
  let approval: { id: string; state: string } = submitted.approval;
  for (const who of ['CO-A/SUPERVISOR', 'CO-A/DIRECTOR', 'CO-HQ/DIRECTOR', 'CO-HQ/EXECUTIVE']) {
    const decided = await app.as(who).does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
    if (decided.__typename === 'Approval') approval = decided;
    if (approval.state === 'APPROVED') break;
  }
  expect(approval.state).toBe('APPROVED');
  const tasks = (await manager.ask('{ tasks(first: 50) { nodes { id status plan { id } } } }')).data.tasks.nodes;
  const task = tasks.find((one: { plan: { id: string } | null }) => one.plan?.id === plan.id);
  const complete = () =>
    manager.does('CompleteTask', {
      input: { id: task.id, outcome: 'called', interaction: { channel: 'PHONE', purpose: 'CARE', summary: 'Called' } },
    });
  expect(await complete()).toMatchObject(refused('NO_CUSTOMER_CONFIRMATION'));
  const status = async () =>
    (await manager.ask('query ($id: ID!) { node(id: $id) { ... on MaintenancePlan { status } } }', { id: plan.id }))
      .data.node.status;
  expect(await status()).toBe('APPROVED');
  const confirmed = await manager.does('ConfirmPlan', { id: plan.id, satisfied: true, evidence: 'signed on 2 March' });
  expect(confirmed).toMatchObject({ __typename: 'MaintenancePlan' });
  expect(await complete()).toMatchObject({ __typename: 'Task', status: 'DONE' });
  expect(await status()).toBe('IN_PROGRESS');
});

test('A-185: a manager without a sales plan of the month is missing it, from the first day on', async () => {
  await givenCustomer(manager, CORE);
  await app.advance('2026-04-01T09:00:00+08:00');
  const duties = async () => {
    const { data } = await supervisor.ask(
      `query ($period: PeriodInput) { duties(policyId: "core", period: $period, codes: ["MONTHLY_SALES_PLAN"], first: 20) {
        nodes { code state dueAt staff { id } } } }`,
      { period: { from: '2026-04-01', to: '2026-04-30' } },
    );
    return data.duties.nodes.filter(({ staff }: { staff: { id: string } }) => staff.id === manager.id);
  };
  expect(await duties()).toMatchObject([{ state: 'OPEN', dueAt: '2026-04-01T15:59:59.000Z' }]);
  await app.advance('2026-04-02T00:00:01+08:00');
  expect(await duties()).toMatchObject([{ state: 'MISSING' }]);
  const input = {
    policyId: 'core',
    code: 'MONTHLY_SALES_PLAN',
    note: 'plan',
    record: { target: '300,000', measures: 'Ten visits' },
  };
  expect(await manager.does('RecordDuty', { input })).toMatchObject({ state: 'LATE' });
});

test('A-205: an archive that nobody touched for 180 days is shown as stale, and its update is a task', async () => {
  const { id, version } = await givenCustomer(manager, CORE);
  const file = async () =>
    (await manager.ask('query ($id: ID!) { customer(id: $id) { version isStale updatedAt } }', { id })).data.customer;
  const tasks = async () =>
    (
      await manager.ask(
        'query ($f: TaskFilter) { tasks(filter: $f, first: 50) { nodes { title status customer { id } } } }',
        { f: {} },
      )
    ).data.tasks.nodes.filter(
      (task: { title: string; customer: { id: string } | null }) =>
        task.customer?.id === id && /archive/.test(task.title),
    );
  const stale = async (untouchedSince: string) =>
    (
      await manager.ask('query ($f: CustomerFilter) { customers(filter: $f, first: 100) { nodes { id } } }', {
        f: { untouchedSince },
      })
    ).data.customers.nodes.some((customer: { id: string }) => customer.id === id);
  await app.advance('2026-09-28T12:00:00+08:00');
  // 179 days after 2 April.
  expect(await file()).toMatchObject({ isStale: false });
  expect(await tasks()).toEqual([]);
  await app.advance('2026-09-29T12:00:00+08:00');
  expect(await file()).toMatchObject({ isStale: true });
  expect(await stale('2026-04-03T00:00:00+08:00')).toBe(true);
  expect(await stale('2026-04-01T00:00:00+08:00')).toBe(false);
  expect(await tasks()).toMatchObject([{ status: expect.stringMatching(/OPEN|OVERDUE/) }]);
  await manager.does('UpdateCustomer', {
    input: { id, expectedVersion: version, profile: { address: '5 Garden Road' } },
  });
  expect(await file()).toMatchObject({ isStale: false });
}, 240_000);
