import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { approvalWaitingAlert } from '../../server/engine/alert-log/raise.ts';
import { newId, parseGlobalId, toGlobalId } from '../../server/platform/values/ids.ts';
import { REACTIONS } from '../alerts/plugins/loud.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const uuidOf = (globalId: string) => parseGlobalId(globalId)?.id ?? '';

const LOUD = fileURLToPath(new URL('../alerts/plugins/loud.ts', import.meta.url));

/** A platform whose core systems run the loud line too. */
async function startLoud(now: string): Promise<TestApp> {
  const app = await startTestApp({ now, plugins: [LOUD] });
  await app.app.services.database.prisma.branch.updateMany({
    where: { code: { startsWith: 'CO-' } },
    data: { policyIds: { push: 'loud' } },
  });
  // What is known of the branches is half a second old at most.
  await new Promise((resolve) => setTimeout(resolve, 600));
  return app;
}

test('every kind that a policy may raise reaches the screens, and a policy that breaks is told of', async () => {
  await using app = await startLoud('2026-03-02T09:00:00+08:00');
  const supervisor = app.as('CO-A/SUPERVISOR');
  const customer = await givenCustomer(supervisor, { policyId: 'loud', branchCode: 'CO-A' });
  await using alerts = supervisor.follows('SlaAlerts', { filter: { customerId: customer.id } });
  await using failures = app.as('CO-A/ADMIN').follows('SlaAlerts', { filter: { kinds: ['POLICY_FAILED'] } });
  for (const stream of [alerts, failures]) await stream.next();
  await givenTicket(supervisor, { customerId: customer.id, type: 'NOISE' });
  const seen = new Set<string>();
  // A leak is for those alone who are meant to hear of it: the supervisor is.
  for (const _kind of REACTIONS) seen.add((await alerts.next()).alert.kind);
  expect([...seen].toSorted()).toEqual([...REACTIONS].toSorted());

  const ticket = await givenTicket(supervisor, { customerId: customer.id, type: 'FAULT' });
  expect(ticket.clocks.length).toBeGreaterThan(0);
  expect(await failures.next()).toMatchObject({ alert: { kind: 'POLICY_FAILED', severity: 'CRITICAL' } });
});

test('a change of tier, an approval that waits and a task that is late are told to those whom they concern', async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const supervisor = app.as('BB-A/SUPERVISOR');
  const customer = await givenCustomer(manager, {
    policyId: 'broadband-key-account',
    branchCode: 'BB-A',
    kind: 'INSTITUTION',
    profile: { keyAccountType: 'GROUP' },
  });
  await using alerts = supervisor.follows('SlaAlerts', { filter: { customerId: customer.id } });
  await alerts.next();
  const assessment = await manager.does('AssessCustomer', {
    input: { customerId: customer.id, schemeId: 'key-account' },
  });
  const submitted = await manager.does('SubmitAssessment', { id: assessment.id });
  if (submitted.approval) {
    expect(await alerts.next()).toMatchObject({ alert: { kind: 'APPROVAL_WAITING' } });
    await supervisor.does('DecideApproval', { input: { id: submitted.approval.id, decision: 'APPROVE' } });
  }
  expect(await alerts.next()).toMatchObject({
    alert: { kind: 'GRADE_CHANGED', customer: { id: customer.id, grade: { tier: { code: 'KEY_ACCOUNT' } } } },
  });
  const plan = await manager.does('DraftPlan', {
    input: {
      customerId: customer.id,
      objective: 'Keep the account',
      startsOn: '2026-03-02',
      endsOn: '2026-06-30',
      budget: { amount: '100' },
      measures: [{ way: 'PHONE', measure: 'Call', dueAt: '2026-03-09T10:00:00+08:00', assigneeId: manager.id }],
    },
  });
  const { approval } = await manager.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  expect(await alerts.next()).toMatchObject({ alert: { kind: 'APPROVAL_WAITING' } });
  await supervisor.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  // The week's review of the account is done; the plan's call is not.
  await app.advance('2026-03-08T10:00:00+08:00');
  const { nodes: reviews } = await manager.does('MyTasks', {
    filter: { customerId: customer.id, origins: ['REVIEW'], open: true },
  });
  for (const { id } of reviews) await manager.does('CompleteTask', { input: { id, outcome: 'nothing new' } });
  await app.advance('2026-03-09T10:00:00+08:00');
  expect(await alerts.next()).toMatchObject({ alert: { kind: 'TASK_OVERDUE', raisedAt: '2026-03-09T02:00:00.000Z' } });
});

test('an acknowledgement has one winner, is seen by all, and comes back after its hours of office time', async () => {
  await using app = await startLoud('2026-03-06T15:00:00+08:00');
  const people = ['CO-A/SUPERVISOR', 'CO-A/CUSTOMER_MANAGER', 'CO-A/DIRECTOR', 'CO-B/SUPERVISOR'].map((who) =>
    app.as(who),
  );
  const [supervisor] = people as [Person];
  const customer = await givenCustomer(supervisor, { policyId: 'loud', branchCode: 'CO-A' });
  const open = () => givenTicket(supervisor, { customerId: customer.id, type: 'TASK' });
  const [ticket, solved] = [await open(), await open()];
  await using alerts = supervisor.follows('SlaAlerts', { filter: { minSeverity: 'CRITICAL' } });
  await alerts.next();
  // A Friday, 16:30: of the two hours an hour and a half are left until the evening.
  await app.advance('2026-03-06T16:30:00+08:00');
  const [one, two] = [(await alerts.next()).alert, (await alerts.next()).alert];
  const [breach, other] = one.ticket.id === ticket.id ? [one, two] : [two, one];
  const answers = await Promise.all(people.map((person) => person.does('AcknowledgeAlert', { id: breach.id })));
  const winners = answers.filter(({ __typename }) => __typename === 'Alert');
  expect(winners).toHaveLength(1);
  expect(answers.filter(({ __typename }) => __typename === 'Conflict')).toHaveLength(people.length - 1);
  const acknowledgement = winners[0]?.acknowledgement;
  expect(acknowledgement?.expiresAt).toBe('2026-03-09T01:30:00.000Z');
  for (const person of people) {
    const { edges } = await person.does('AlertHistory', { filter: { ticketId: ticket.id } });
    expect(edges[0].node.acknowledgement).toEqual(acknowledgement);
  }
  await supervisor.does('AcknowledgeAlert', { id: other.id });
  await supervisor.does('AcknowledgeTicket', { id: solved.id, message: 'On it' });
  await supervisor.does('ResolveTicket', { id: solved.id, resolution: 'Done', rootCause: 'Work' });
  await app.advance('2026-03-09T09:29:59+08:00');
  expect(alerts.waiting).toEqual([]);
  // Only what is still open comes back.
  await app.advance('2026-03-09T12:00:00+08:00');
  expect(await alerts.next()).toMatchObject({
    alert: { kind: 'ACKNOWLEDGEMENT_EXPIRED', raisedAt: '2026-03-09T01:30:00.000Z', ticket: { id: ticket.id } },
  });
  const back = await supervisor.does('AlertHistory', { filter: { kinds: ['ACKNOWLEDGEMENT_EXPIRED'] } });
  expect(back.totalCount).toBe(1);
});

test('what was acknowledged comes back while its matter is open, whatever the matter is, to whoever has it now', async () => {
  await using app = await startLoud('2026-03-02T09:00:00+08:00');
  const [supervisor, manager] = [app.as('CO-A/SUPERVISOR'), app.as('CO-A/CUSTOMER_MANAGER')];
  const { prisma } = app.app.services.database;
  const customer = await givenCustomer(supervisor, { policyId: 'loud', branchCode: 'CO-A' });
  const row = await prisma.customer.findFirstOrThrow({ where: { policyId: 'loud' } });
  const about = { customerId: row.id, policyId: 'loud', branchId: row.branchId };
  const [done, owed] = [newId(), newId()];
  for (const id of [done, owed])
    await prisma.task.create({
      data: {
        ...about,
        id,
        key: `test:${id}`,
        title: { en: 'Call', zh: '致电' },
        origin: 'MANUAL',
        status: 'OPEN',
        dueAt: new Date('2026-03-02T02:00:00Z'),
        nextFireAt: new Date('2026-03-02T02:00:00Z'),
        purpose: 'OTHER',
        createdAt: new Date('2026-03-02T01:00:00Z'),
        assigneeId: uuidOf(supervisor.id),
      },
    });
  const [decided, undecided] = [newId(), newId()];
  for (const id of [decided, undecided]) {
    await prisma.approval.create({
      data: {
        ...about,
        id,
        kind: 'PLAN',
        state: 'PENDING',
        subjectType: 'MaintenancePlan',
        subjectId: newId(),
        requestedById: uuidOf(manager.id),
        requestedAt: new Date('2026-03-02T01:00:00Z'),
        awaitingRole: 'SUPERVISOR',
        policyVersion: 'loud@1',
      },
    });
    const waits = { id, kind: 'PLAN', step: 0, role: 'SUPERVISOR' as const };
    const at = new Date('2026-03-02T01:00:00Z');
    await prisma.alert.create({ data: approvalWaitingAlert({ ...about, customer: null }, waits, at) });
  }
  const open = () => givenTicket(supervisor, { customerId: customer.id, type: 'NOISE', assigneeId: supervisor.id });
  const [solved, unsolved] = [await open(), await open()];
  await app.advance('2026-03-02T10:00:00+08:00');
  const { edges } = await supervisor.does('AlertHistory', {
    first: 50,
    filter: { customerId: customer.id, kinds: ['TASK_OVERDUE', 'COMPLAINT_SURGE'] },
  });
  const waiting = await supervisor.does('AlertHistory', { filter: { policyId: 'loud', kinds: ['APPROVAL_WAITING'] } });
  const ofApprovals = waiting.edges.filter(({ node }: { node: { ticket: unknown } }) => node.ticket === null);
  expect([edges.length, ofApprovals.length]).toEqual([4, 2]);
  for (const { node } of [...edges, ...ofApprovals]) await supervisor.does('AcknowledgeAlert', { id: node.id });

  await supervisor.does('CompleteTask', { input: { id: toGlobalId('Task', done), outcome: 'called' } });
  await prisma.task.update({ where: { id: owed }, data: { assigneeId: uuidOf(manager.id) } });
  await prisma.approval.update({ where: { id: decided }, data: { state: 'APPROVED', awaitingRole: null } });
  await supervisor.does('AcknowledgeTicket', { id: solved.id, message: 'On it' });
  await supervisor.does('ResolveTicket', { id: solved.id, resolution: 'Done', rootCause: 'Work' });
  const { version } = await prisma.ticket.findUniqueOrThrow({ where: { id: uuidOf(unsolved.id) } });
  await supervisor.does('UpdateTicket', {
    input: { id: unsolved.id, expectedVersion: version, assigneeId: manager.id },
  });
  await app.advance('2026-03-02T12:00:00+08:00');
  const back = await prisma.alert.findMany({ where: { kind: 'ACKNOWLEDGEMENT_EXPIRED' } });
  const matters = back.map(({ taskId, approvalId, ticketId }) => taskId ?? approvalId ?? ticketId);
  expect(matters.toSorted()).toEqual([owed, undecided, uuidOf(unsolved.id)].toSorted());
  const holders = back.filter(({ approvalId }) => approvalId === null).map(({ assigneeId }) => assigneeId);
  expect(holders).toEqual([uuidOf(manager.id), uuidOf(manager.id)]);
});

test('a stream of what is unacknowledged replays nothing that somebody has taken on', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const manager = app.as('BB-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  await using first = manager.follows('SlaAlerts', { filter: { kinds: ['SLA_BREACHED'] } });
  const { cursor } = await first.next();
  for (const level of [1, 1]) await givenTicket(manager, { customerId: customer.id, type: 'COMPLAINT', level });
  await app.advance('2026-03-02T13:00:01+08:00');
  const [taken, left] = [(await first.next()).alert, (await first.next()).alert];
  expect(await manager.does('AcknowledgeAlert', { id: taken.id })).toMatchObject({ __typename: 'Alert' });
  const filter = { kinds: ['SLA_BREACHED'], unacknowledged: true };
  await using again = manager.follows('SlaAlerts', { filter, after: cursor });
  expect(await again.next()).toMatchObject({ __typename: 'AlertRaised', prevCursor: cursor, alert: { id: left.id } });
  expect(await again.next()).toMatchObject({ __typename: 'Bookmark', caughtUp: true });
});
