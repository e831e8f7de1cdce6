import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { pdf, send } from '../support/files.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { givenApprovedPlan } from '../support/plans.ts';

// What creates something is done once with one key, however often it is sent, also at the same time.

const BANK = { policyId: 'bank-vip', branchCode: 'BK-A' };
const LINE = { policyId: 'bank-vip' };

interface Sent {
  readonly by: string;
  readonly type: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The type of the argument `input`; null where there is none. */
  readonly of: string | null;
}

let app: TestApp;
let sent: Readonly<Record<string, Sent>>;

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const [manager, supervisor, center] = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER'].map((role) =>
    app.as(`BK-A/${role}`),
  ) as [Person, Person, Person];
  const customer = await givenCustomer(manager, { ...BANK, profile: { realNameVerified: true, riskTolerance: 3 } });
  const customerId = customer.id;
  const plan = await givenApprovedPlan(supervisor, [center], { customerId });
  const contract = await manager.does('FileContract', { input: { customerId, name: '2026-0042-LOAN', content: '-' } });
  await manager.does('ArchiveContract', { id: contract.id, expectedVersion: 1 });
  await givenTier(manager, [supervisor, center], customer);
  const dueAt = '2026-04-01T10:00:00+08:00';
  const write = { customerId, channel: 'PHONE', purpose: 'FOLLOW_UP', summary: 'Called' };
  const improve = { ...LINE, finding: 'Slow', measure: 'Train', ownerId: manager.id, dueOn: '2026-04-01' };
  const change = { ...LINE, kind: 'PROCESS_CHANGE', fields: { process: 'A', change: 'B' }, reason: 'C' };
  const hand = { ...LINE, toId: supervisor.id, role: 'DIRECTOR', until: '2027-01-01T00:00:00Z', writtenRecord: 'Memo' };
  const meet = { ...LINE, kind: 'DEPARTMENT', agenda: 'Week', attendeeIds: [supervisor.id] };
  const other = (await givenCustomer(manager, { ...BANK, profile: { realNameVerified: true } })).id;
  const exempt = { customerId: other, schemeId: 'rural-credit', tierCode: 'VIP', reason: 'Head of an enterprise' };
  const ticket = await givenTicket(manager, { customerId });
  const second = await givenTicket(manager, { customerId });
  const upload = await send(app, manager.token, new Uint8Array(pdf()));
  const [by, on] = ['BK-A/CUSTOMER_MANAGER', 'BK-A/SUPERVISOR'];
  const at = { by, type: 'Interaction' };
  sent = {
    recordInteraction: { ...at, of: 'RecordInteractionInput', input: write },
    adviseProduct: { ...at, of: 'AdviseProductInput', input: { customerId, product: 'Fund', riskLevel: 2 } },
    activateService: {
      ...at,
      of: 'ActivateServiceInput',
      input: { customerId, service: 'SMS', consentEvidence: 'Form' },
    },
    submitSurveyResponse: {
      by,
      type: 'SurveyResponse',
      of: 'SurveyResponseInput',
      input: { customerId, topic: 'SERVICE_QUALITY', score: 2, channel: 'PHONE' },
    },
    addImprovementMeasure: { by, type: 'ImprovementMeasure', of: 'ImprovementMeasureInput', input: improve },
    addPlanTask: {
      by: on,
      type: 'Task',
      of: 'PlanTaskInput',
      input: { planId: plan.id, way: 'PHONE', measure: 'Call', assigneeId: supervisor.id, dueAt },
    },
    holdMeeting: { by: 'BK-A/DIRECTOR', type: 'Meeting', of: 'MeetingInput', input: meet },
    openDispute: {
      by: 'BK-A/DIRECTOR',
      type: 'Dispute',
      of: 'DisputeInput',
      input: { ...LINE, subject: 'Rooms', parties: 'A, B' },
    },
    assessCustomer: {
      by,
      type: 'Assessment',
      of: 'AssessCustomerInput',
      input: { customerId, schemeId: 'rural-credit' },
    },
    requestGradeException: { by, type: 'Approval', of: 'GradeExceptionInput', input: exempt },
    requestArchiveAccess: {
      by,
      type: 'Approval',
      of: 'ArchiveAccessInput',
      input: { contractId: contract.id, reason: 'A copy' },
    },
    submitApplication: { by: on, type: 'Application', of: 'SubmitApplicationInput', input: change },
    delegateAuthority: { by: 'BK-A/DIRECTOR', type: 'Delegation', of: 'DelegationInput', input: hand },
    drawServiceSample: {
      by: 'BK-HQ/AUDITOR',
      type: 'ServiceSample',
      of: 'DrawServiceSampleInput',
      input: { ...LINE, size: 1 },
    },
    addTicketNote: { by, type: 'Ticket', of: 'AddTicketNoteInput', input: { id: ticket.id, text: 'Called' } },
    linkTickets: {
      by,
      type: 'Ticket',
      of: 'LinkTicketsInput',
      input: { id: ticket.id, otherId: second.id, kind: 'SAME_CAUSE', reason: 'One fault' },
    },
    attachFile: {
      by,
      type: 'Attachment',
      of: 'AttachFileInput',
      input: { to: ticket.id, uploadId: upload.answer.id, name: 'a.pdf' },
    },
    requestVipCard: { by, type: 'VipCard', of: null, input: { customerId } },
  };
});
afterAll(() => app[Symbol.asyncDispose]());

/** Grades a customer as rural credit VIP, with the approvals that it takes. */
async function givenTier(by: Person, approvers: readonly Person[], { id, number }: { id: string; number: string }) {
  const figure = { customerNumber: number, key: 'TIME_DEPOSIT_REALTIME', value: '100000', asOf: '2026-02-28' };
  await by.does('RecordMetrics', { input: { ...LINE, source: 'core', metrics: [figure] } });
  const assessment = await by.does('AssessCustomer', { input: { customerId: id, schemeId: 'rural-credit' } });
  const { approval } = await by.does('SubmitAssessment', { id: assessment.id });
  for (const person of approvers)
    await person.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
}

async function sends(mutation: string, key: string | null, more: object = {}) {
  const { by, type, of, input } = sent[mutation] as Sent;
  const [declared, given] = of ? [`$input: ${of}!`, 'input: $input'] : ['$customerId: ID!', 'customerId: $customerId'];
  const document = `mutation (${declared}, $key: String) { r: ${mutation}(${given}, idempotencyKey: $key) {
    __typename ... on ${type} { id } ... on Error { code message } } }`;
  const values = { ...input, ...more };
  const { data, errors } = await app.as(by).ask(document, { ...(of ? { input: values } : values), key });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.r as { readonly __typename: string; readonly id?: string; readonly code?: string };
}

/** Rows of all tables that mutations of the list write to. */
async function counted(): Promise<Record<string, number>> {
  const tables = [
    'interaction',
    'survey_response',
    'improvement_measure',
    'plan_measure',
    'task',
    'meeting',
    'dispute',
    'audit_entry',
  ];
  const more = [
    'assessment',
    'approval',
    'application',
    'delegation',
    'service_sample',
    'vip_card',
    'attachment',
    'ticket_event',
  ];
  const { pool } = app.app.services.database;
  const of = async (table: string) =>
    [table, (await pool.query<{ n: number }>(`select count(*)::int as n from "${table}"`)).rows[0]?.n ?? 0] as const;
  return Object.fromEntries(await Promise.all([...tables, ...more].map(of)));
}

/** What creates, by its name: a mutation that begins so takes a key, or stands here with why not. */
const CREATES =
  /^(create|open|submit|record|add|draft|file|hold|request|send|start|spend|allocate|delegate|advise|activate|assess|report|select|draw|attach|link)[A-Z]/;
const ELSEWHERE: Readonly<Record<string, string>> = {
  holdTicket: 'a move, which is not made twice',
  openContract: 'reads',
  startGradingRun: 'one run at a time',
  startShadow: 'one of a policy at a time',
  fileMinutes: 'one of each meeting',
  fileReport: 'one of each month',
  recordDuty: 'one of each period',
  recordConsent: 'says what holds from now on',
  recordConfidentialityAgreement: 'says what holds from now on',
  recordInstallation: 'one of each ticket',
  submitAssessment: 'a move, which is not made twice',
  submitPlan: 'a move, which is not made twice',
};

test('every mutation that creates takes a key, or says why not', () => {
  const fields = Object.values(app.app.schema.getMutationType()?.getFields() ?? {});
  const keyless = fields.filter(({ args }) => !args.some(({ name }) => name === 'idempotencyKey'));
  const without = keyless.map(({ name }) => name).filter((name) => CREATES.test(name));
  expect(without.sort()).toEqual(Object.keys(ELSEWHERE).sort());
});

test('what is sent five times at once with one key is there once, and all hear of the same', async () => {
  for (const mutation of Object.keys(sent)) {
    const answers = await Promise.all(Array.from({ length: 5 }, () => sends(mutation, 'at once')));
    expect(answers[0], mutation).toMatchObject({ __typename: sent[mutation]?.type, id: expect.any(String) });
    expect(new Set(answers.map(({ id }) => id)).size, mutation).toBe(1);
    const before = await counted();
    expect(await sends(mutation, 'at once'), mutation).toEqual(answers[0]);
    expect(await counted(), mutation).toEqual(before);
  }
});

test('a key that was used for something else is refused', async () => {
  expect(await sends('recordInteraction', 'at once', { summary: 'Called again' })).toMatchObject({ code: 'CONFLICT' });
});

test('what is refused keeps no key: put right, it is done', async () => {
  expect(await sends('openDispute', 'later', { subject: ' ' })).toMatchObject({ code: 'INVALID_INPUT' });
  expect(await sends('openDispute', 'later')).toMatchObject({ __typename: 'Dispute' });
});
