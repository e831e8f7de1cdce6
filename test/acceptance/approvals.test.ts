import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';
import { givenCustomer } from '../support/given.ts';
import { givenApprovedPlan, givenPlan } from '../support/plans.ts';
import { apply, BANK, decide, expense, refused, stepOf } from './applying.ts';

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

const customerId = async () => (await givenCustomer(manager, BANK)).id;

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
  const delegate = (person: Person, input: InputOf<'DelegateAuthority'>) => person.does('DelegateAuthority', { input });
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
