import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { markOf, plantBankOutlet } from '../access/outlets.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { OTHERWISE } from './other-commands.ts';

// After a file is erased no command writes about the customer or what hangs on it: every mutation of the schema is tried
// with input that would do, or stands below with why it is not.

const NOW = '2026-03-02T08:00:00+08:00';
let app: TestApp;
let manager: Person;
let director: Person;
let customerId: string;
/** Global ids of what hangs on the customer. */
const ids: Record<string, string> = {};

const TABLES = {
  Alert: 'alert',
  Ticket: 'ticket',
  MaintenancePlan: 'maintenance_plan',
  Task: 'task',
  Approval: 'approval',
  Application: 'application',
  Assessment: 'assessment',
  VipCard: 'vip_card',
  Contract: 'contract',
  Record: 'policy_record',
} as const;

const DELETE = `mutation ($input: DeleteCustomerInput!) {
  deleteCustomer(input: $input) { __typename ... on Refused { reasons { code } } ... on Error { message } }
}`;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  director = app.as('BK-A/DIRECTOR');
  await plantBankOutlet(app, 'BK-A');
  const { pool, prisma } = app.app.services.database;
  const customer = await prisma.customer.findFirstOrThrow({ where: { number: `${markOf('BK-A')}-1` } });
  customerId = toGlobalId('Customer', customer.id);
  const credit = { bankVipCreditRequest: { amount: '500000', purpose: 'Plant' } };
  await manager.does('StartRecord', { input: { about: customerId, record: credit } });
  // Proposed, and never submitted.
  await manager.does('AssessCustomer', { input: { customerId, schemeId: 'rural-credit' } });
  await pool.query("update ticket set status = 'CLOSED' where customer_id = $1", [customer.id]);
  await pool.query("update approval set state = 'APPROVED', awaiting_role = null where customer_id = $1", [
    customer.id,
  ]);
  await pool.query("update application set state = 'RETURNED' where customer_id = $1", [customer.id]);
  for (const [type, table] of Object.entries(TABLES)) {
    const { rows } = await pool.query(`select id from "${table}" where customer_id = $1 order by id desc limit 1`, [
      customer.id,
    ]);
    ids[type] = toGlobalId(type, rows[0].id);
  }
  const input = { id: customerId, expectedVersion: customer.version, reason: 'asks to be forgotten' };
  expect((await director.ask(DELETE, { input })).data.deleteCustomer).toEqual({ __typename: 'Customer' });
});
afterAll(() => app[Symbol.asyncDispose]());

const plan = {
  objective: 'Keep',
  startsOn: '2026-03-02',
  endsOn: '2026-06-30',
  budget: { amount: '10' },
  measures: [{ way: 'PHONE', measure: 'Call', dueAt: '2026-03-09T10:00:00+08:00' }],
};

/** What is sent, as the arguments of the mutation. */
const COMMANDS: Readonly<Record<string, () => object>> = {
  acknowledgeTicket: () => ({ id: ids.Ticket, message: 'hello' }),
  activateService: () => ({ input: { customerId, service: 'SMS', consentEvidence: 'form' } }),
  advanceRecord: () => ({
    input: {
      id: ids.Record,
      expectedVersion: 2,
      step: 'CHECKED',
      brings: { bankVipCreditRequestChecked: { findings: 'Sound' } },
    },
  }),
  cancelRecord: () => ({ input: { id: ids.Record, expectedVersion: 2, reason: 'withdrawn' } }),
  changeRecord: () => ({
    input: { id: ids.Record, expectedVersion: 2, record: { bankVipCreditRequest: { purpose: 'Store' } } },
  }),
  startRecord: () => ({
    input: { about: customerId, record: { bankVipCreditRequest: { amount: '1', purpose: 'Plant' } } },
  }),
  addPlanTask: () => ({ input: { planId: ids.MaintenancePlan, way: 'PHONE', measure: 'Call' } }),
  addTicketNote: () => ({ input: { id: ids.Ticket, text: 'called back' } }),
  linkTickets: () => ({
    input: { id: ids.Ticket, otherId: toGlobalId('Ticket', newId()), kind: 'DUPLICATE', reason: 'x' },
  }),
  unlinkTickets: () => ({
    input: { id: ids.Ticket, otherId: toGlobalId('Ticket', newId()), kind: 'DUPLICATE', reason: 'x' },
  }),
  adviseProduct: () => ({ input: { customerId, product: 'Fund', riskLevel: 1 } }),
  attachFile: () => ({
    input: { to: ids.Ticket, uploadId: toGlobalId('StoredFile', newId()), name: 'a.pdf' },
  }),
  archiveContract: () => ({ id: ids.Contract, expectedVersion: 1 }),
  assessCustomer: () => ({ input: { customerId, schemeId: 'rural-credit' } }),
  cancelPlan: () => ({ id: ids.MaintenancePlan, expectedVersion: 2, reason: 'over' }),
  carryOutApplication: () => ({ id: ids.Application }),
  createTask: () => ({
    input: { customerId, title: 'Call', purpose: 'CARE', dueAt: '2026-03-05T10:00:00+08:00' },
  }),
  reassignTask: () => ({ input: { id: ids.Task, assigneeId: director.id, reason: 'ill' } }),
  rescheduleTask: () => ({ input: { id: ids.Task, dueAt: '2026-03-05T10:00:00+08:00', reason: 'away' } }),
  putOffTask: () => ({ input: { id: ids.Task, until: '2026-03-05', why: 'NOT_REACHED' } }),
  skipTask: () => ({ input: { id: ids.Task, reason: 'moved' } }),
  cancelTask: () => ({ input: { id: ids.Task, reason: 'twice' } }),
  cancelTicket: () => ({ input: { id: ids.Ticket, reason: 'by mistake' } }),
  changeTicketCase: () => ({ input: { id: ids.Ticket, case: 'OTHER', reason: 'is one' } }),
  rescheduleAppointment: () => ({
    input: { id: ids.Ticket, appointmentAt: '2026-03-03T10:00:00+08:00', reason: 'not at home' },
  }),
  closeTicket: () => ({ id: ids.Ticket, customerConfirmed: true }),
  completePlan: () => ({ id: ids.MaintenancePlan, expectedVersion: 2, summary: 'kept' }),
  completeTask: () => ({ input: { id: ids.Task, outcome: 'done' } }),
  confirmPlan: () => ({ id: ids.MaintenancePlan, satisfied: true, evidence: 'said so' }),
  decideApproval: () => ({ input: { id: ids.Approval, decision: 'REJECT', comment: 'no' } }),
  deleteCustomer: () => ({ input: { id: customerId, expectedVersion: 2, reason: 'once more' } }),
  discloseCustomer: () => ({
    input: { customerId, recipient: 'Court', items: ['balance'], purpose: 'order', legalBasis: 'law' },
  }),
  draftPlan: () => ({ input: { customerId, ...plan } }),
  escalateTicket: () => ({ id: ids.Ticket, level: 2, reason: 'worse' }),
  fileContract: () => ({ input: { customerId, name: '2026-0009-LOAN', content: 'owes' } }),
  improvePlan: () => ({ id: ids.MaintenancePlan, improvement: 'call earlier' }),
  moveVipCard: () => ({ id: ids.VipCard, state: 'IN_PRODUCTION' }),
  openTicket: () => ({ input: { customerId, type: 'COMPLAINT', subject: 'No', channel: 'PHONE' } }),
  recordConsent: () => ({ input: { customerId, vipService: true, marketing: true } }),
  recordDuty: () => ({
    input: { policyId: 'bank-vip', code: 'VIP_FILE_REGISTRATION', customerId, note: 'registered' },
  }),
  recordInstallation: () => ({ input: { ticketId: ids.Ticket, result: 'done' } }),
  recordInteraction: () => ({ input: { customerId, channel: 'PHONE', purpose: 'CARE', summary: 'called' } }),
  reopenTicket: () => ({ id: ids.Ticket, reason: 'again' }),
  requestArchiveAccess: () => ({ input: { contractId: ids.Contract, reason: 'a dispute' } }),
  requestGradeException: () => ({
    input: { customerId, schemeId: 'rural-credit', tierCode: 'VIP', reason: 'potential' },
  }),
  requestVipCard: () => ({ customerId }),
  resolveTicket: () => ({ id: ids.Ticket, resolution: 'paid', rootCause: 'ours' }),
  resubmitApplication: () => ({
    input: { id: ids.Application, expectedVersion: 1, reason: 'again', amount: { amount: '20' } },
  }),
  resumeTicket: () => ({ id: ids.Ticket }),
  revisePlan: () => ({ input: { id: ids.MaintenancePlan, expectedVersion: 2, ...plan } }),
  saveContact: () => ({ input: { customerId, name: 'Zhao', role: 'wife' } }),
  sendMessage: () => ({ input: { customerId, purpose: 'CARE', body: 'Dear customer' } }),
  snoozeAlert: () => ({ input: { id: ids.Alert, until: '2026-03-02T08:05:00+08:00', reason: 'calls back' } }),
  spendPlanBudget: () => ({ input: { planId: ids.MaintenancePlan, amount: { amount: '3' }, purpose: 'tea' } }),
  submitApplication: () => ({
    input: { policyId: 'bank-vip', kind: 'EXPENSE', customerId, reason: 'tea', amount: { amount: '20' } },
  }),
  submitAssessment: () => ({ id: ids.Assessment }),
  submitPlan: () => ({ id: ids.MaintenancePlan, expectedVersion: 2 }),
  submitSurveyResponse: () => ({ input: { customerId, topic: 'SERVICE_QUALITY', score: 5, channel: 'PHONE' } }),
  updateCustomer: () => ({ input: { id: customerId, expectedVersion: 2, stage: 'FORMAL' } }),
  updateTicket: () => ({ input: { id: ids.Ticket, expectedVersion: 2, comment: 'more' } }),
  holdTicket: () => ({ input: { id: ids.Ticket, waitsFor: 'ANOTHER_PARTY', reason: 'the carrier' } }),
  waitOnCustomer: () => ({ id: ids.Ticket, reason: 'papers' }),
};

test('every mutation is tried, or it is said why not', () => {
  const all = Object.keys(app.app.schema.getMutationType()?.getFields() ?? {});
  expect([...Object.keys(COMMANDS), ...Object.keys(OTHERWISE)].sort()).toEqual(all.sort());
});

/** A mutation with these arguments, and what it answers. */
async function sent(person: Person, name: string, args: object) {
  const field = app.app.schema.getMutationType()?.getFields()[name];
  const given = field?.args.filter((argument) => argument.name in args) ?? [];
  const head = given.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const pass = given.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const { data, errors } = await person.ask<Record<string, { __typename: string; reasons?: { code: string }[] }>>(
    `mutation (${head}) { ${name}(${pass}) { __typename ... on Error { message } ... on Refused { reasons { code } } } }`,
    args,
  );
  expect(errors).toBeUndefined();
  return data[name];
}

/** Rows of every table that has a customer, the audit trail left out. */
async function rowCounts(): Promise<Record<string, string>> {
  const { pool } = app.app.services.database;
  const { rows: tables } = await pool.query<{ name: string }>(
    "select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'customer_id' and table_name <> 'audit_entry'",
  );
  const counts: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query(`select md5(string_agg(t::text, '' order by t::text)) as hash from "${name}" t`);
    counts[name] = rows[0].hash;
  }
  return counts;
}

describe('each of them answers ERASED and writes nothing', () => {
  test.each(Object.keys(COMMANDS))('%s', async (name) => {
    const before = await rowCounts();
    const person = name === 'decideApproval' ? app.as('BK-A/COMMAND_CENTER') : director;
    expect(await sent(person, name, COMMANDS[name]?.() ?? {})).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'ERASED' }],
    });
    expect(await rowCounts()).toEqual(before);
  });
});

test('several decisions at once name it for each', async () => {
  const { data } = await app
    .as('BK-A/COMMAND_CENTER')
    .ask(
      'mutation ($input: DecideApprovalsInput!) { decideApprovals(input: $input) { ... on BulkDecision { failed { code } } } }',
      { input: { ids: [ids.Approval], decision: 'APPROVE' } },
    );
  expect(data.decideApprovals.failed).toEqual([{ code: 'ERASED' }]);
});

test('the number of an erased file is none for figures and lists', async () => {
  const { prisma } = app.app.services.database;
  const { number: customerNumber } = await prisma.customer.findFirstOrThrow({ where: { erasedAt: { not: null } } });
  const metrics = [{ customerNumber, key: 'TIME_DEPOSIT_REALTIME', value: '1', asOf: '2026-03-01' }];
  expect(
    await manager.does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics } }),
  ).toMatchObject({ accepted: 0, rejected: [{ code: 'UNKNOWN_CUSTOMER' }] });
});

describe('a command that is under way while the file is erased', () => {
  test.each([
    { it: 'a ticket', name: 'openTicket' },
    { it: 'contact', name: 'recordInteraction' },
    { it: 'a plan', name: 'draftPlan' },
    { it: 'consent', name: 'recordConsent' },
    { it: 'a contact person', name: 'saveContact' },
  ])('$it is refused, or comes before and is erased with the file', async ({ name }) => {
    const { prisma } = app.app.services.database;
    const word = 'Qwzx';
    for (let round = 0; round < 5; round++) {
      const fresh = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', name: word });
      const about = JSON.parse(
        JSON.stringify(COMMANDS[name]?.())
          .replaceAll(customerId, fresh.id)
          .replaceAll(/Keep|"No"|called|Zhao/g, (text) => (text === '"No"' ? `"${word}"` : word)),
      ) as object;
      const input = { id: fresh.id, expectedVersion: 1, reason: 'asks to be forgotten' };
      const [deleted, ...answers] = await Promise.all([
        director.ask(DELETE, { input }),
        ...Array.from({ length: 4 }, () => sent(director, name, about)),
      ]);
      const isErased = deleted.data.deleteCustomer.__typename === 'Customer';
      for (const answer of answers)
        if (answer?.__typename === 'Refused') expect(answer.reasons).toEqual([{ code: 'ERASED' }]);
      if (!isErased) continue;
      const { rows } = await app.app.services.database.pool.query(
        `with erased as (select id from customer where erased_at is not null)
         select 'ticket' from ticket where subject = $1 and customer_id in (select id from erased)
         union all select 'interaction' from interaction where summary = $1 and customer_id in (select id from erased)
         union all select 'maintenance_plan' from maintenance_plan where objective = $1 and customer_id in (select id from erased)
         union all select 'contact' from contact k join customer c on c.id = k.customer_id where k.name = $1 and c.erased_at is not null
         union all select 'customer' from customer where erased_at is not null and vip_consent`,
        [word],
      );
      expect(rows).toEqual([]);
    }
    expect(await prisma.customer.count({ where: { erasedAt: { not: null } } })).toBeGreaterThan(0);
  });
});
