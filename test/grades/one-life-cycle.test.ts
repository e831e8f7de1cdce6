import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';
import { givenCustomer } from '../support/given.ts';

// A tier that is assessed by hand and approved takes the same course as one of a run.

const plugin = resolve(import.meta.dirname, 'plugins/months.ts');

async function monthsApp(now: string) {
  const app = await startTestApp({ now, plugins: [plugin] });
  await app.app.services.database.prisma.branch.updateMany({
    where: { code: { in: ['SYS', 'CO-HQ', 'CO-A'] } },
    data: { policyIds: ['months'] },
  });
  await new Promise((wake) => setTimeout(wake, 600));
  return app;
}

const figure = (person: Person, customerNumber: string, value: string, asOf: string) =>
  person.does('RecordMetrics', {
    input: { policyId: 'months', source: 'core', metrics: [{ customerNumber, key: 'MONTHLY_AVERAGE', value, asOf }] },
  });

const gradeOf = async (person: Person, id: string) => (await person.does('CustomerDetail', { id })).grade;

async function propose(person: Person, input: InputOf<'AssessCustomer'>): Promise<{ approval: { id: string } }> {
  const { id } = await person.does('AssessCustomer', { input });
  return person.does('SubmitAssessment', { id });
}

const approve = (person: Person, { approval: { id } }: { approval: { id: string } }) =>
  person.does('DecideApproval', { input: { id, decision: 'APPROVE' } });

async function runOf(app: TestApp, director: Person): Promise<void> {
  const { id } = await director.does('StartGradingRun', { policyId: 'months', schemeId: 'monthly' });
  await using progress = director.follows('GradingRunProgress', { id });
  let last = await progress.next();
  while (last.state === 'RUNNING') last = await progress.next();
  expect(last.state).toBe('COMPLETED');
  await app.app.services.alerts.numberAll();
}

test('approved by hand, a better tier begins next month, and a period has one miss', async () => {
  await using app = await monthsApp('2026-01-10T08:00:00+08:00');
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const [supervisor, director] = [app.as('CO-A/SUPERVISOR'), app.as('CO-HQ/DIRECTOR')];
  const { id, number } = await givenCustomer(manager, { policyId: 'months', branchCode: 'CO-A' });
  const assess = async (instant: string, value: string) => {
    await app.advance(instant);
    await figure(manager, number, value, instant.slice(0, 10));
    expect(await approve(supervisor, await propose(manager, { customerId: id, schemeId: 'monthly' }))).toMatchObject({
      state: 'APPROVED',
    });
    return gradeOf(manager, id);
  };
  expect(await assess('2026-01-12T08:00:00+08:00', '700000')).toBeNull();
  await app.advance('2026-02-01T00:00:00+08:00');
  expect(await gradeOf(manager, id)).toMatchObject({ tier: { code: 'GOLD' }, since: '2026-01-31T16:00:00.000Z' });

  // Twice by hand and twice by a run: February has one miss, March the second, April the third.
  for (const at of ['2026-02-10T08:00:00+08:00', '2026-02-11T08:00:00+08:00'])
    expect(await assess(at, '100')).toMatchObject({ tier: { code: 'GOLD' }, state: 'WATCH' });
  await runOf(app, director);
  await runOf(app, director);
  expect(await gradeOf(manager, id)).toMatchObject({ tier: { code: 'GOLD' }, state: 'WATCH' });
  expect(await assess('2026-03-10T08:00:00+08:00', '100')).toMatchObject({ state: 'WATCH' });
  expect(await assess('2026-04-10T08:00:00+08:00', '100')).toBeNull();
});

test('an older assessment that is approved later does not take the place of a newer one', async () => {
  await using app = await monthsApp('2026-01-10T08:00:00+08:00');
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const supervisor = app.as('CO-A/SUPERVISOR');
  const { id: customerId, number } = await givenCustomer(manager, { policyId: 'months', branchCode: 'CO-A' });
  const proposed = async (at: string, value: string) => {
    await app.advance(at);
    await figure(manager, number, value, at.slice(0, 10));
    return propose(manager, { customerId, schemeId: 'monthly' });
  };
  const older = await proposed('2026-01-11T08:00:00+08:00', '700000');
  const newer = await proposed('2026-01-12T08:00:00+08:00', '7000000');
  expect(await approve(supervisor, newer)).toMatchObject({ state: 'APPROVED' });
  expect(await approve(supervisor, older)).toMatchObject({ reasons: [{ code: 'NEWER_ASSESSMENT' }] });
  await app.advance('2026-02-01T00:00:00+08:00');
  expect(await gradeOf(manager, customerId)).toMatchObject({ tier: { code: 'PRIVATE' } });
});

test('after an exception what was assessed comes back', async () => {
  await using app = await monthsApp('2026-01-10T08:00:00+08:00');
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const supervisor = app.as('CO-A/SUPERVISOR');
  const { id: customerId, number } = await givenCustomer(manager, { policyId: 'months', branchCode: 'CO-A' });
  await figure(manager, number, '700000', '2026-01-10');
  await approve(supervisor, await propose(manager, { customerId, schemeId: 'monthly' }));
  await app.advance('2026-02-02T08:00:00+08:00');
  const exception = await manager.does('RequestGradeException', {
    input: { customerId, schemeId: 'monthly', tierCode: 'PRIVATE', reason: 'a guest', until: '2026-02-28' },
  });
  await approve(supervisor, { approval: exception });
  expect(await gradeOf(manager, customerId)).toMatchObject({ tier: { code: 'PRIVATE' }, reason: 'EXCEPTION' });
  await app.advance('2026-03-01T00:00:00+08:00');
  expect(await gradeOf(manager, customerId)).toMatchObject({
    tier: { code: 'GOLD' },
    reason: 'ASSESSED',
    since: '2026-02-28T16:00:00.000Z',
  });
});

test('a tier of an annual list is held for it, and ends with its year', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const director = app.as('BK-HQ/DIRECTOR');
  const { id, number } = await givenCustomer(manager, {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    kind: 'INSTITUTION',
  });
  await director.ask('mutation($i: AnnualListInput!) { setAnnualList(input: $i) { __typename } }', {
    i: {
      policyId: 'bank-vip',
      schemeId: 'corporate',
      year: 2026,
      entries: [{ customerNumber: number, tierCode: 'GOLD' }],
    },
  });
  const { missingMetrics } = await manager.does('AssessCustomer', { input: { customerId: id, schemeId: 'corporate' } });
  const judgements = missingMetrics.map((indicator: string) => ({ indicator, score: '80', basis: 'seen' }));
  const submitted = await propose(manager, { customerId: id, schemeId: 'corporate', judgements });
  const { data } = await director.ask('query($id: ID!) { node(id: $id) { ... on Approval { steps { role } } } }', {
    id: submitted.approval.id,
  });
  for (const { role } of data.node.steps) await approve(app.as(`BK-HQ/${role}`), submitted);
  expect(await gradeOf(manager, id)).toMatchObject({
    tier: { code: 'GOLD' },
    reason: 'ANNUAL_LIST',
    until: '2026-12-31',
  });
  await app.advance('2027-01-01T00:00:00+08:00');
  expect(await gradeOf(manager, id)).toBeNull();
  const ended = await manager.ask(
    'query($id: ID!) { customer(id: $id) { grades(first: 5) { nodes { reason endedBecause } } } }',
    { id },
  );
  expect(ended.data.customer.grades.nodes).toEqual([{ reason: 'ANNUAL_LIST', endedBecause: 'EXPIRED' }]);
});

test('a review date that comes is told once and is a task, which the next assessment does', async () => {
  await using app = await monthsApp('2026-01-10T08:00:00+08:00');
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const { id: customerId, number } = await givenCustomer(manager, { policyId: 'months', branchCode: 'CO-A' });
  await figure(manager, number, '700000', '2026-01-10');
  const { prisma } = app.app.services.database;
  const exception = await manager.does('RequestGradeException', {
    input: { customerId, schemeId: 'monthly', tierCode: 'PRIVATE', reason: 'a guest' },
  });
  await approve(app.as('CO-A/SUPERVISOR'), { approval: exception });
  // The scheme has no reviews; one of another system came with the file.
  await prisma.grade.updateMany({
    data: { reviewDueOn: new Date('2026-01-12'), reviewAt: new Date('2026-01-11T16:00:00Z') },
  });
  const reviews = async () => {
    await app.app.services.alerts.numberAll();
    const { data } = await manager.ask(`{ alerts(first: 50) { nodes { kind raisedAt task { status dueAt title } } } }`);
    return data.alerts.nodes.filter(({ kind }: { kind: string }) => kind === 'GRADE_REVIEW_DUE');
  };
  await app.advance('2026-01-11T23:59:59+08:00');
  expect(await reviews()).toEqual([]);
  await app.advance('2026-01-13T08:00:00+08:00');
  expect(await reviews()).toMatchObject([
    { raisedAt: '2026-01-11T16:00:00.000Z', task: { status: 'OVERDUE', dueAt: '2026-01-12T15:59:59.000Z' } },
  ]);
  await manager.does('AssessCustomer', { input: { customerId, schemeId: 'monthly' } });
  expect(await reviews()).toMatchObject([{ task: { status: 'DONE' } }]);
});
