import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// What keeps a customer from a tier keeps them from it on every way, and from what comes with it (A-025, decision 0025).

const policyId = 'bank-vip';
const BANK = { policyId, branchCode: 'BK-A' };
const EXCEPTION = { schemeId: 'rural-credit', tierCode: 'VIP', reason: 'head of an enterprise' };
let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === policyId);
  const parameters = [
    { key: 'personalGoldFrom', value: 200_000 },
    { key: 'personalPlatinumFrom', value: 1_000_000 },
    { key: 'personalDiamondFrom', value: 5_000_000 },
  ];
  await admin.does('ConfigurePolicy', {
    input: { policyId, parameters, reason: 'the year', expectedVersion: version },
  });
});
afterAll(() => app[Symbol.asyncDispose]());

const refused = (code: string) => ({ __typename: 'Refused', reasons: [{ code }] });
const decide = (id: string, decision = 'APPROVE') =>
  app.as('BK-HQ/DIRECTOR').does('DecideApproval', { input: { id, decision, comment: 'seen' } });
const assess = (customerId: string, schemeId: string) =>
  manager.does('AssessCustomer', { input: { customerId, schemeId } });
const ask = (customerId: string, more: object = {}) =>
  manager.does('RequestGradeException', { input: { customerId, ...EXCEPTION, ...more } });
const gradeOf = async (id: string) => (await manager.does('CustomerDetail', { id })).grade;
const CARD =
  '{ __typename ... on VipCard { id state } ... on Refused { reasons { code } } ... on InvalidInput { issues { path } } }';
interface Card {
  readonly id: string;
  readonly state: string;
}
const card = async (id: string) =>
  (
    await manager.ask<{ requestVipCard: Card }>(`mutation ($id: ID!) { requestVipCard(customerId: $id) ${CARD} }`, {
      id,
    })
  ).data.requestVipCard;
const move = async (id: string, state: string) =>
  (
    await manager.ask<{ moveVipCard: Card }>(
      `mutation ($id: ID!, $state: VipCardState!) { moveVipCard(id: $id, state: $state) ${CARD} }`,
      {
        id,
        state,
      },
    )
  ).data.moveVipCard;

async function figures(number: string, values: Record<string, string>) {
  const metrics = Object.entries(values).map(([key, value]) => ({
    customerNumber: number,
    key,
    value,
    asOf: '2026-03-01',
  }));
  await manager.does('RecordMetrics', { input: { policyId, source: 'core', metrics } });
}

/** A customer who holds the tier of the rural credit union. */
async function vip(more: Record<string, unknown> = {}) {
  const customer = await givenCustomer(manager, { ...BANK, ...more });
  expect(await decide((await ask(customer.id)).id)).toMatchObject({ state: 'APPROVED' });
  return customer;
}

const update = async (id: string, input: object) => {
  const { version } = await app.app.services.database.prisma.customer.findFirstOrThrow({
    where: { number: (await manager.does('CustomerDetail', { id })).number },
  });
  return manager.does('UpdateCustomer', { input: { id, expectedVersion: version, ...input } });
};

describe.each([
  { it: 'was found false', profile: { realNameVerified: false } },
  { it: 'was recorded by nobody', profile: {} },
  { it: 'belongs to a file without a profile', profile: undefined },
])('a personal tier where the real name $it', ({ profile }) => {
  test('is neither assessed nor asked for, and no run gives it', async () => {
    const customer = await givenCustomer(manager, { ...BANK, ...(profile && { profile }) });
    await figures(customer.number, { TOTAL_BALANCE: '1000000' });
    expect(await assess(customer.id, 'personal')).toMatchObject(refused('REAL_NAME_NOT_VERIFIED'));
    const personal = { schemeId: 'personal', tierCode: 'GOLD' };
    expect(await ask(customer.id, personal)).toMatchObject(refused('REAL_NAME_NOT_VERIFIED'));
    const supervisor = app.as('BK-A/SUPERVISOR');
    const run = await supervisor.does('StartGradingRun', { policyId, schemeId: 'personal' });
    await using progress = supervisor.follows('GradingRunProgress', { id: run.id });
    let last = await progress.next();
    while (last.state === 'RUNNING') last = await progress.next();
    expect(last).toMatchObject({ state: 'COMPLETED', proposed: 0, promoted: 0 });
    expect(await gradeOf(customer.id)).toBeNull();
  });
});

test('a name that is found false between the steps stops the next one', async () => {
  const profile = { realNameVerified: true };
  const customer = await givenCustomer(manager, { ...BANK, profile });
  await figures(customer.number, { TOTAL_BALANCE: '250000' });
  const [first, second] = [await assess(customer.id, 'personal'), await assess(customer.id, 'personal')];
  expect(first).toMatchObject({ proposedTier: { code: 'GOLD' } });
  const submitted = await manager.does('SubmitAssessment', { id: first.id });
  expect(submitted).toMatchObject({ __typename: 'Assessment' });
  await update(customer.id, { profile: { realNameVerified: false } });
  expect(await manager.does('SubmitAssessment', { id: second.id })).toMatchObject(refused('REAL_NAME_NOT_VERIFIED'));
  const { nodes } = await app.as('BK-HQ/DIRECTOR').does('Approvals', { filter: { states: ['PENDING'] }, first: 100 });
  const { id } = nodes.find(({ subject }: { subject: { id: string } }) => subject?.id === first.id);
  await app.as('BK-A/SUPERVISOR').does('DecideApproval', { input: { id, decision: 'APPROVE', comment: 'rated' } });
  expect(await decide(id)).toMatchObject(refused('REAL_NAME_NOT_VERIFIED'));
  expect(await gradeOf(customer.id)).toBeNull();
});

test('a scheme whose documents ask for no real name goes by none, but a false one gets no card', async () => {
  const { id } = await vip({ profile: { realNameVerified: false } });
  expect(await gradeOf(id)).toMatchObject({ tier: { code: 'VIP' } });
  expect(await card(id)).toMatchObject(refused('REAL_NAME_NOT_VERIFIED'));
});

describe('a card goes with its tier', () => {
  test('withdrawn consent ends the tier and closes the card, which goes no further', async () => {
    const { id: customerId } = await vip();
    const { id } = await card(customerId);
    expect(await move(id, 'IN_PRODUCTION')).toMatchObject({ state: 'IN_PRODUCTION' });
    const withdrawn = { customerId, vipService: false, marketing: false, evidence: 'a letter' };
    await manager.does('RecordConsent', { input: withdrawn });
    const { prisma } = app.app.services.database;
    const stored = await prisma.vipCard.findFirstOrThrow({ orderBy: { requestedAt: 'desc' } });
    expect(stored.state).toBe('CLOSED');
    for (const state of ['COUNTY_STOCK', 'OPENED'])
      expect(await move(id, state)).toMatchObject({ __typename: 'Refused' });
  });

  test('a tier that runs out closes the card', async () => {
    await using later = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
    const hall = later.as('BK-A/CUSTOMER_MANAGER');
    const { id: customerId } = await givenCustomer(hall, BANK);
    const input = { customerId, ...EXCEPTION, until: '2026-03-10' };
    const asked = await hall.does('RequestGradeException', { input });
    await later.as('BK-HQ/DIRECTOR').does('DecideApproval', { input: { id: asked.id, decision: 'APPROVE' } });
    const REQUEST = `mutation ($id: ID!) { requestVipCard(customerId: $id) ${CARD} }`;
    expect((await hall.ask(REQUEST, { id: customerId })).data.requestVipCard).toMatchObject({ state: 'REQUESTED' });
    await later.advance('2026-03-11T01:00:00+08:00');
    const [stored] = await later.app.services.database.prisma.vipCard.findMany();
    expect(stored?.state).toBe('CLOSED');
    expect((await hall.ask(REQUEST, { id: customerId })).data.requestVipCard).toMatchObject(refused('NO_TIER'));
  });

  test('a step takes what the card took: who departed gets no further, and it can be closed', async () => {
    const { id: customerId } = await vip();
    const { id } = await card(customerId);
    await update(customerId, { stage: 'LAPSED' });
    expect(await move(id, 'IN_PRODUCTION')).toMatchObject(refused('CUSTOMER_DEPARTED'));
    expect(await move(id, 'CLOSED')).toMatchObject({ state: 'CLOSED' });
  });
});

describe('whoever departed is given nothing', () => {
  const plan = (customerId: string) => ({
    customerId,
    objective: 'Keep',
    startsOn: '2026-03-10',
    endsOn: '2026-06-30',
    budget: { amount: '100' },
    measures: [{ way: 'PHONE', measure: 'Call', dueAt: '2026-03-20T10:00:00+08:00', assigneeId: manager.id }],
  });
  const BENEFIT = 'query ($id: ID!) { customer(id: $id) { benefits { code } mayUse(code: "VIP_CARD") { allowed } } }';

  test('a customer who lapsed', async () => {
    const { id, number } = await vip();
    await figures(number, { DEMAND_DEPOSIT_MONTHLY_AVG_1Y: '90000', TIME_DEPOSIT_REALTIME: '0' });
    const assessment = await assess(id, 'rural-credit');
    const draft = await manager.does('DraftPlan', { input: plan(id) });
    const asked = await ask(id);
    expect((await manager.ask(BENEFIT, { id })).data.customer.mayUse.allowed).toBe(true);
    await update(id, { stage: 'LAPSED' });
    const departed = refused('CUSTOMER_DEPARTED');
    expect(await ask(id)).toMatchObject(departed);
    expect(await assess(id, 'rural-credit')).toMatchObject(departed);
    expect(await manager.does('SubmitAssessment', { id: assessment.id })).toMatchObject(departed);
    expect(await decide(asked.id)).toMatchObject(departed);
    expect(await card(id)).toMatchObject(departed);
    expect(await manager.does('DraftPlan', { input: plan(id) })).toMatchObject(departed);
    expect(await manager.does('SubmitPlan', { id: draft.id, expectedVersion: 1 })).toMatchObject(departed);
    expect((await manager.ask(BENEFIT, { id })).data.customer).toEqual({ benefits: [], mayUse: { allowed: false } });
    await update(id, { stage: 'FORMAL' });
    expect((await manager.ask(BENEFIT, { id })).data.customer.mayUse.allowed).toBe(true);
    expect(await card(id)).toMatchObject({ state: 'REQUESTED' });
  });

  test('a file that is opened as lapsed has its day of departure', async () => {
    const { id, number } = await givenCustomer(manager, { ...BANK, stage: 'LAPSED' });
    const { prisma } = app.app.services.database;
    expect((await prisma.customer.findFirstOrThrow({ where: { number } })).departedAt).toEqual(
      new Date('2026-03-02T02:00:00Z'),
    );
    expect(await ask(id)).toMatchObject(refused('CUSTOMER_DEPARTED'));
  });
});

test.each([
  { it: 'on its last day', at: '2026-03-10T23:00:00+08:00', answer: { state: 'APPROVED' }, tier: 'VIP' },
  { it: 'when that day is over', at: '2026-03-11T00:00:00+08:00', answer: refused('EXCEPTION_OVER'), tier: undefined },
  { it: 'days later', at: '2026-03-13T09:00:00+08:00', answer: refused('EXCEPTION_OVER'), tier: undefined },
])('an exception until 10 March that is approved $it', async ({ at, answer, tier }) => {
  await using later = await startTestApp({ now: '2026-03-02T10:00:00+08:00' });
  const hall = later.as('BK-A/CUSTOMER_MANAGER');
  const { id: customerId } = await givenCustomer(hall, BANK);
  const input = { customerId, ...EXCEPTION, until: '2026-03-10' };
  const { id } = await hall.does('RequestGradeException', { input });
  await later.advance(at);
  const decision = { input: { id, decision: 'APPROVE' } };
  expect(await later.as('BK-HQ/DIRECTOR').does('DecideApproval', decision)).toMatchObject(answer);
  expect((await hall.does('CustomerDetail', { id: customerId })).grade?.tier.code).toBe(tier);
});
