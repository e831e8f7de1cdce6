import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// A run gives no tier that somebody has to approve, and grades nobody whom its starter does not see.

const policyId = 'bank-vip';
const APPROVED = { __typename: 'Approval', state: 'APPROVED' };
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
});
afterAll(() => app[Symbol.asyncDispose]());
beforeEach(async () => {
  // Each case counts its own customers.
  await app.app.services.database.pool.query("update customer set departed_at = now() where policy_id = 'bank-vip'");
});

/** A customer with figures. */
async function given(branchCode: string, figures: Record<string, string>, more: Record<string, unknown> = {}) {
  const manager = app.as(`${branchCode}/CUSTOMER_MANAGER`);
  const customer = await givenCustomer(manager, { policyId, branchCode, ...more });
  const metrics = Object.entries(figures).map(([key, value]) => ({
    customerNumber: customer.number,
    key,
    value,
    asOf: '2026-03-01',
  }));
  const recorded = await manager.does('RecordMetrics', { input: { policyId, source: 'core', metrics } });
  expect(recorded).toMatchObject({ rejected: [] });
  const grade = async () => (await manager.does('CustomerDetail', { id: customer.id })).grade;
  return { ...customer, grade };
}

async function run(person: Person, schemeId: string) {
  const started = await person.does('StartGradingRun', { policyId, schemeId });
  expect(started).toMatchObject({ __typename: 'GradingRun' });
  await using progress = person.follows('GradingRunProgress', { id: started.id });
  let last = await progress.next();
  while (last.state === 'RUNNING') last = await progress.next();
  return last;
}

/** Approvals that wait about the run. */
async function waitingFor(who: string, runId: string) {
  const { nodes } = await app.as(who).does('Approvals', { filter: { awaitingMe: true }, first: 100 });
  return nodes.filter(({ subject }: { subject: { id: string } }) => subject.id === runId);
}

const decide = (who: string, id: string, decision = 'APPROVE') =>
  app.as(who).does('DecideApproval', { input: { id, decision, comment: 'looked at' } });

const PROPOSALS = `query ($id: ID!) {
  node(id: $id) { ... on GradingRun { proposals(first: 10) { totalCount nodes { status proposedTier { code } customer { id } } } } }
}`;

describe.each<{ schemeId: string; figures: Record<string, string>; tier: string; by: string }>([
  { schemeId: 'personal', figures: { TOTAL_BALANCE: '1000000' }, tier: 'PLATINUM', by: 'BK-HQ/DIRECTOR' },
  {
    schemeId: 'rural-credit',
    figures: { TIME_DEPOSIT_REALTIME: '200000', DEMAND_DEPOSIT_MONTHLY_AVG_1Y: '0' },
    tier: 'VIP',
    by: 'BK-A/COMMAND_CENTER',
  },
])('$schemeId, run by the supervisor of an outlet', ({ schemeId, figures, tier, by }) => {
  test('proposes the tiers of the customers of the outlet in one approval, whose decision gives them', async () => {
    if (schemeId === 'personal') await configurePersonal();
    const named = { profile: { realNameVerified: true } };
    const [first, second] = [await given('BK-A', figures, named), await given('BK-A', figures, named)];
    const stranger = await given('BK-B', figures, named);
    const supervisor = app.as('BK-A/SUPERVISOR');
    const done = await run(supervisor, schemeId);
    expect(done).toMatchObject({ state: 'COMPLETED', total: 2, done: 2, proposed: 2, promoted: 0, failed: 0 });
    for (const customer of [first, second, stranger]) expect(await customer.grade()).toBeNull();

    const { data } = await supervisor.ask(PROPOSALS, { id: done.id });
    expect(data.node.proposals).toMatchObject({
      totalCount: 2,
      nodes: [first, second].map(({ id }) => ({
        status: 'PENDING_APPROVAL',
        proposedTier: { code: tier },
        customer: { id },
      })),
    });
    const [approval, ...others] = await waitingFor(by, done.id);
    expect(others).toEqual([]);
    expect(approval).toMatchObject({ kind: 'ASSESSMENT', subject: { __typename: 'GradingRun' } });
    for (const who of ['BK-A/SUPERVISOR', 'BK-A/DIRECTOR', 'BK-A/EXECUTIVE'])
      expect(await decide(who, approval.id), who).toMatchObject({ __typename: 'Refused' });

    // Asked again while it is being decided, nothing is asked twice.
    expect(await run(supervisor, schemeId)).toMatchObject({ proposed: 0, unchanged: 2 });
    expect(await decide(by, approval.id)).toMatchObject(APPROVED);
    for (const customer of [first, second])
      expect(await customer.grade()).toMatchObject({ tier: { code: tier }, reason: 'ASSESSED', state: 'ACTIVE' });
    expect(await stranger.grade()).toBeNull();
    expect(await run(supervisor, schemeId)).toMatchObject({ proposed: 0, promoted: 0, unchanged: 2 });
  });
});

test('who left or withdrew consent meanwhile gets no tier, and the others do', async () => {
  const figures = { TIME_DEPOSIT_REALTIME: '200000', DEMAND_DEPOSIT_MONTHLY_AVG_1Y: '0' };
  const [stays, withdraws, leaves] = [
    await given('BK-A', figures),
    await given('BK-A', figures),
    await given('BK-A', figures),
  ];
  const done = await run(app.as('BK-A/SUPERVISOR'), 'rural-credit');
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  await manager.does('RecordConsent', {
    input: { customerId: withdraws.id, vipService: false, marketing: false, evidence: 'a letter' },
  });
  const erased = await manager.ask(
    `mutation ($input: DeleteCustomerInput!) { deleteCustomer(input: $input) { __typename } }`,
    { input: { id: leaves.id, expectedVersion: 1, reason: 'asks to be forgotten' } },
  );
  expect(erased.data.deleteCustomer.__typename).toBe('Customer');
  const [approval] = await waitingFor('BK-A/COMMAND_CENTER', done.id);
  expect(await decide('BK-A/COMMAND_CENTER', approval.id)).toMatchObject(APPROVED);
  expect(await stays.grade()).toMatchObject({ tier: { code: 'VIP' } });
  expect(await withdraws.grade()).toBeNull();
  expect(await leaves.grade()).toBeNull();
  const { data } = await app.as('BK-A/SUPERVISOR').ask(PROPOSALS, { id: done.id });
  expect(data.node.proposals.nodes.map(({ status }: { status: string }) => status).sort()).toEqual([
    'APPROVED',
    'REJECTED',
    'REJECTED',
  ]);
});

test('what is returned is submitted one by one', async () => {
  const customer = await given('BK-A', { TIME_DEPOSIT_REALTIME: '200000', DEMAND_DEPOSIT_MONTHLY_AVG_1Y: '0' });
  const done = await run(app.as('BK-A/SUPERVISOR'), 'rural-credit');
  const [approval] = await waitingFor('BK-A/COMMAND_CENTER', done.id);
  expect(await decide('BK-A/COMMAND_CENTER', approval.id, 'RETURN')).toMatchObject({ state: 'RETURNED' });
  expect(await customer.grade()).toBeNull();
  const { assessments } = await app.as('BK-A/CUSTOMER_MANAGER').does('CustomerDetail', { id: customer.id });
  expect(assessments.nodes).toMatchObject([{ status: 'PROPOSED' }]);
});

test('a run of head office grades every outlet; the corporate list is its own, and an outlet has head office decide', async () => {
  const corporate = (branchCode: string, number: string) =>
    given(
      branchCode,
      { DAILY_AVG_DEPOSIT: '1', LOYALTY: '1', CONTRIBUTION: '1', GROWTH: '1' },
      { kind: 'INSTITUTION', number },
    );
  const [here, there] = [await corporate('BK-A', 'C-A'), await corporate('BK-B', 'C-B')];
  const entries = ['C-A', 'C-B'].map((customerNumber) => ({ customerNumber, tierCode: 'PRESTIGE' }));
  const listed = await app
    .as('BK-HQ/DIRECTOR')
    .ask('mutation ($input: AnnualListInput!) { setAnnualList(input: $input) { __typename } }', {
      input: { policyId, schemeId: 'corporate', year: 2026, entries },
    });
  expect(listed.data.setAnnualList.__typename).toBe('AnnualListResult');
  const outlet = await run(app.as('BK-A/SUPERVISOR'), 'corporate');
  expect(outlet).toMatchObject({ total: 1, proposed: 1, promoted: 0 });
  expect(await here.grade()).toBeNull();
  expect(await waitingFor('BK-HQ/DIRECTOR', outlet.id)).toHaveLength(1);
  expect(await run(app.as('BK-HQ/SUPERVISOR'), 'corporate')).toMatchObject({ total: 2, promoted: 2, proposed: 0 });
  for (const customer of [here, there]) expect(await customer.grade()).toMatchObject({ tier: { code: 'PRESTIGE' } });
});

test('of a run of another place nothing is told, and who sees no customer starts none', async () => {
  await given('BK-A', { TIME_DEPOSIT_REALTIME: '1', DEMAND_DEPOSIT_MONTHLY_AVG_1Y: '0' });
  const done = await run(app.as('BK-HQ/SUPERVISOR'), 'rural-credit');
  const RUN = 'query ($id: ID!) { node(id: $id) { __typename } }';
  for (const who of ['BK-A/SUPERVISOR', 'BK-B/DIRECTOR', 'TL-A/SUPERVISOR', 'SYS/ADMIN'])
    expect((await app.as(who).ask(RUN, { id: done.id })).data.node, who).toBeNull();
  for (const name of ['stopGradingRun', 'resumeGradingRun']) {
    const answer = await app
      .as('BK-A/SUPERVISOR')
      .ask<Record<string, { __typename: string }>>(`mutation ($id: ID!) { ${name}(id: $id) { __typename } }`, {
        id: done.id,
      });
    expect(answer.data[name]?.__typename).toBe('NotFound');
  }
  expect(await app.as('SYS/ADMIN').does('StartGradingRun', { policyId })).toMatchObject({ __typename: 'Forbidden' });
});

/** The thresholds of personal cards, which the documents leave blank. */
async function configurePersonal() {
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === policyId);
  const parameters = [
    { key: 'personalGoldFrom', value: 500_000 },
    { key: 'personalPlatinumFrom', value: 1_000_000 },
    { key: 'personalDiamondFrom', value: 5_000_000 },
  ];
  const input = { policyId, parameters, reason: 'thresholds of the year', expectedVersion: version };
  expect(await admin.does('ConfigurePolicy', { input })).toMatchObject({ __typename: 'Policy' });
}
