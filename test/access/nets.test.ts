import { Buffer } from 'node:buffer';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActorReader } from '../../server/platform/access/actor-reader.ts';
import { BOUND_ROWS, WITHOUT_POLICY } from '../../server/platform/access/bound-rows.ts';
import { policySql, type RowPolicy, rowPolicies, viewerRowsOf } from '../../server/platform/access/row-policies.ts';
import { dataModelOf } from '../../server/platform/storage/reads/data-model.ts';
import { allowViewers, asViewer, sendForViewer } from '../../server/platform/storage/viewers/viewer-rows.ts';
import { reached } from '../bars/reached.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { foreignIds, givenOf } from './foreign-rows.ts';
import { markOf, plantBankOutlet, plantDepartment } from './outlets.ts';
import { questions } from './paths.ts';

// Two nets hold rows back: the application's rule and the policies of the tables. Each is taken away in turn, and the other one
// holds by itself.

const STRANGERS = ['BK-B/SUPERVISOR', 'BK-B/AUDITOR', 'TL-A/DIRECTOR', 'SYS/ADMIN'];

/** Fields whose rows only the application's rule holds back: they are no customer's, or also of whoever acted, or without a policy. */
const ONE_NET =
  /auditTrail|delegations|gradingRun|rota\b|duties|tickets|tasks|alerts|approvals|clockExplanation|ticket\b|<(?:Delegation|GradingRun|RotaShift|AuditEntry|Alert|Approval|Grade|SlaClock|Task|Ticket)>/;

let app: TestApp;
let policies: RowPolicy[];
let foreign: ReadonlyMap<string, readonly string[]>;
let documents: string[];

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', settings: { limits: { cost: 1_000_000 } } });
  await plantBankOutlet(app, 'BK-A');
  await plantBankOutlet(app, 'BK-B');
  await plantDepartment(app, 'BK-A');
  await app.advance('2026-03-03T08:00:00+08:00');
  const { pool, prisma } = app.app.services.database;
  policies = rowPolicies(dataModelOf(prisma));
  foreign = await foreignIds(pool);
  documents = questions(app.app.schema, givenOf(foreign), 2)
    .filter(({ document, paths }) => !ONE_NET.test(document) && !paths.some((path) => ONE_NET.test(path)))
    .map(({ document }) => document);
});
afterAll(() => app[Symbol.asyncDispose]());

/** What of outlet A strangers are told along all paths. */
async function leaks(): Promise<object[]> {
  const types = Object.keys(BOUND_ROWS).filter((type) => !WITHOUT_POLICY.some((one) => one === type));
  const ids = types.flatMap((type) => foreign.get(type) ?? []);
  const secrets = [
    markOf('BK-A'),
    ...ids,
    ...ids.map((id) => Buffer.from(id, 'base64').toString().split(':')[1] ?? id),
  ];
  const found: object[] = [];
  for (const who of STRANGERS)
    for (const document of documents) {
      const text = JSON.stringify(await app.as(who).ask(document));
      const seen = secrets.filter((secret) => text.includes(secret) && !document.includes(secret));
      if (seen.length > 0) found.push({ who, document, seen: seen.slice(0, 3) });
    }
  return found;
}

test('without the policies of the tables the rule of the application holds', async () => {
  const { pool } = app.app.services.database;
  expect(documents.length).toBeGreaterThan(60);
  for (const { table } of policies) await pool.query(`alter table "${table}" disable row level security`);
  try {
    expect(await leaks()).toEqual([]);
  } finally {
    for (const { table } of policies) await pool.query(`alter table "${table}" enable row level security`);
  }
});

test('without the rule of the application the policies of the tables hold', async () => {
  const { actors } = app.app.services;
  const read = actors.read.bind(actors);
  const everything = ['bank-vip', 'telecom-vip', 'core', 'broadband-key-account'].map((policyId) => ({
    policyId,
    branchIds: 'ALL' as const,
  }));
  const everybodySeesAll: ActorReader['read'] = async (...asked) => {
    const actor = await read(...asked);
    if (!actor) return null;
    // What the policies are told stays what it was.
    viewerRowsOf(actor);
    Object.assign(actor.rows, { lines: everything, withoutAgreement: undefined });
    return actor;
  };
  Object.assign(actors, { read: everybodySeesAll });
  try {
    expect(await leaks()).toEqual([]);
    // And the rule is out of order indeed: without the policies too, everything is seen.
    const { pool } = app.app.services.database;
    for (const { table } of policies) await pool.query(`alter table "${table}" disable row level security`);
    expect((await leaks()).length).toBeGreaterThan(100);
    reached(43, '0 leaks with either net alone', {
      'documents by strangers': { injected: 2 * documents.length * STRANGERS.length, least: 400 },
    });
  } finally {
    Reflect.deleteProperty(actors, 'read');
    for (const { table } of policies)
      await app.app.services.database.pool.query(`alter table "${table}" enable row level security`);
  }
});

test('each table alone shows a viewer the rows of their places, and takes nothing from them', async () => {
  const { pool, prisma } = app.app.services.database;
  // One connection, on which it would show.
  const direct = new pg.Pool({ connectionString: app.databaseUrl ?? '', max: 1 });
  allowViewers(direct);
  const branches = new Map((await prisma.branch.findMany()).map(({ code, id }) => [code, id]));
  const seenBy = async (rows: string, table: string) =>
    asViewer(rows, () =>
      sendForViewer<{ n: number }>(direct, { text: `select count(*)::int as n from "${table}"` }),
    ).then(({ rows: [row] }) => row?.n ?? -1);
  const own = JSON.stringify({ 'bank-vip': [branches.get('BK-A')] });
  for (const { table } of policies) {
    const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from "${table}"`);
    expect(await seenBy(JSON.stringify({ 'bank-vip': ['*'] }), table), table).toBe(rows[0]?.n);
  }
  for (const table of ['customer', 'ticket_event', 'interaction', 'plan_measure', 'contact', 'figure'])
    expect(await seenBy('{}', table), table).toBe(0);
  expect(await seenBy(own, 'customer')).toBe(2);
  expect(await seenBy(JSON.stringify({ 'telecom-vip': ['*'] }), 'customer')).toBe(0);
  for (const text of ["update customer set name = ''", 'delete from ticket', 'select * from data_key'])
    await expect(asViewer(own, () => sendForViewer(direct, { text }))).rejects.toMatchObject({ code: '42501' });
  // The scope ends with its statement, however it was sent.
  for (const config of [
    { text: 'select 1' },
    { text: 'select $1::int', values: [1] },
    { text: 'select 1', name: 'one' },
  ]) {
    await asViewer(own, () => sendForViewer(direct, config));
    const { rows } = await direct.query(
      "select current_setting('role') as role, current_setting('tierline.rows') as rows",
    );
    expect(rows).toEqual([{ role: 'none', rows: '' }]);
  }
  await direct.end();
});

test('the database has the policies that are declared', async () => {
  const { pool } = app.app.services.database;
  const client = await pool.connect();
  const inForce = async () =>
    (await client.query('select tablename, policyname, cmd, roles::text, qual from pg_policies order by 1')).rows;
  try {
    const before = await inForce();
    expect(before).toHaveLength(Object.keys(BOUND_ROWS).length - WITHOUT_POLICY.length);
    await client.query('begin');
    for (const policy of policies)
      await client.query(`drop policy "rows_of_viewers" on "${policy.table}"; ${policySql(policy)}`);
    expect(await inForce()).toEqual(before);
    await client.query('rollback');
  } finally {
    client.release();
  }
});

test("a model with a line and a place, or with a customer, is declared or said to be the platform's own", () => {
  const models = dataModelOf(app.app.services.database.prisma);
  // Read by no field of the schema as rows, or by rules of their own (`ONE_NET`).
  const others = [
    'AuditEntry',
    'Delegation',
    'GradingRun',
    'OpenPromises',
    'PolicyApplication',
    'RotaShift',
    'Staff',
    'StaffTarget',
  ];
  const own = ['SubjectClock', 'TicketCount', 'UnsaidReaction'];
  const bound = [...models].filter(
    ([, { fields }]) => fields.has('customerId') || (fields.has('policyId') && fields.has('branchId')),
  );
  const missing = bound
    .map(([name]) => name)
    .filter((name) => !(name in BOUND_ROWS) && ![...others, ...own].includes(name));
  expect(missing).toEqual([]);
});
