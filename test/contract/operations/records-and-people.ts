import { expect, test } from 'vitest';
import { startTestApp } from '../../support/app.ts';
import { givenCustomer, givenTicket } from '../../support/given.ts';
import { givenPlan } from '../../support/plans.ts';
import { branchCode, type Contract, NOW, policyId } from './contract.ts';

/** Records, duties, what may be done, people and places, and what policies decided. */
export function addRecordsAndPeople(on: () => Contract): void {
  test('RecordKinds, StartRecord, AdvanceRecord, ChangeRecord, CancelRecord, Record, Records, RecordChanged', async () => {
    const { app } = on();
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
    expect((await writer.does('AdvanceRecord', { input: step })).record).toMatchObject({
      step: 'NOTIFIED',
      version: 2,
    });
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
    expect(await keeper.does('RecordDuty', { input: review })).toMatchObject({
      __typename: 'Duty',
      state: 'FULFILLED',
    });
    const selection = { policyId, method: 'EMOTIONAL', count: 3, dueAt: '2026-03-12T08:00:00+08:00', reason: 'A word' };
    expect(await keeper.does('SelectForCallback', { input: selection })).toMatchObject({
      __typename: 'CallbackSelection',
      tasks: expect.arrayContaining([expect.objectContaining({ origin: 'CALLBACK' })]),
    });
    const message = { customerId: customer.id, purpose: 'GREETING', body: 'All the best. BB Outlet A' };
    expect(await keeper.does('SendMessage', { input: message })).toMatchObject({
      __typename: 'Message',
      state: 'SENT',
    });
    const ticket = await givenTicket(keeper, { customerId: customer.id, type: 'PROVISIONING', case: 'OFF_NETWORK' });
    expect(await keeper.does('RecordInstallation', { input: { ticketId: ticket.id, result: 'Works' } })).toMatchObject({
      __typename: 'Interaction',
      channel: 'VISIT',
    });
  });

  test('what may be done: TicketMoves to AssessmentMoves, CancelTicket to CancelTask', async () => {
    const { app, manager, supervisor } = on();
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
    const { admin } = on();
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
    const { app, admin } = on();
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
}
