import { idOf, newId } from '../../server/platform/values/ids.ts';
import type { Person, TestApp } from '../support/app.ts';
import { givenFile, pdf } from '../support/files.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

/** What stands in every text of an outlet's data; no answer to a stranger may hold it. */
export const markOf = (branchCode: string) => `MARK${branchCode.replace('-', '')}`;

const REQUEST_CARD = `mutation ($customerId: ID!) {
  requestVipCard(customerId: $customerId) { __typename ... on VipCard { id } ... on Refused { message } }
}`;

const SEND_MESSAGE = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ... on Message { id } ... on Refused { message } }
}`;

async function expectType<Result extends { __typename: string }>(
  type: string,
  answer: Promise<Result>,
): Promise<Result> {
  const result = await answer;
  if (result.__typename !== type) throw new Error(JSON.stringify(result));
  return result;
}

/** A bank outlet with one of everything that belongs to a customer; what is due raises alerts when the clock moves on. */
export async function plantBankOutlet(app: TestApp, branchCode: string): Promise<void> {
  const [manager, supervisor, center] = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER'].map((role) =>
    app.as(`${branchCode}/${role}`),
  ) as [Person, Person, Person];
  const mark = markOf(branchCode);
  const first = await givenCustomer(manager, {
    policyId: 'bank-vip',
    branchCode,
    number: `${mark}-1`,
    name: `${mark} Wang`,
    phone: '13912340000',
    profile: { realNameVerified: true },
  });
  const second = await givenCustomer(manager, {
    policyId: 'bank-vip',
    branchCode,
    number: `${mark}-2`,
    name: `${mark} Li`,
  });
  const credit = { bankVipCreditRequest: { amount: '1000', purpose: mark } };
  await expectType('RecordPayload', manager.does('StartRecord', { input: { about: first.id, record: credit } }));
  await manager.does('RecordMetrics', {
    input: {
      policyId: 'bank-vip',
      source: mark,
      metrics: [first, second].map(({ number }) => ({
        customerNumber: number,
        key: 'TIME_DEPOSIT_REALTIME',
        value: '100000',
        asOf: '2026-02-28',
      })),
    },
  });
  for (const customer of [first, second]) {
    const input = { customerId: customer.id, schemeId: 'rural-credit', remarks: mark };
    const assessment = await expectType('Assessment', manager.does('AssessCustomer', { input }));
    const { approval } = await expectType('Assessment', manager.does('SubmitAssessment', { id: assessment.id }));
    if (customer === second) continue;
    for (const person of [supervisor, center])
      await expectType('Approval', person.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } }));
  }
  const card = await manager.ask(REQUEST_CARD, { customerId: first.id });
  if (card.data?.requestVipCard.__typename !== 'VipCard') throw new Error(JSON.stringify(card));
  const { data: own } = await supervisor.ask('{ viewer { branch { id } } }');
  const shift = {
    policyId: 'bank-vip',
    branchId: own.viewer.branch.id,
    post: 'SUPERVISOR',
    staffId: supervisor.id,
    from: '2026-03-02T08:00:00+08:00',
    until: '2026-03-02T20:00:00+08:00',
    note: mark,
  };
  await expectType('RotaShift', supervisor.does('SetShift', { input: shift }));
  const plan = await expectType(
    'MaintenancePlan',
    manager.does('DraftPlan', {
      input: {
        customerId: first.id,
        objective: mark,
        startsOn: '2026-03-02',
        endsOn: '2026-06-30',
        budget: { amount: '100' },
        measures: [{ way: 'PHONE', measure: mark, dueAt: '2026-03-02T10:00:00+08:00', assigneeId: manager.id }],
      },
    }),
  );
  const { approval } = await expectType(
    'MaintenancePlan',
    manager.does('SubmitPlan', { id: plan.id, expectedVersion: 1 }),
  );
  const director = app.as(`${branchCode}/DIRECTOR`);
  await expectType(
    'BudgetAccount',
    director.does('AllocateBudget', {
      input: { policyId: 'bank-vip', branchCode, year: 2026, amount: { amount: '1000' }, purpose: mark },
    }),
  );
  await expectType('Approval', center.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } }));
  const expense = { policyId: 'bank-vip', kind: 'EXPENSE', customerId: first.id, planId: plan.id, reason: mark };
  await expectType(
    'Application',
    manager.does('SubmitApplication', { input: { ...expense, amount: { amount: '20' }, emergency: true } }),
  );
  await expectType(
    'Delegation',
    center.does('DelegateAuthority', {
      input: {
        policyId: 'bank-vip',
        toId: supervisor.id,
        role: 'COMMAND_CENTER',
        until: '2026-12-31T00:00:00+08:00',
        writtenRecord: mark,
      },
    }),
  );
  const message = await manager.ask(SEND_MESSAGE, {
    input: { customerId: first.id, purpose: 'CARE', body: mark },
  });
  if (message.data?.sendMessage.__typename !== 'Message') throw new Error(JSON.stringify(message));
  const interaction = { channel: 'PHONE', purpose: 'CARE', summary: mark };
  await expectType(
    'Interaction',
    manager.does('RecordInteraction', { input: { customerId: first.id, ...interaction } }),
  );
  const ticket = await givenTicket(manager, { customerId: first.id, subject: mark });
  await manager.does('UpdateTicket', { input: { id: ticket.id, expectedVersion: 1, comment: mark } });
  const again = await givenTicket(manager, { customerId: first.id, subject: mark });
  const link = { id: again.id, otherId: ticket.id, kind: 'SAME_CAUSE', reason: mark };
  await expectType('Ticket', manager.does('LinkTickets', { input: link }));
  await givenFile(app, manager, ticket.id, `${mark}.pdf`, pdf(mark));
  await manager.ask(
    `mutation ($id: ID!) {
      fileContract(input: { customerId: $id, name: "2026-${branchCode === 'BK-A' ? '0001' : '0002'}-LOAN", content: "${mark}" }) { __typename }
      discloseCustomer(input: { customerId: $id, recipient: "${mark}", items: ["${mark}"], purpose: "${mark}", legalBasis: "law" }) { __typename }
    }`,
    { id: first.id },
  );
  const response = await expectType(
    'SurveyResponse',
    manager.does('SubmitSurveyResponse', {
      input: { customerId: first.id, topic: 'SERVICE_QUALITY', score: 2, comment: mark, channel: 'PHONE' },
    }),
  );
  await expectType(
    'ImprovementMeasure',
    manager.does('AddImprovementMeasure', {
      input: {
        policyId: 'bank-vip',
        finding: mark,
        measure: mark,
        ownerId: manager.id,
        dueOn: '2026-04-01',
        surveyResponseIds: [response.id],
      },
    }),
  );
}

/** What a department has beside its customers: a meeting, a dispute, a target, a report, a grading run, a sample of its records. */
export async function plantDepartment(app: TestApp, branchCode: string): Promise<void> {
  const chief = app.as(`${branchCode}/DIRECTOR`);
  const mark = markOf(branchCode);
  const line = { policyId: 'bank-vip' };
  await expectType(
    'Meeting',
    chief.does('HoldMeeting', {
      input: {
        ...line,
        kind: 'DEPARTMENT',
        agenda: mark,
        attendeeIds: [chief.id],
        resolutions: [{ text: mark }, { text: mark, ownerId: chief.id }],
      },
    }),
  );
  await expectType('Dispute', chief.does('OpenDispute', { input: { ...line, subject: mark, parties: mark } }));
  const target = { ...line, staffId: chief.id, key: 'HANDLED', year: 2026, value: '5' };
  await expectType('StaffTargets', chief.does('SetStaffTarget', { input: target }));
  const { prisma } = app.app.services.database;
  const branch = await prisma.branch.findUniqueOrThrow({ where: { code: branchCode } });
  const records = await prisma.interaction.findMany({ where: { customer: { branchId: branch.id } } });
  await prisma.serviceSample.create({
    data: {
      id: newId(),
      ...line,
      branchId: branch.id,
      quarter: mark,
      population: records.length,
      interactionIds: records.map(({ id }) => id),
      drawnById: idOf('Staff', chief.id),
      drawnAt: app.app.services.clock.now(),
    },
  });
  await prisma.gradingRun.create({
    data: {
      id: newId(),
      ...line,
      branchId: branch.id,
      branchIds: [branch.id],
      state: 'COMPLETED',
      total: records.length,
      policyVersion: mark,
      startedById: idOf('Staff', chief.id),
      startedAt: app.app.services.clock.now(),
      updatedAt: app.app.services.clock.now(),
    },
  });
  await prisma.periodReport.create({
    data: {
      id: newId(),
      ...line,
      branchId: branch.id,
      kind: mark,
      month: new Date('2026-02-01T00:00:00Z'),
      summary: mark,
      content: { month: '2026-02', figures: {}, issues: [] },
      late: false,
      filedById: idOf('Staff', chief.id),
      filedAt: app.app.services.clock.now(),
    },
  });
}

/** A customer with a ticket in another business line. */
export async function plantOtherLine(app: TestApp, branchCode: string, policyId: string): Promise<void> {
  const manager = app.as(`${branchCode}/CUSTOMER_MANAGER`);
  const mark = markOf(branchCode);
  const customer = await givenCustomer(manager, { policyId, branchCode, number: `${mark}-1`, name: `${mark} Zhao` });
  await givenTicket(manager, { customerId: customer.id, subject: mark });
}

/** Who tries to change what is outlet A's: every role that changes anything, at another outlet, and another line's head office. */
export const OUTSIDERS = [
  'BK-B/CUSTOMER_MANAGER',
  'BK-B/SUPERVISOR',
  'BK-B/COMMAND_CENTER',
  'BK-B/DIRECTOR',
  'BK-B/EXECUTIVE',
  'TL-HQ/DIRECTOR',
  'SYS/ADMIN',
] as const;
