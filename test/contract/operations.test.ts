import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executed, type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { allSkipped, givenPlan } from '../support/plans.ts';

const ALL = parse(
  readFileSync(new URL('../../schema/operations.graphql', import.meta.url), 'utf8'),
).definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION && one.name ? [one.name.value] : []));

const NOW = '2026-03-02T08:00:00+08:00';
let app: TestApp;
let manager: Person;
let supervisor: Person;
let director: Person;
let admin: Person;

beforeAll(async () => {
  app = await startTestApp({ now: NOW, database: 'MEMORY' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
  supervisor = app.as('BB-A/SUPERVISOR');
  director = app.as('BB-HQ/DIRECTOR');
  admin = app.as('SYS/ADMIN');
});
afterAll(() => app[Symbol.asyncDispose]());

const policyId = 'broadband-key-account';
const branchCode = 'BB-A';

test('Viewer, Policies', async () => {
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
  expect(await manager.does('ServerTime')).toBe(app.app.services.clock.now().toISOString());
  const staff = await manager.does('Staff', { filter: { roles: ['SUPERVISOR'], search: 'BB-A' }, first: 5 });
  expect(staff.nodes).toMatchObject([{ id: supervisor.id, branch: { code: 'BB-A' } }]);
  const branches = await manager.does('Branches', { filter: { search: 'BB-A' }, first: 5 });
  expect(branches.nodes).toMatchObject([{ code: 'BB-A', policies: [{ id: policyId }] }]);
});

test('CreateCustomer, UpdateCustomer, RecordConsent, RevealCustomer, CustomerList, CustomerDetail', async () => {
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
  const bank = app.as('BK-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(bank, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const metrics = [
    { customerNumber: customer.number, key: 'TIME_DEPOSIT_REALTIME', value: '100000', asOf: '2026-02-28' },
    { customerNumber: 'nobody', key: 'TIME_DEPOSIT_REALTIME', value: '1', asOf: '2026-02-28' },
    { customerNumber: customer.number, key: 'NO_SUCH', value: '1', asOf: '2026-02-28' },
  ];
  expect(await bank.does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics } })).toMatchObject({
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
    const decided = await person.does('DecideApproval', { input: { id: submitted.approval.id, decision: 'APPROVE' } });
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

test('DraftPlan, SubmitPlan, MyTasks, StaffWorkloads, CompleteTask, CompletePlan', async () => {
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

test('OpenTicket to ReopenTicket, TicketDetail, TicketList, ClockExplanation, SlaSummary, TicketChanged', async () => {
  const customer = await givenCustomer(manager, { policyId, branchCode });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  await using changes = manager.follows('TicketChanged', { id: ticket.id });
  expect(await changes.next()).toMatchObject({ status: 'NEW' });
  expect(await manager.does('AcknowledgeTicket', { id: ticket.id, message: 'We look into it' })).toMatchObject({
    status: 'ACKNOWLEDGED',
  });
  expect(await changes.next()).toMatchObject({ status: 'ACKNOWLEDGED' });
  const started = await manager.does('UpdateTicket', {
    input: { id: ticket.id, expectedVersion: 2, status: 'IN_PROGRESS', comment: 'on it' },
  });
  expect(started).toMatchObject({ status: 'IN_PROGRESS', version: 4 });
  expect(await manager.does('WaitOnCustomer', { id: ticket.id, reason: 'needs the invoice' })).toMatchObject({
    status: 'WAITING_ON_CUSTOMER',
  });
  expect(await manager.does('ResumeTicket', { id: ticket.id })).toMatchObject({ status: 'IN_PROGRESS' });
  const waitsFor = { id: ticket.id, waitsFor: 'ANOTHER_PARTY', reason: 'the maker of the card' };
  expect(await manager.does('HoldTicket', { input: waitsFor })).toMatchObject({ status: 'ON_HOLD' });
  expect(await manager.does('ResumeTicket', { id: ticket.id })).toMatchObject({ status: 'IN_PROGRESS' });
  expect(await manager.does('EscalateTicket', { id: ticket.id, level: 2, reason: 'needs engineering' })).toMatchObject({
    level: 2,
  });
  expect(
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Card replaced', rootCause: 'Defect' }),
  ).toMatchObject({ status: 'RESOLVED' });
  expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
    __typename: 'Refused',
  });
  const interaction = await manager.does('RecordInteraction', {
    input: {
      customerId: customer.id,
      channel: 'PHONE',
      purpose: 'FOLLOW_UP',
      summary: 'Customer content',
      ticketId: ticket.id,
    },
  });
  expect(interaction).toMatchObject({ __typename: 'Interaction', channel: 'PHONE' });
  expect(await manager.does('CloseTicket', { id: ticket.id, customerConfirmed: true })).toMatchObject({
    status: 'CLOSED',
  });
  expect(await manager.does('ReopenTicket', { id: ticket.id, reason: 'Again' })).toMatchObject({
    status: 'IN_PROGRESS',
  });
  const detail = await manager.does('TicketDetail', { id: ticket.id });
  expect(detail.timeline.nodes.map(({ kind }: { kind: string }) => kind)).toEqual([
    'OPENED',
    'ACKNOWLEDGED',
    'UPDATED',
    'COMMENTED',
    'WAITING',
    'RESUMED',
    'WAITING',
    'RESUMED',
    'ESCALATED',
    'RESOLVED',
    'CALLED_BACK',
    'CLOSED',
    'REOPENED',
  ]);
  const list = await manager.does('TicketList', {
    filter: { open: true, customerId: customer.id },
    orderBy: { field: 'NEXT_DUE_AT' },
    first: 10,
  });
  expect(list).toMatchObject({ totalCount: 1, edges: [{ node: { id: ticket.id } }] });
  const [clock] = detail.clocks;
  const explained = await manager.does('ClockExplanation', { clockId: clock.id });
  expect(explained).toMatchObject({ clock: { id: clock.id } });
  const summary = await manager.does('SlaSummary', { filter: { policyId } });
  expect(summary.openTickets).toBeGreaterThan(0);
});

test('SlaAlerts, AlertHistory, AcknowledgeAlert', async () => {
  const customer = await givenCustomer(manager, { policyId, branchCode });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  await using alerts = supervisor.follows('SlaAlerts', { filter: { ticketId: ticket.id } });
  await alerts.next();
  await app.advance(new Date(Date.parse(ticket.clocks[0].dueAt) + 1).toISOString());
  const [atRisk, breach] = [await alerts.next(), await alerts.next()];
  expect([atRisk.alert.kind, breach.alert.kind]).toEqual(['SLA_AT_RISK', 'SLA_BREACHED']);
  const history = await supervisor.does('AlertHistory', {
    filter: { ticketId: ticket.id, unacknowledged: true },
    first: 10,
  });
  expect(history.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([
    breach.alert.id,
    atRisk.alert.id,
  ]);
  expect(history.edges[0].node.cursor).toBe(breach.cursor);
  expect(await supervisor.does('AcknowledgeAlert', { id: breach.alert.id, note: 'mine' })).toMatchObject({
    acknowledgement: { by: { name: 'BB-A SUPERVISOR' } },
  });
});

test('AlertsAndUpdates, OpenAlerts, SnoozeAlert, Rota, SetShift, EndShift, SwapShift', async () => {
  const customer = await givenCustomer(manager, { policyId, branchCode });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  const filter = { ticketId: ticket.id, kinds: ['SLA_BREACHED'] };
  await using alerts = supervisor.follows('AlertsAndUpdates', { filter });
  await alerts.next();
  const due = Date.parse(ticket.clocks[0].dueAt);
  await app.advance(new Date(due + 1).toISOString());
  const { alert } = await alerts.next();
  const until = new Date(due + 60_000).toISOString();
  expect(await supervisor.does('SnoozeAlert', { input: { id: alert.id, until, reason: 'on the line' } })).toMatchObject(
    {
      snooze: { until, reason: 'on the line' },
    },
  );
  expect(await alerts.next()).toMatchObject({
    __typename: 'AlertUpdated',
    change: 'SNOOZED',
    alert: { snooze: { until } },
  });
  const { nodes } = await supervisor.does('OpenAlerts', { filter: { ...filter, open: true }, first: 1 });
  expect(nodes).toMatchObject([{ id: alert.id, climbs: [{ rung: 1 }] }]);
  const shift = { policyId, branchId: nodes.length > 0 ? await branchOf(supervisor) : '', post: 'SUPERVISOR' };
  const times = { from: new Date(due + 86_400_000).toISOString(), until: new Date(due + 90_000_000).toISOString() };
  const set = await supervisor.does('SetShift', { input: { ...shift, ...times, staffId: supervisor.id } });
  expect(set).toMatchObject({ __typename: 'RotaShift', ...times });
  expect(await supervisor.does('Rota', { filter: { from: times.from } })).toMatchObject({ nodes: [{ id: set.id }] });
  expect(
    await supervisor.does('SwapShift', { input: { id: set.id, otherId: set.id, reason: 'a wedding' } }),
  ).toMatchObject({ __typename: 'InvalidInput' });
  expect(
    await supervisor.does('EndShift', { input: { id: set.id, reason: 'not needed', expectedVersion: 1 } }),
  ).toMatchObject({ __typename: 'RotaShift', version: 2 });
});

test('AcknowledgeAlerts, ReassignTasks', async () => {
  const customer = await givenCustomer(manager, { policyId, branchCode });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  await app.advance(new Date(Date.parse(ticket.clocks[0].dueAt) + 1).toISOString());
  const { nodes } = await supervisor.does('OpenAlerts', { filter: { ticketId: ticket.id, unacknowledged: true } });
  const [first, ...others] = nodes.map(({ id }: { id: string }) => id);
  await manager.does('AcknowledgeAlert', { id: first });
  const taken = await supervisor.does('AcknowledgeAlerts', { input: { ids: [first, ...others], note: 'all of them' } });
  // One that somebody has by now leaves the others.
  expect(others.length).toBeGreaterThan(0);
  expect(taken.acknowledged.map(({ id }: { id: string }) => id).toSorted()).toEqual(others.toSorted());
  expect(taken.failed).toMatchObject([{ objectId: first, code: 'CONFLICT' }]);
  const task = async () =>
    manager.does('CreateTask', {
      input: { customerId: customer.id, title: 'Call', purpose: 'CARE', dueAt: '2026-06-01T10:00:00+08:00' },
    });
  const ids = [(await task()).id, (await task()).id];
  await manager.does('CancelTask', { input: { id: ids[0], reason: 'not needed' } });
  const given = await supervisor.does('ReassignTasks', {
    input: { ids, assigneeId: supervisor.id, reason: 'a holiday' },
  });
  expect(given).toMatchObject({
    reassigned: [{ id: ids[1], assignee: { id: supervisor.id } }],
    failed: [{ objectId: ids[0] }],
  });
});

const branchOf = async (person: Person): Promise<string> =>
  (await person.ask('{ viewer { branch { id } } }')).data.viewer.branch.id;

test('SubmitSurveyResponse, AddImprovementMeasure, Scorecard, AuditTrail', async () => {
  const customer = await givenCustomer(manager, { policyId, branchCode });
  const response = await manager.does('SubmitSurveyResponse', {
    input: { customerId: customer.id, topic: 'SERVICE_QUALITY', score: 2, channel: 'PHONE' },
  });
  expect(response).toMatchObject({ __typename: 'SurveyResponse', score: 2 });
  const measure = await manager.does('AddImprovementMeasure', {
    input: {
      policyId,
      finding: 'slow',
      measure: 'train',
      ownerId: manager.id,
      dueOn: '2026-04-01',
      surveyResponseIds: [response.id],
    },
  });
  expect(measure).toMatchObject({ __typename: 'ImprovementMeasure', status: 'OPEN', dueOn: '2026-04-01' });
  const card = await director.does('Scorecard', { policyId, period: { from: '2026-03-01', to: '2026-03-31' } });
  expect(card.staff.length).toBeGreaterThan(0);
  const trail = await supervisor.does('AuditTrail', { filter: { customerId: customer.id }, first: 10 });
  expect(trail.nodes.map(({ action }: { action: string }) => action)).toEqual([
    'SUBMIT_SURVEY_RESPONSE',
    'CREATE_CUSTOMER',
  ]);
});

test('plans at work: RevisePlan to Budgets', async () => {
  const [writer, center, chief] = ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'].map((role) =>
    app.as(`BK-A/${role}`),
  ) as [Person, Person, Person];
  const { id: customerId } = await givenCustomer(writer, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const decider = { customerId, name: '李强', role: 'General manager', responsibleId: writer.id };
  const called = { ...decider, phone: '13912345678', influence: 'High' };
  const contact = await writer.does('SaveContact', { input: called });
  expect(contact).toMatchObject({ influence: 'High', phone: { text: '139****5678', withheld: true } });
  const changed = {
    ...decider,
    id: contact.id,
    relationship: 'Good',
    strengthening: 'Visit',
    strengthenBy: '2026-04-30',
  };
  expect(await writer.does('SaveContact', { input: changed })).toMatchObject({
    id: contact.id,
    influence: null,
    relationship: 'Good',
    strengthenBy: '2026-04-30',
    phone: { text: '139****5678' },
  });
  expect(await writer.does('SaveContact', { input: { ...changed, name: ' ' } })).toMatchObject({
    __typename: 'InvalidInput',
    issues: [{ path: 'input.name' }],
  });
  const stranger = app.as('BK-B/SUPERVISOR');
  expect(await stranger.does('SaveContact', { input: changed })).toMatchObject({ __typename: 'NotFound' });
  const allocation = {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    year: 2026,
    amount: { amount: '5000' },
    purpose: '2026',
  };
  expect((await chief.does('AllocateBudget', { input: allocation })).available.amount).toBe('5000');
  const draft = await givenPlan(writer, { customerId });
  const content = { objective: 'Stay', startsOn: '2026-03-02', endsOn: '2026-06-30', budget: { amount: '100' } };
  const measures = [{ way: 'PHONE', measure: 'Call', assigneeId: writer.id, dueAt: '2026-04-01T10:00:00+08:00' }];
  const revised = { id: draft.id, expectedVersion: 1, ...content, measures };
  expect(await writer.does('RevisePlan', { input: revised })).toMatchObject({ objective: 'Stay' });
  const { approval } = await writer.does('SubmitPlan', { id: draft.id, expectedVersion: 1 });
  const bulk = { ids: [approval.id], decision: 'APPROVE' };
  expect(await center.does('DecideApprovals', { input: bulk })).toMatchObject({ decided: [{ state: 'APPROVED' }] });
  const [measure] = measures;
  expect(await writer.does('AddPlanTask', { input: { planId: draft.id, ...measure } })).toMatchObject({
    status: 'OPEN',
  });
  const spending = { planId: draft.id, amount: { amount: '30' }, purpose: 'Tea' };
  expect(await writer.does('SpendPlanBudget', { input: spending })).toMatchObject({ reserved: { amount: '70' } });
  await writer.does('ConfirmPlan', { id: draft.id, satisfied: true, evidence: 'Letter' });
  const { measures: open } = (
    await writer.ask('query($id: ID!) { node(id: $id) { ... on MaintenancePlan { measures { id status } } } }', {
      id: draft.id,
    })
  ).data.node;
  const skipped = allSkipped({ measures: open.filter(({ status }: { status: string }) => status !== 'DONE') });
  await writer.does('CompletePlan', { id: draft.id, expectedVersion: 1, summary: 'Kept.', skipped });
  await writer.does('ImprovePlan', { id: draft.id, improvement: 'Call earlier' });
  expect(await writer.does('PlanHistory', { id: draft.id })).toMatchObject({
    confirmed: true,
    improvement: 'Call earlier',
  });
  const other = await givenPlan(writer, { customerId });
  const cancelled = await writer.does('CancelPlan', { id: other.id, expectedVersion: 1, reason: 'Moved' });
  expect(cancelled).toMatchObject({ status: 'CANCELLED' });
  const [account] = await chief.does('Budgets', { policyId: 'bank-vip', year: 2026 });
  expect(account).toMatchObject({ available: { amount: '4970' }, spent: { amount: '30' } });
});

test('applications: ApprovalPreview to AuthorityLimits, DelegateAuthority, RevokeDelegation', async () => {
  const [writer, chief, executive] = ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'].map((role) => app.as(`BK-A/${role}`)) as [
    Person,
    Person,
    Person,
  ];
  const input = { policyId: 'bank-vip', kind: 'PROCESS_CHANGE', fields: { process: 'A', change: 'B' }, reason: 'C' };
  expect(await writer.does('ApprovalPreview', { input })).toMatchObject({ steps: [{ role: 'EXECUTIVE' }] });
  const { id, approval } = await writer.does('SubmitApplication', { input });
  await executive.does('DecideApproval', { input: { id: approval.id, decision: 'RETURN', comment: 'Why?' } });
  const again = { id, expectedVersion: 2, fields: input.fields, reason: 'Because' };
  const resubmitted = await writer.does('ResubmitApplication', { input: again });
  await executive.does('DecideApproval', { input: { id: resubmitted.approval.id, decision: 'APPROVE' } });
  expect(await writer.does('CarryOutApplication', { id })).toMatchObject({ __typename: 'Application' });
  expect(await writer.does('AuthorityLimits', { policyId: 'bank-vip' })).toEqual([]);
  const delegation = { policyId: 'bank-vip', toId: writer.id, role: 'DIRECTOR', until: '2027-01-01T00:00:00Z' };
  const given = await chief.does('DelegateAuthority', { input: { ...delegation, writtenRecord: 'Memo' } });
  expect(await chief.does('RevokeDelegation', { id: given.id })).toMatchObject({ __typename: 'Delegation' });
});

test('FileContract to OpenContract, DiscloseCustomer, ExportCustomer, DeleteCustomer, samples, RecordConfidentialityAgreement', async () => {
  const bank = app.as('BK-A/CUSTOMER_MANAGER');
  const { id: customerId } = await givenCustomer(bank, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const contract = await bank.does('FileContract', { input: { customerId, name: '2026-0042-LOAN', content: 'Terms' } });
  expect(await bank.does('ArchiveContract', { id: contract.id, expectedVersion: 1 })).toMatchObject({ version: 2 });
  const asked = await bank.does('RequestArchiveAccess', { input: { contractId: contract.id, reason: 'a copy' } });
  expect(asked).toMatchObject({ state: 'PENDING', kind: 'ARCHIVE_ACCESS' });
  const head = app.as('BK-HQ/DIRECTOR');
  await head.does('DecideApproval', { input: { id: asked.id, decision: 'APPROVE' } });
  expect(await bank.does('OpenContract', { id: contract.id })).toMatchObject({ content: 'Terms' });
  const disclosure = { customerId, recipient: 'Court', items: ['balances'], purpose: 'an order', legalBasis: 'law' };
  expect(await bank.does('DiscloseCustomer', { input: disclosure })).toMatchObject({ recipient: 'Court' });
  expect(await head.does('ExportCustomer', { id: customerId, reason: 'asks for it' })).toMatchObject({
    document: { contract: [{ content: 'Terms' }] },
  });
  const input = { customerId, channel: 'PHONE', purpose: 'CARE', summary: 'called' };
  await bank.does('RecordInteraction', { input });
  expect(
    await app.as('BK-HQ/AUDITOR').does('DrawServiceSample', { input: { policyId: 'bank-vip', size: 1 } }),
  ).toMatchObject({ records: [{ summary: 'called' }] });
  const samples = await head.does('ServiceSamples', { policyId: 'bank-vip', quarter: '2026-Q1', first: 5 });
  expect(samples).toMatchObject([{ population: 1, drawnBy: { name: 'BK-HQ AUDITOR' } }]);
  expect(await head.does('ServiceSample', { id: samples[0].id })).toMatchObject({ records: [{ summary: 'called' }] });
  const { id, version } = await bank.does('CustomerDetail', { id: customerId });
  expect(
    await bank.does('DeleteCustomer', { input: { id, expectedVersion: version, reason: 'moved away' } }),
  ).toMatchObject({ version: version + 1 });
  expect(
    await admin.does('RecordConfidentialityAgreement', {
      input: { staffId: bank.id, signedAt: '2026-01-05T00:00:00Z' },
    }),
  ).toMatchObject({ id: bank.id });
});

test('reports, targets, meetings and disputes', async () => {
  const [chief, writer] = ['DIRECTOR', 'SUPERVISOR'].map((role) => app.as(`BK-HQ/${role}`)) as [Person, Person];
  const { id: customerId } = await givenCustomer(writer, { policyId: 'bank-vip', branchCode: 'BK-HQ' });
  const answer = { customerId, topic: 'SERVICE_QUALITY', score: 5, channel: 'PHONE' };
  await writer.does('SubmitSurveyResponse', { input: answer });
  const period = { from: '2026-03-01', to: '2026-03-31' };
  const line = { policyId: 'bank-vip' };
  expect(await chief.does('Satisfaction', { ...line, period })).toMatchObject({ rate: '100', isComplete: null });
  const improvement = { ...line, finding: 'Slow', measure: 'Train', ownerId: writer.id, dueOn: '2026-03-20' };
  const measure = await writer.does('AddImprovementMeasure', { input: improvement });
  const closed = await writer.does('CloseImprovementMeasure', { input: { id: measure.id, effect: 'Faster' } });
  expect(closed).toMatchObject({ status: 'DONE', effect: 'Faster' });
  const target = { ...line, staffId: writer.id, key: 'HANDLED', year: 2026, value: '10' };
  expect((await chief.does('SetStaffTarget', { input: target })).targets).toHaveLength(1);
  expect(await chief.does('StaffTargets', { ...line, year: 2026 })).toMatchObject([{ actual: '0', met: false }]);
  const meeting = { ...line, kind: 'DEPARTMENT', agenda: 'Week', attendeeIds: [chief.id, writer.id] };
  const held = await chief.does('HoldMeeting', {
    input: { ...meeting, resolutions: [{ text: 'Call' }, { text: 'Write' }] },
  });
  const [call, write] = held.resolutions;
  await chief.does('AssignResolution', { input: { id: call.id, ownerId: writer.id } });
  expect(await chief.does('CompleteResolution', { id: call.id, outcome: 'Called' })).toMatchObject({ state: 'DONE' });
  await app.advance(new Date(app.app.services.clock.now().getTime() + 1000).toISOString());
  const next = await chief.does('HoldMeeting', { input: meeting });
  const explained = { id: write.id, meetingId: next.id, explanation: 'Ill' };
  expect(await chief.does('ExplainResolution', { input: explained })).toMatchObject({ __typename: 'Resolution' });
  const minutes = { meetingId: next.id, results: 'None', actions: 'Write' };
  expect(await chief.does('FileMinutes', { input: minutes })).toMatchObject({ minutesOverdue: false });
  expect(await chief.does('Meetings', { ...line, kind: 'DEPARTMENT', first: 5 })).toHaveLength(2);
  const dispute = await chief.does('OpenDispute', { input: { ...line, subject: 'Rooms', parties: 'A, B' } });
  await chief.does('MediateDispute', { input: { id: dispute.id, mediator: 'C', witness: 'D' } });
  expect(await chief.does('ArbitrateDispute', { id: dispute.id })).toMatchObject({ stage: 'ARBITRATION' });
  expect(await chief.does('SettleDispute', { id: dispute.id, result: 'A' })).toMatchObject({ stage: 'SETTLED' });
  await app.advance('2026-04-01T09:00:00+08:00');
  const draft = { ...line, kind: 'CUSTOMER', month: '2026-03-01' };
  expect(await chief.does('ReportDraft', draft)).toMatchObject({ month: '2026-03' });
  expect(await chief.does('Reports', { ...line, period })).toMatchObject([{ status: 'DUE' }]);
  expect(await chief.does('FileReport', { input: { ...draft, summary: 'Good' } })).toMatchObject({ late: false });
});

test('RecordKinds, StartRecord, AdvanceRecord, ChangeRecord, CancelRecord, Record, Records, RecordChanged', async () => {
  const writer = app.as('CO-A/CUSTOMER_MANAGER');
  const core = await writer.does('RecordKinds', { policyId: 'core', locale: 'ZH' });
  expect(core.records.length).toBeGreaterThan(10);
  const { id: about } = await givenCustomer(writer, { policyId: 'core', branchCode: 'CO-A' });
  const visit = { coreVisitReception: { visitAt: '2027-03-02T10:00:00+08:00', purpose: 'Tour' } };
  const { record } = await writer.does('StartRecord', { input: { about, record: visit } });
  await using changes = writer.follows('RecordChanged', { id: record.id });
  expect(await changes.next()).toMatchObject({ __typename: 'CoreVisitReception', version: 1 });
  const brings = { coreVisitReceptionNotified: { departments: ['Desk'] } };
  const step = { id: record.id, expectedVersion: 1, step: 'NOTIFIED', brings };
  expect((await writer.does('AdvanceRecord', { input: step })).record).toMatchObject({ step: 'NOTIFIED', version: 2 });
  expect(await changes.next()).toMatchObject({ version: 2 });
  const change = { id: record.id, expectedVersion: 2, record: { coreVisitReception: { visitors: 4 } } };
  expect((await writer.does('ChangeRecord', { input: change })).record).toMatchObject({ version: 3 });
  const end = { id: record.id, expectedVersion: 3, reason: 'put off' };
  expect((await writer.does('CancelRecord', { input: end })).record).toMatchObject({ state: 'CANCELLED' });
  expect(await writer.does('Record', { id: record.id })).toMatchObject({ state: 'CANCELLED', missing: [] });
  expect(await writer.does('Records', { filter: { customerId: about } })).toMatchObject({ totalCount: 1 });
});

test('Duties, RecordDuty, SelectForCallback, SendMessage, RecordInstallation', async () => {
  await using week = await startTestApp({ now: NOW });
  const keeper = week.as('BB-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(keeper, {
    policyId,
    branchCode,
    phone: '13912341234',
    profile: { keyAccountType: 'GROUP' },
  });
  await week.advance('2026-03-10T08:00:00+08:00');
  const due = await keeper.does('Duties', { policyId, codes: ['WEEKLY_REVIEW'], states: ['OPEN'], first: 10 });
  expect(due.nodes).toMatchObject([
    { code: 'WEEKLY_REVIEW', customer: { id: customer.id }, period: { from: '2026-03-09', to: '2026-03-15' } },
  ]);
  const review = { policyId, code: 'WEEKLY_REVIEW', customerId: customer.id, note: 'Content' };
  expect(await keeper.does('RecordDuty', { input: review })).toMatchObject({ __typename: 'Duty', state: 'FULFILLED' });
  const selection = { policyId, method: 'EMOTIONAL', count: 3, dueAt: '2026-03-12T08:00:00+08:00', reason: 'A word' };
  expect(await keeper.does('SelectForCallback', { input: selection })).toMatchObject({
    __typename: 'CallbackSelection',
    tasks: expect.arrayContaining([expect.objectContaining({ origin: 'CALLBACK' })]),
  });
  const message = { customerId: customer.id, purpose: 'GREETING', body: 'All the best. BB Outlet A' };
  expect(await keeper.does('SendMessage', { input: message })).toMatchObject({ __typename: 'Message', state: 'SENT' });
  const ticket = await givenTicket(keeper, { customerId: customer.id, type: 'PROVISIONING', case: 'OFF_NETWORK' });
  expect(await keeper.does('RecordInstallation', { input: { ticketId: ticket.id, result: 'Works' } })).toMatchObject({
    __typename: 'Interaction',
    channel: 'VISIT',
  });
});

test('what may be done: TicketMoves to AssessmentMoves, CancelTicket to CancelTask', async () => {
  const customer = await givenCustomer(manager, { policyId, branchCode });
  const order = { customerId: customer.id, type: 'PROVISIONING', case: 'OFF_NETWORK' };
  const ticket = await givenTicket(manager, order);
  const { allowedMoves } = await manager.does('TicketMoves', { id: ticket.id });
  expect(allowedMoves).toContainEqual({ move: 'CANCEL', refusal: null });
  const change = { id: ticket.id, reason: 'agreed' };
  const other = await manager.does('ChangeTicketCase', { input: { ...change, case: 'TWO_WAY_COMMUNITY' } });
  expect(other).toMatchObject({ case: 'TWO_WAY_COMMUNITY' });
  const inDays = (days: number) => new Date(app.app.services.clock.now().getTime() + days * 86_400_000).toISOString();
  const appointmentAt = inDays(3);
  expect(await manager.does('RescheduleAppointment', { input: { ...change, appointmentAt } })).toMatchObject({
    appointmentAt,
  });
  expect(await manager.does('CancelTicket', { input: change })).toMatchObject({ isCancelled: true });
  const made = async () => {
    const task = { customerId: customer.id, title: 'Call', purpose: 'CARE', dueAt: inDays(9) };
    return (await manager.does('CreateTask', { input: task })).id as string;
  };
  const [id, second] = [await made(), await made()];
  expect((await manager.does('TaskMoves', { id })).allowedMoves).toHaveLength(6);
  const reassigned = await manager.does('ReassignTask', { input: { id, assigneeId: supervisor.id, reason: 'ill' } });
  expect(reassigned).toMatchObject({ assignee: { id: supervisor.id } });
  const dueAt = inDays(10);
  expect(await manager.does('RescheduleTask', { input: { id, dueAt, reason: 'agreed' } })).toMatchObject({ dueAt });
  const until = inDays(4).slice(0, 10);
  expect(await manager.does('PutOffTask', { input: { id, until, why: 'NO_TIME' } })).toMatchObject({
    plannedOn: until,
  });
  expect(await manager.does('SkipTask', { input: { id, reason: 'moved' } })).toMatchObject({ status: 'SKIPPED' });
  expect(await manager.does('CancelTask', { input: { id: second, reason: 'twice' } })).toMatchObject({
    status: 'CANCELLED',
  });
  const bank = app.as('BK-A/CUSTOMER_MANAGER');
  const { id: customerId } = await givenCustomer(bank, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const plan = await givenPlan(bank, { customerId });
  expect((await bank.does('PlanMoves', { id: plan.id })).allowedMoves).toContainEqual({
    move: 'SUBMIT',
    refusal: null,
  });
  const { approval } = await bank.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  expect((await bank.does('ApprovalMoves', { id: approval.id })).allowedMoves[0]).toMatchObject({
    refusal: { code: 'OWN_REQUEST' },
  });
  const assessment = await bank.does('AssessCustomer', { input: { customerId, schemeId: 'rural-credit' } });
  expect((await bank.does('AssessmentMoves', { id: assessment.id })).allowedMoves).toHaveLength(1);
});

test('StaffList to CloseBranch', async () => {
  const parentId = (await admin.does('BranchList', { filter: { search: 'BK-HQ' } })).nodes[0].id;
  const place = { code: 'BK-D', name: 'Outlet D', parentId, policyIds: ['bank-vip'] };
  const branch = await admin.does('CreateBranch', { input: place });
  expect(await admin.does('RenameBranch', { input: { id: branch.id, name: 'Outlet Dawn' } })).toMatchObject({
    name: 'Outlet Dawn',
  });
  const input = { number: 'BK-D-1', name: 'Wang Fang', branchId: branch.id, roles: ['CUSTOMER_MANAGER'] };
  const person = await admin.does('CreateStaff', { input });
  expect((await admin.does('StaffList', { filter: { branchIds: [branch.id] } })).nodes).toMatchObject([
    { number: 'BK-D-1', externalId: null },
  ]);
  const changed = { id: person.id, externalId: 'wang.fang', branchId: parentId };
  expect(await admin.does('UpdateStaff', { input: changed })).toMatchObject({ externalId: 'wang.fang' });
  expect(await admin.does('EndStaff', { input: { id: person.id, reason: 'left' } })).toMatchObject({ active: false });
  const closed = await admin.does('CloseBranch', { input: { id: branch.id, reason: 'merged' } });
  expect(closed).toMatchObject({ __typename: 'Branch', id: branch.id });
});

test('Decisions to ShadowDifferences', async () => {
  const director = app.as('TL-HQ/DIRECTOR');
  const telecom = 'telecom-vip';
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  await givenCustomer(hall, { policyId: telecom, branchCode: 'TL-A' });
  const [decision] = (await director.does('Decisions', { filter: { policyId: telecom }, first: 1 })).nodes;
  expect(await director.does('Decision', { id: decision.id })).toMatchObject({ __typename: 'PolicyDecision' });
  const range = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
  const replay = await director.does('ReplayDecisions', { policyId: telecom, ...range });
  expect(replay).toMatchObject({ different: 0 });
  const parameters = [{ key: 'complaintHours', value: 12 }];
  const input = { policyId: telecom, parameters, reason: 'to see it' };
  const { id } = await admin.does('StartShadow', { input });
  await using following = director.follows('ShadowDifferences', { id });
  expect(await following.next()).toMatchObject({ state: 'RUNNING' });
  expect(await admin.does('StopShadow', { id })).toMatchObject({ state: 'STOPPED' });
  expect(await director.does('PolicyShadows', { policyId: telecom })).toMatchObject([{ id }]);
  const promoted = await admin.does('PromoteShadow', { input: { id, expectedVersion: 'x', reason: 'x' } });
  expect(promoted).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'SHADOW_ENDED' }] });
});

test('every operation of the contract was executed', () => {
  // Those of the board have a file of their own.
  const isOfBoard = (name: string) => /Screen$|^BoardAlerts$/.test(name);
  expect(ALL.filter((name) => !isOfBoard(name) && !executed.has(name))).toEqual([]);
});
