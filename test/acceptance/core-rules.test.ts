import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { refused } from './applying.ts';
import { advances, decides, reads, skipped, starts } from './keeping.ts';

// Monday; the next Saturday is no working day.
const NOW = '2026-03-02T10:00:00+08:00';
const CORE = { policyId: 'core', branchCode: 'CO-A' };
let app: TestApp;
let manager: Person;
let supervisor: Person;
let director: Person;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('CO-A/CUSTOMER_MANAGER');
  supervisor = app.as('CO-A/SUPERVISOR');
  director = app.as('CO-A/DIRECTOR');
});
afterAll(() => app[Symbol.asyncDispose]());

const stageOf = async (id: string) =>
  (await manager.ask('query ($id: ID!) { customer(id: $id) { stage } }', { id })).data.customer.stage;

describe('A-182: a signed contract makes a potential customer formal', () => {
  const file = (customerId: string, name: string) =>
    manager.ask(
      'mutation ($input: FileContractInput!) { fileContract(input: $input) { __typename ... on Contract { id } } }',
      { input: { customerId, name, content: 'Terms' } },
    );
  test('from POTENTIAL to FORMAL, and the audit trail says what it follows from', async () => {
    const { id } = await givenCustomer(manager, CORE);
    expect(await stageOf(id)).toBe('POTENTIAL');
    await file(id, '2026-0182-SALE');
    expect(await stageOf(id)).toBe('FORMAL');
    const { data } = await supervisor.ask(
      'query ($id: ID!) { auditTrail(filter: { customerId: $id, actions: ["UPDATE_CUSTOMER"] }) { nodes { changes { field before after } } } }',
      { id },
    );
    expect(data.auditTrail.nodes).toEqual([{ changes: [{ field: 'stage', before: 'POTENTIAL', after: 'FORMAL' }] }]);
  });
  test.each(['KEY', 'SPECIAL'])('a %s customer stays what it is', async (stage) => {
    const { id } = await givenCustomer(manager, { ...CORE, stage });
    await file(id, `2026-01${stage.length}2-${stage}`);
    expect(await stageOf(id)).toBe(stage);
  });
});

test('A-176: a rule is not changed before the board approved it, and is in force from its publication', async () => {
  const head = app.as('CO-HQ/DIRECTOR');
  const change = await starts(head, null, {
    coreRuleChange: { rule: 'Article 4', change: 'Two managers a department' },
  });
  expect(change).toMatchObject({ state: 'PENDING_APPROVAL' });
  expect(change.steps[0]?.approval?.steps).toEqual([{ role: 'EXECUTIVE' }]);
  const publish = { brings: { coreRuleChangePublished: { publishedOn: '2026-03-09' } } };
  expect(await advances(head, change, 'PUBLISHED', publish)).toMatchObject(refused('RECORD_IN_APPROVAL'));
  expect(await decides(app.as('CO-HQ/SUPERVISOR'), change, 'APPROVED')).toMatchObject({ __typename: 'Refused' });
  await decides(app.as('CO-HQ/EXECUTIVE'), change, 'APPROVED', 'RETURN', 'Say from when');
  const returned = (await reads(head, change)) ?? change;
  expect(await advances(head, returned, 'PUBLISHED', publish)).toMatchObject(skipped('APPROVED'));
  const again = await advances(head, returned, 'APPROVED');
  await decides(app.as('CO-HQ/EXECUTIVE'), again, 'APPROVED');
  const approved = (await reads(head, again)) ?? again;
  expect(await advances(head, approved, 'PUBLISHED', publish)).toMatchObject({ state: 'CLOSED' });
  // The same of an application: carrying it out before the approval is refused.
  const applied = await director.does('SubmitApplication', {
    input: { policyId: 'core', kind: 'AUTHORITY_CHANGE', fields: { rule: 'Article 5', change: 'x' }, reason: 'growth' },
  });
  expect(await director.does('CarryOutApplication', { id: applied.id })).toMatchObject(refused('NOT_APPROVED'));
});

/** Whoever of them decides next does. */
const APPROVERS = ['CO-A/SUPERVISOR', 'CO-A/COMMAND_CENTER', 'CO-A/DIRECTOR', 'CO-HQ/DIRECTOR'];

const VIP = { vipCategory: 'CUSTOMER' };
const exception = (customerId: string, tierCode: string, person = director) =>
  person.does('RequestGradeException', { input: { customerId, schemeId: 'hotel', tierCode, reason: 'invited guest' } });

test.each(['CUSTOMER', 'EMPLOYEE', 'PARTNER'])(
  'A-171: a VIP without a category is refused; %s is one',
  async (vipCategory) => {
    const without = await givenCustomer(manager, CORE);
    expect(await exception(without.id, 'VC')).toMatchObject(refused('NO_VIP_CATEGORY'));
    const { id } = await givenCustomer(manager, { ...CORE, profile: { vipCategory } });
    expect(await exception(id, 'VC')).toMatchObject({ __typename: 'Approval', state: 'PENDING' });
  },
);

async function vip(): Promise<string> {
  const { id } = await givenCustomer(manager, { ...CORE, profile: VIP });
  const asked = await exception(id, 'VD', supervisor);
  await app.as('CO-HQ/SUPERVISOR').does('DecideApproval', { input: { id: asked.id, decision: 'APPROVE' } });
  return id;
}

test("A-170: a VIP's complaint is handled at once, leaders are told, and a corrective plan is due within 48 hours", async () => {
  const customerId = await vip();
  const ticket = await givenTicket(manager, { customerId });
  const due = Date.parse(ticket.clocks.find(({ metric }: { metric: string }) => metric === 'FIRST_RESPONSE')?.dueAt);
  // The clock runs at any hour, and not in office hours.
  expect(due).toBeGreaterThan(Date.parse(NOW));
  const told = async () => {
    const { data } = await director.ask(
      'query ($f: AlertFilter) { alerts(filter: $f, first: 20) { edges { node { kind severity audience customer { id } } } } }',
      { f: { kinds: ['ATTENTION'] } },
    );
    return data.alerts.edges.map(({ node }: { node: object }) => node);
  };
  const audience = ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'];
  const leaders = [{ kind: 'ATTENTION', severity: 'CRITICAL', audience, customer: { id: customerId } }];
  await expect.poll(told, { timeout: 10_000 }).toMatchObject(leaders);
  const tasks = (await manager.ask('{ tasks(first: 50) { nodes { title dueAt customer { id } } } }')).data.tasks.nodes;
  expect(tasks.filter((task: { customer: { id: string } | null }) => task.customer?.id === customerId)).toMatchObject([
    { dueAt: new Date(Date.parse(NOW) + 48 * 3_600_000).toISOString() },
  ]);
  const ordinary = await givenCustomer(manager, CORE);
  await givenTicket(manager, { customerId: ordinary.id });
  expect(await told()).toMatchObject(leaders);
});

test('A-179: a message of 22:00 is taken, and is answered in working hours', async () => {
  await app.advance('2026-03-06T22:00:00+08:00');
  const { id } = await givenCustomer(manager, CORE);
  const ticket = await givenTicket(manager, { customerId: id, type: 'INQUIRY', channel: 'CHAT' });
  expect(ticket).toMatchObject({ __typename: 'Ticket' });
  const clock = ticket.clocks.find(({ metric }: { metric: string }) => metric === 'FIRST_RESPONSE');
  // Friday night: nine office hours begin on Monday at nine.
  expect(clock.dueAt).toBe('2026-03-09T10:00:00.000Z');
});

test('A-172: the hotline of a premium customer answers on a public holiday', async () => {
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'core');
  const weights = {
    premiumSpendingWeight: '40',
    premiumLoyaltyWeight: '35',
    premiumBehaviourWeight: '25',
    premiumFrom: '60',
  };
  await admin.does('ConfigurePolicy', {
    input: {
      policyId: 'core',
      expectedVersion: version,
      reason: 'weights',
      parameters: Object.entries(weights).map(([key, value]) => ({ key, value })),
    },
  });
  const { id } = await givenCustomer(manager, { ...CORE, profile: VIP });
  const judgements = ['SPENDING', 'LOYALTY', 'BEHAVIOUR'].map((indicator) => ({
    indicator,
    score: '90',
    basis: 'figures',
  }));
  const assessed = await manager.does('AssessCustomer', {
    input: { customerId: id, schemeId: 'premium', judgements },
  });
  expect(assessed).toMatchObject({ __typename: 'Assessment' });
  const submitted = await manager.does('SubmitAssessment', { id: assessed.id });
  expect(submitted).toMatchObject({ approval: { state: 'PENDING' } });
  const approvalId = submitted.approval?.id;
  for (const who of APPROVERS)
    await app.as(who).does('DecideApproval', { input: { id: approvalId, decision: 'APPROVE' } });
  const held = await supervisor.ask('query ($id: ID!) { customer(id: $id) { grade { tier { code } } } }', { id });
  expect(held.data.customer.grade).toEqual({ tier: { code: 'PREMIUM' } });
  // National Day, three in the morning.
  await app.advance('2026-10-01T03:00:00+08:00');
  const ticket = await givenTicket(manager, { customerId: id, type: 'INQUIRY', channel: 'HOTLINE' });
  const first = (metric: string, of: typeof ticket) =>
    of.clocks.find((clock: { metric: string }) => clock.metric === metric).dueAt;
  expect(first('FIRST_RESPONSE', ticket)).toBe('2026-10-01T04:00:00.000Z');
  const other = await givenCustomer(manager, CORE);
  const ordinary = await givenTicket(manager, { customerId: other.id, type: 'INQUIRY', channel: 'HOTLINE' });
  // The holiday ends with 7 October.
  expect(first('FIRST_RESPONSE', ordinary)).toBe('2026-10-08T10:00:00.000Z');
}, 120_000);

test('A-161: a registered key account is reviewed yearly, and a poor result proposes a lower tier', async () => {
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'core');
  const bars = { registeredGoldFrom: '1000', registeredPlatinumFrom: '2000', registeredDiamondFrom: '3000' };
  await admin.does('ConfigurePolicy', {
    input: {
      policyId: 'core',
      expectedVersion: version,
      reason: 'bars',
      parameters: Object.entries(bars).map(([key, value]) => ({ key, value })),
    },
  });
  const profile = { ...VIP, registration: 'REGISTERED' };
  const customer = await givenCustomer(manager, { ...CORE, kind: 'INSTITUTION', name: 'Da Tong Ltd', profile });
  const today = app.app.services.clock.now().toISOString().slice(0, 10);
  const spends = async (value: string, asOf: string) => {
    const metrics = [{ customerNumber: customer.number, key: 'ANNUAL_SPEND', value, asOf }];
    await manager.does('RecordMetrics', { input: { policyId: 'core', source: 'sales', metrics } });
    return supervisor.does('AssessCustomer', {
      input: { customerId: customer.id, schemeId: 'registered-key-account' },
    });
  };
  const first = await spends('3500', today);
  expect(first).toMatchObject({ proposedTier: { code: 'DIAMOND' } });
  const submitted = await manager.does('SubmitAssessment', { id: first.id });
  for (const who of APPROVERS)
    await app.as(who).does('DecideApproval', { input: { id: submitted.approval.id, decision: 'APPROVE' } });
  const grade = async () =>
    (
      await supervisor.ask('query ($id: ID!) { customer(id: $id) { grade { tier { code } reviewDueOn } } }', {
        id: customer.id,
      })
    ).data.customer.grade;
  const held = await grade();
  expect(held.tier.code).toBe('DIAMOND');
  expect(held.reviewDueOn.slice(0, 4)).toBe(String(Number(today.slice(0, 4)) + 1));
  await app.advance(`${held.reviewDueOn}T09:00:00+08:00`);
  // Whoever manages the customer is told that the review is due.
  const due = async () => {
    const { data } = await manager.ask(
      'query ($f: AlertFilter) { alerts(filter: $f, first: 50) { edges { node { kind customer { id } } } } }',
      { f: { kinds: ['GRADE_REVIEW_DUE'] } },
    );
    return data.alerts.edges.map(({ node }: { node: object }) => node);
  };
  await expect
    .poll(due, { timeout: 20_000 })
    .toEqual(expect.arrayContaining([{ kind: 'GRADE_REVIEW_DUE', customer: { id: customer.id } }]));
  expect(await spends('1500', held.reviewDueOn)).toMatchObject({ status: 'PROPOSED', proposedTier: { code: 'GOLD' } });
}, 240_000);
