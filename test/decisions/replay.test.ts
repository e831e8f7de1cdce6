import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decisionRow } from '../../server/engine/policy/decisions/decision-row.ts';
import type { Facts } from '../../server/engine/policy/facts.ts';
import { reached } from '../bars/reached.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { tierline } from '../support/tierline.ts';

const TL = 'telecom-vip';
const THRESHOLDS = { silverFrom: 300, goldFrom: 800, diamondFrom: 1500 };
const RANGE = { policyId: TL, from: '2026-03-01T00:00:00Z', to: '2026-03-03T00:00:00Z' };
const parametersOf = (values: object) => Object.entries(values).map(([key, value]) => ({ key, value }));

let app: TestApp;
let version = '';
const replay = (more: object = {}) => app.as('TL-HQ/DIRECTOR').does('ReplayDecisions', { ...RANGE, ...more });

const configure = async (values: object): Promise<string> => {
  const admin = app.as('SYS/ADMIN');
  const before = (await admin.does('Policies')).find(({ id }) => id === TL).version;
  const input = {
    policyId: TL,
    parameters: parametersOf(values),
    reason: 'told by the board',
    expectedVersion: before,
  };
  return (await admin.does('ConfigurePolicy', { input })).version;
};

/** What somebody spends a month, from 0 to 1,998. */
const spendOf = (n: number) => n * 4;

const gradeFacts = (n: number): Facts['grade'] => ({
  now: '2026-03-02T00:00:00.000Z',
  today: '2026-03-02',
  scheme: 'club',
  customer: {
    kind: 'INDIVIDUAL',
    stage: 'FORMAL',
    grade: null,
    consent: { vipService: true, marketing: null },
    profile: {},
  },
  metrics: { MONTHLY_SPEND: { value: String(spendOf(n)), asOf: '2026-02-28' } },
  judgements: [],
  history: [],
  listed: null,
});

const promiseFacts = (n: number): Facts['promise'] => ({
  now: '2026-03-02T00:00:00.000Z',
  cause: 'OPENED',
  ticket: {
    type: n % 2 ? 'COMPLAINT' : 'INQUIRY',
    level: 1,
    case: null,
    channel: 'PHONE',
    openedAt: '2026-03-02T00:00:00.000Z',
    appointmentAt: null,
  },
  customer: {
    kind: 'INDIVIDUAL',
    stage: 'FORMAL',
    grade: null,
    consent: { vipService: null, marketing: null },
    profile: {},
  },
});

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', settings: { decisions: { sampleOneIn: 0 } } });
  version = await configure(THRESHOLDS);
  const { policies, database } = app.app.services;
  const grades = await policies.askMany(
    TL,
    'grade',
    Array.from({ length: 500 }, (_, n) => gradeFacts(n)),
  );
  const promises = await policies.askMany(
    TL,
    'promise',
    Array.from({ length: 500 }, (_, n) => promiseFacts(n)),
  );
  const data = [...grades, ...promises].flatMap((one) => (one instanceof Error ? [] : [decisionRow(one)]));
  await database.prisma.policyDecision.createMany({ data });
}, 120_000);
afterAll(() => app[Symbol.asyncDispose]());

test('a thousand decisions asked again under the same version differ in nothing', async () => {
  const again = await replay();
  expect(again).toMatchObject({ policyVersion: version, asked: 1_000, different: 0, differences: [], next: null });
  expect(again.counts.map(({ question, count }) => [question, count]).sort()).toEqual(
    expect.arrayContaining([['GRADE', 500]]),
  );
  reached(55, '0 differences', { 'decisions asked again': { injected: again.asked, least: 1_000 } });
});

test('under another threshold exactly those differ who stand between the two, with what they would be given', async () => {
  const between = Array.from({ length: 500 }, (_, n) => spendOf(n)).filter((spend) => spend >= 800 && spend < 900);
  const again = await replay({ parameters: parametersOf({ goldFrom: 900 }) });
  expect(again.different).toBe(between.length);
  const spends = again.differences.map(({ decision }) =>
    Number((decision.facts as Facts['grade']).metrics.MONTHLY_SPEND?.value),
  );
  expect(spends.sort((a: number, b: number) => a - b)).toEqual(between);
  for (const { decision, answer } of again.differences)
    expect([decision.answer, answer].map((given) => (given as { tier: string }).tier)).toEqual(['GOLD', 'SILVER']);
});

type Page = Awaited<ReturnType<typeof replay>>;

test('it goes on page by page, and the pages add up', async () => {
  const parameters = parametersOf({ goldFrom: 900 });
  const whole = await replay({ parameters });
  const pages: Page[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page = await replay({ parameters, first: 300, after });
    pages.push(page);
    after = page.next;
    if (!after) break;
  }
  expect(pages.map(({ asked }) => asked)).toEqual([300, 300, 300, 100]);
  expect(pages.reduce((sum, { different }) => sum + different, 0)).toBe(whole.different);
});

test('nothing is written by it, and a version that was in force can be asked', async () => {
  const { pool } = app.app.services.database;
  const state = async () =>
    (
      await pool.query(
        `select (select count(*)::int from policy_decision) d, (select count(*)::int from audit_entry) a, (select count(*)::int from assessment) s, (select count(*)::int from policy_version) v`,
      )
    ).rows;
  const later = await configure({ goldFrom: 900 });
  const before = await state();
  expect(await replay()).toMatchObject({ policyVersion: later, different: 25 });
  expect(await replay({ version })).toMatchObject({ policyVersion: version, different: 0 });
  expect(await state()).toEqual(before);
  await configure({ goldFrom: 800 });
});

test.each([
  { it: 'more than may be asked at once', more: { first: 10_001 }, field: 'first' },
  { it: 'a version that was never in force', more: { version: 'telecom-vip@9' }, field: 'version' },
  { it: 'a version and parameters', more: { version: 'x', parameters: [] }, field: 'version' },
  { it: 'a parameter that there is not', more: { parameters: parametersOf({ nope: 1 }) }, field: 'parameters.nope' },
  { it: 'a range that ends before it begins', more: { to: RANGE.from }, field: 'to' },
])('$it is refused by name', async ({ more, field }) => {
  const answer = await app.as('TL-HQ/DIRECTOR').ask('ReplayDecisions', { ...RANGE, ...more });
  expect(answer.errors).toMatchObject([
    { extensions: { code: 'INVALID_INPUT' }, message: expect.stringContaining(field) },
  ]);
});

test('the manager of an outlet may not ask', async () => {
  const answer = await app.as('TL-A/SUPERVISOR').ask('ReplayDecisions', RANGE);
  expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
});

test('a file of decisions is replayed against a plugin on disk, and a decision is captured as a golden row', async () => {
  const env = { DATABASE_URL: app.databaseUrl ?? '', TIERLINE_ACCEPT_DATA_LOSS: 'true' };
  const range = ['--policy', TL, '--from', RANGE.from, '--to', RANGE.to];
  const { out, err, code } = await tierline(['policy', 'decisions', ...range], env);
  expect([code, err]).toEqual([0, '']);
  expect(out.trim().split('\n').length).toBe(1_001);
  const file = join(await mkdtemp(join(tmpdir(), 'decisions-')), 'decisions.jsonl');
  await writeFile(file, out);
  const same = await tierline(['policy', 'replay', 'plugins/telecom-vip', file], env);
  expect(same).toMatchObject({ code: 0, out: '1000 decisions asked again, 0 different.\n' });
  const other = await tierline(
    ['policy', 'replay', 'plugins/telecom-vip', file, '--parameter', 'goldFrom=900', '--json'],
    env,
  );
  expect(other.code).toBe(1);
  expect(JSON.parse(other.out)).toMatchObject({ asked: 1_000, different: 25 });
  const wrong = await tierline(['policy', 'replay', 'plugins/bank-vip', file], env);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('telecom-vip') });

  const { id } = JSON.parse(out.split('\n')[1] ?? '');
  const captured = await tierline(['policy', 'capture', id, '--it', 'as it was'], env);
  expect(captured).toMatchObject({ code: 0, out: expect.stringMatching(/^it,question,/) });
}, 240_000);
