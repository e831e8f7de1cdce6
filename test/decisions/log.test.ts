import { afterAll, beforeAll, expect, test } from 'vitest';
import { decisionRetention } from '../../server/domain/decisions/retain.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    now: '2026-03-02T08:00:00+08:00',
    settings: { decisions: { sampleOneIn: 0, keepDays: 90 } },
  });
});
afterAll(() => app[Symbol.asyncDispose]());

const TL = 'telecom-vip';
const decisions = async (filter: object = {}, who = 'TL-HQ/DIRECTOR') =>
  (await app.as(who).does('Decisions', { filter: { policyId: TL, ...filter }, first: 100 })).nodes;

test('a ticket that is opened keeps what the policy was asked and answered, and the clocks and the audit trail name it', async () => {
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(hall, { policyId: TL, branchCode: 'TL-A', phone: '13800138000' });
  const ticket = await givenTicket(hall, { customerId: customer.id });
  const [promise] = await decisions({ question: 'PROMISE' });
  expect(promise).toMatchObject({
    policyId: TL,
    outcome: 'ANSWERED',
    decidedBy: TL,
    sampled: false,
    facts: { cause: 'OPENED', ticket: { type: 'COMPLAINT', level: 1 }, customer: { kind: 'INDIVIDUAL' } },
  });
  expect(promise.tookMs).toBeGreaterThan(0);
  const CLOCKS = 'query($id: ID!) { ticket(id: $id) { clocks { metric dueAt decisionId policyVersion } } }';
  const { clocks } = (await hall.ask(CLOCKS, { id: ticket.id })).data.ticket;
  expect(clocks.map(({ decisionId }) => decisionId)).toEqual(clocks.map(() => promise.id));
  expect(promise.decidedVersion).toBe(clocks[0].policyVersion);
  expect((promise.answer as { metric: string }[]).map(({ metric }) => metric)).toEqual(
    clocks.map(({ metric }) => metric),
  );

  const trail = await app.as('TL-HQ/DIRECTOR').does('AuditTrail', { filter: { subjectId: ticket.id } });
  const { decisionIds } = trail.nodes.find(({ action }) => action === 'OPEN_TICKET');
  const named = [];
  for (const id of decisionIds) named.push(await app.as('TL-HQ/DIRECTOR').does('Decision', { id }));
  expect(named.map(({ question }) => question).sort()).toEqual(['GUARD', 'PROMISE', 'REACT']);
});

test('nothing by which the customer is known is in it', async () => {
  const { rows } = await app.app.services.database.pool.query('select facts::text from policy_decision');
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.filter(({ facts }) => /13800138000|王芳|N-\d/.test(facts))).toEqual([]);
});

test('an assessment, its grade and its approval name what decided them', async () => {
  const bank = app.as('BK-A/CUSTOMER_MANAGER');
  const [policyId, who] = ['bank-vip', 'BK-HQ/DIRECTOR'];
  const customer = await givenCustomer(bank, { policyId, branchCode: 'BK-A' });
  const key = 'TIME_DEPOSIT_REALTIME';
  const metrics = [{ customerNumber: customer.number, key, value: '100000', asOf: '2026-02-28' }];
  await bank.does('RecordMetrics', { input: { policyId, source: 'core', metrics } });
  const { id } = await bank.does('AssessCustomer', { input: { customerId: customer.id, schemeId: 'rural-credit' } });
  const { approval } = await bank.does('SubmitAssessment', { id });
  for (const role of ['SUPERVISOR', 'COMMAND_CENTER'])
    await app.as(`BK-A/${role}`).does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  const named = await bank.ask(
    `query($id: ID!) { customer(id: $id) { grades(first: 1) { nodes { decisionId } } assessments(first: 1) { nodes { decisionId approval { decisionId } } } } }`,
    { id: customer.id },
  );
  const [grade] = await decisions({ policyId, question: 'GRADE' }, who);
  const [route] = await decisions({ policyId, question: 'ROUTE' }, who);
  expect(grade).toMatchObject({ outcome: 'ANSWERED', facts: { scheme: 'rural-credit' }, answer: { tier: 'VIP' } });
  expect((grade.answer as { indicators: unknown[] }).indicators.length).toBeGreaterThan(0);
  expect(route).toMatchObject({ facts: { kind: 'ASSESSMENT' } });
  expect(named.data.customer).toEqual({
    grades: { nodes: [{ decisionId: grade.id }] },
    assessments: { nodes: [{ decisionId: grade.id, approval: { decisionId: route.id } }] },
  });
});

test('a refusal is kept a moment later, though nothing is written by it', async () => {
  const refused = await app.as('TL-A/CUSTOMER_MANAGER').does('CreateCustomer', {
    input: {
      policyId: TL,
      branchCode: 'TL-A',
      number: 'declined',
      kind: 'INDIVIDUAL',
      name: '王芳',
      consent: { vipService: false, marketing: false },
    },
  });
  expect(refused.__typename).toBe('Refused');
  await app.advance('2026-03-02T08:01:00+08:00');
  const kept = await decisions({ question: 'GUARD' });
  expect(kept.filter(({ sampled }) => sampled)).toMatchObject([
    { facts: { action: 'CREATE_CUSTOMER' }, answer: { refusals: [{ code: 'CUSTOMER_DECLINED' }] } },
  ]);
});

test.each([
  { who: 'TL-HQ/DIRECTOR', may: true },
  { who: 'SYS/AUDITOR', may: true },
  { who: 'SYS/ADMIN', may: true },
  { who: 'TL-A/SUPERVISOR', may: false },
  { who: 'TL-A/CUSTOMER_MANAGER', may: false },
  { who: 'BK-HQ/DIRECTOR', may: false },
])('$who may read them: $may', async ({ who, may }) => {
  const [{ id } = { id: '' }] = await decisions();
  const listed = await app.as(who).ask('Decisions', { filter: { policyId: TL } });
  expect(listed.errors?.[0]?.extensions?.code).toBe(may ? undefined : 'FORBIDDEN');
  expect((await app.as(who).does('Decision', { id }))?.__typename).toBe(may ? 'PolicyDecision' : undefined);
});

test('they are found by question, outcome and time, page by page', async () => {
  const all = await decisions();
  const promises = all.filter(({ question }) => question === 'PROMISE');
  expect(await decisions({ question: 'PROMISE' })).toEqual(promises);
  expect(await decisions({ outcome: 'LEFT' })).toEqual(all.filter(({ outcome }) => outcome === 'LEFT'));
  expect(await decisions({ from: '2026-03-02T08:00:01+08:00' })).toEqual(
    all.filter(({ at }) => Date.parse(at) >= Date.parse('2026-03-02T08:00:01+08:00')),
  );
  const first = await app.as('TL-HQ/DIRECTOR').does('Decisions', { filter: { policyId: TL }, first: 2 });
  const next = await app
    .as('TL-HQ/DIRECTOR')
    .does('Decisions', { filter: { policyId: TL }, first: 2, after: first.pageInfo.endCursor });
  expect([...first.nodes, ...next.nodes]).toEqual(all.slice(0, 4));
  expect(first.totalCount).toBe(all.length);
});

test('they go when their days are over, by the database’s time, and what they came to stays', async () => {
  const { services } = app.app;
  const { pool } = services.database;
  const count = async () => (await pool.query('select count(*)::int as n from policy_decision')).rows[0].n;
  const all = await count();
  await pool.query(`update policy_decision set recorded_at = now() - interval '91 days' where question = 'promise'`);
  const running = { ...services, clock: { now: () => services.clock.now(), held: false } };
  const { rows } = await pool.query(`select count(*)::int as n from policy_decision where question = 'promise'`);
  await decisionRetention(90).run(running);
  expect(await count()).toBe(all - (rows[0]?.n ?? 0));
  const { rows: clocks } = await pool.query('select count(*)::int as n from sla_clock where decision_id is not null');
  expect(clocks[0]?.n).toBeGreaterThan(0);
});
