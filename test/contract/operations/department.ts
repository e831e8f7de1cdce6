import { expect, test } from 'vitest';
import type { Person } from '../../support/app.ts';
import { pdf, send } from '../../support/files.ts';
import { givenCustomer } from '../../support/given.ts';
import { allSkipped, givenPlan } from '../../support/plans.ts';
import { branchCode, type Contract, policyId } from './contract.ts';

/** What a department does beside: surveys, plans at work, applications, contracts, reports, meetings. */
export function addDepartment(on: () => Contract): void {
  test('SubmitSurveyResponse, AddImprovementMeasure, Scorecard, AuditTrail', async () => {
    const { manager, supervisor, director } = on();
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
    const { app } = on();
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
    const measure = { way: 'PHONE', measure: 'Call', assigneeId: writer.id, dueAt: '2026-04-01T10:00:00+08:00' };
    const revised = { id: draft.id, expectedVersion: 1, ...content, measures: [measure] };
    expect(await writer.does('RevisePlan', { input: revised })).toMatchObject({ objective: 'Stay' });
    const { approval } = await writer.does('SubmitPlan', { id: draft.id, expectedVersion: 1 });
    const bulk = { ids: [approval.id], decision: 'APPROVE' };
    expect(await center.does('DecideApprovals', { input: bulk })).toMatchObject({ decided: [{ state: 'APPROVED' }] });
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
    const { app } = on();
    const [writer, chief, executive] = ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'].map((role) =>
      app.as(`BK-A/${role}`),
    ) as [Person, Person, Person];
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

  test('FileContract to OpenContract, AttachFile to RemoveFile, DiscloseCustomer, ExportCustomer, DeleteCustomer, samples, RecordConfidentialityAgreement', async () => {
    const { app, admin } = on();
    const bank = app.as('BK-A/CUSTOMER_MANAGER');
    const { id: customerId } = await givenCustomer(bank, { policyId: 'bank-vip', branchCode: 'BK-A' });
    const contract = await bank.does('FileContract', {
      input: { customerId, name: '2026-0042-LOAN', content: 'Terms' },
    });
    const upload = await send(app, bank.token, new Uint8Array(pdf()));
    const file = await bank.does('AttachFile', {
      input: { to: contract.id, uploadId: upload.answer.id, name: 'signed.pdf' },
    });
    expect(file).toMatchObject({ __typename: 'Attachment', name: 'signed.pdf', mediaType: 'application/pdf' });
    expect(await bank.does('FilesOf', { id: contract.id, first: 10 })).toMatchObject({
      files: { nodes: [{ id: file.id }] },
    });
    expect(await bank.does('RemoveFile', { input: { id: file.id, reason: 'the wrong one' } })).toMatchObject({
      path: null,
      removalReason: 'the wrong one',
    });
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
    const { app } = on();
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
}
