import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decisionRow } from '../../server/engine/policy/decisions/decision-row.ts';
import type { Facts } from '../../server/engine/policy/facts.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const TL = 'telecom-vip';
const parametersOf = (values: object) => Object.entries(values).map(([key, value]) => ({ key, value }));

let app: TestApp;
let minute = 0;
/** Lets what runs beside come to its turn. */
const later = () => app.advance(new Date(Date.parse('2026-03-02T00:00:00Z') + ++minute * 60_000).toISOString());

const versionOf = async (policyId: string): Promise<string> =>
  (await app.as('SYS/ADMIN').does('Policies')).find(({ id }) => id === policyId).version;

const start = (policyId: string, values: object, who = 'SYS/ADMIN') =>
  app.as(who).does('StartShadow', { input: { policyId, parameters: parametersOf(values), reason: 'to see it' } });

const shadowOf = async (policyId: string) => (await app.as('SYS/ADMIN').does('PolicyShadows', { policyId }))[0];

const gradeFacts = (spend: number, tier: string | null): Facts['grade'] => ({
  now: '2026-03-02T00:00:00.000Z',
  today: '2026-03-02',
  scheme: 'club',
  customer: {
    kind: 'INDIVIDUAL',
    stage: 'FORMAL',
    grade: tier
      ? { scheme: 'club', tier, rank: 1, since: '2026-01-01T00:00:00.000Z', state: 'ACTIVE', misses: 0 }
      : null,
    consent: { vipService: true, marketing: null },
    profile: {},
  },
  metrics: { MONTHLY_SPEND: { value: String(spend), asOf: '2026-02-28' } },
  judgements: [],
  history: [],
  listed: null,
});

/** Has customers of these spends graded, and that kept, as commands do. */
async function graded(spends: readonly number[], tier: string | null): Promise<void> {
  const { policies, database } = app.app.services;
  const decisions = await policies.askMany(
    TL,
    'grade',
    spends.map((spend) => gradeFacts(spend, tier)),
  );
  const data = decisions.flatMap((one) => (one instanceof Error ? [] : [decisionRow(one)]));
  await database.prisma.policyDecision.createMany({ data });
}

beforeAll(async () => {
  app = await startTestApp({
    now: '2026-03-02T00:00:00Z',
    plugins: [fileURLToPath(new URL('./plugins/moody.ts', import.meta.url))],
    settings: { decisions: { sampleOneIn: 0 } },
  });
  const thresholds = parametersOf({ silverFrom: 300, goldFrom: 800, diamondFrom: 1500 });
  await app.as('SYS/ADMIN').does('ConfigurePolicy', {
    input: { policyId: TL, parameters: thresholds, reason: 'the board', expectedVersion: await versionOf(TL) },
  });
}, 120_000);
afterAll(() => app[Symbol.asyncDispose]());

test('a candidate differs exactly where its threshold says, by question and tier, and as a replay foretells', async () => {
  // What was decided before it began is not asked.
  await graded([850], null);
  const { id } = await start(TL, { goldFrom: 900 });
  const shadow = app.as('TL-HQ/DIRECTOR').follows('ShadowDifferences', { id });
  expect(await shadow.next()).toMatchObject({ state: 'RUNNING', asked: 0, different: 0 });
  await graded([799, 800, 850, 899, 900, 1500], null);
  await graded([820, 950], 'GOLD');
  const before = await versionOf(TL);
  await later();
  const found = await shadowOf(TL);
  expect(found).toMatchObject({ asked: 8, different: 4, dropped: 0 });
  expect(found.counts).toEqual([
    { question: 'GRADE', tierCode: null, asked: 6, different: 3 },
    { question: 'GRADE', tierCode: 'GOLD', asked: 2, different: 1 },
  ]);
  for (const { beforeAnswer, answer } of found.differences.nodes)
    expect([beforeAnswer, answer].map((tier) => (tier as { tier: string }).tier)).toEqual(['GOLD', 'SILVER']);
  expect(await shadow.next()).toMatchObject({ different: 4 });

  const replay = await app.as('TL-HQ/DIRECTOR').does('ReplayDecisions', {
    policyId: TL,
    from: '2026-03-01T00:00:00Z',
    to: '2026-03-03T00:00:00Z',
    parameters: parametersOf({ goldFrom: 900 }),
  });
  const told = found.differences.nodes.map(({ decisionId }) => decisionId);
  const foretold = replay.differences.map(({ decision }) => decision.id);
  // The replay looks at what came before, too: one customer of 850.
  expect(foretold).toEqual(expect.arrayContaining(told));
  expect(foretold.length).toBe(told.length + 1);
  expect(await versionOf(TL)).toBe(before);
});

test('what was looked at is not looked at again', async () => {
  const before = await shadowOf(TL);
  await later();
  expect(await shadowOf(TL)).toEqual(before);
});

test('a second one, one that changes nothing, and one of somebody else’s are refused', async () => {
  expect(await start(TL, { goldFrom: 950 })).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'SHADOW_RUNNING' }],
  });
  expect(await start(TL, { goldFrom: 800 })).toMatchObject({ __typename: 'InvalidInput' });
  expect(await start(TL, { goldFrom: 950 }, 'TL-HQ/DIRECTOR')).toMatchObject({ __typename: 'Forbidden' });
});

test('it is promoted by the right, the check and the entry of a change of parameters', async () => {
  const admin = app.as('SYS/ADMIN');
  const { id, policyVersion } = await shadowOf(TL);
  const expectedVersion = await versionOf(TL);
  const promote = (input: object, who = admin) =>
    who.does('PromoteShadow', { input: { id, expectedVersion, reason: 'understood', ...input } });
  expect(await promote({}, app.as('TL-HQ/DIRECTOR'))).toMatchObject({ __typename: 'Forbidden' });
  expect(await promote({ expectedVersion: policyVersion })).toMatchObject({ __typename: 'Conflict' });
  expect(await promote({ reason: ' ' })).toMatchObject({ __typename: 'InvalidInput' });
  expect(await promote({})).toMatchObject({ __typename: 'Policy', version: policyVersion });
  expect(await shadowOf(TL)).toMatchObject({ state: 'PROMOTED' });
  expect(await promote({})).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'SHADOW_ENDED' }] });
  const trail = await admin.does('AuditTrail', { filter: { actions: ['CONFIGURE_POLICY'] }, first: 1 });
  expect(trail.nodes[0]).toMatchObject({
    reason: 'understood',
    changes: [{ field: 'goldFrom', before: '800', after: '900' }],
  });
});

test.each(['THROWS', 'HANGS'])('a candidate that %s hurts nobody', async (mood) => {
  const manager = app.as('MOODY-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'moody', branchCode: 'MOODY-A' });
  const { id } = await start('moody', { mood });
  for (let n = 0; n < 3; n += 1) await givenTicket(manager, { customerId: customer.id });
  await later();
  const found = await shadowOf('moody');
  expect(found.counts.find(({ question }) => question === 'PROMISE')).toMatchObject({ asked: 3, different: 3 });
  expect(found.differences.nodes.map(({ outcome }) => outcome)).toEqual(['FALLBACK', 'FALLBACK', 'FALLBACK']);
  // The one in force is well, and nobody is alarmed.
  const ticket = await givenTicket(manager, { customerId: customer.id });
  expect(ticket.clocks).toMatchObject([{ metric: 'RESOLUTION', target: 'PT4H' }]);
  expect(app.app.services.policies.health('moody')).toMatchObject({ state: 'OK', failures: 0 });
  const { rows } = await app.app.services.database.pool.query(`select 1 from alert where kind = 'POLICY_FAILED'`);
  expect(rows).toEqual([]);
  expect(await app.as('SYS/ADMIN').does('StopShadow', { id })).toMatchObject({ state: 'STOPPED' });
});

test('what it cannot keep up with is counted as dropped', async () => {
  const { id } = await start(TL, { goldFrom: 1_000 });
  const one = decisionRow({
    ...(await app.app.services.policies.ask(TL, 'grade', gradeFacts(850, null))),
    policyVersion: 'x',
  });
  await app.app.services.database.pool.query(
    `insert into policy_decision (id, policy_id, policy_version, question, outcome, at, took, facts, answer)
     select gen_random_uuid(), $1, 'x', 'grade', 'ANSWERED', now(), 1, $2::jsonb, $3::jsonb from generate_series(1, 5100)`,
    [TL, JSON.stringify(one.facts), JSON.stringify(one.answer)],
  );
  for (let looks = 0; looks < 20; looks += 1) {
    await later();
    if ((await shadowOf(TL)).asked >= 5_000) break;
  }
  expect(await shadowOf(TL)).toMatchObject({ dropped: 100, asked: 5_000 });
  await app.as('SYS/ADMIN').does('StopShadow', { id });
}, 120_000);
