import { afterAll, beforeAll, expect, test } from 'vitest';
import { PERSONAL_DATA } from '../../server/domain/privacy/personal-data.ts';
import { sealAll } from '../../server/platform/audit/hash-chain-sealer.ts';
import { verifyAudit } from '../../server/platform/audit/verify.ts';
import { newId, parseGlobalId } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenFile, pdf } from '../support/files.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// A file full of words that stand nowhere else. After the erasure none of them is anywhere in the database but in the audit
// trail, which cannot be changed and says of fields only that they changed.

const NOW = '2026-03-02T08:00:00+08:00';
const WORD = 'Zyxqwvu';
const PHONE = '13955512345';
const ID_NUMBER = '110101199003079999';
const EMAIL = 'zyxqwvu@example.com';

let app: TestApp;
let manager: Person;
let director: Person;
let customer: { id: string; number: string };
let uuid: string;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  director = app.as('BK-HQ/DIRECTOR');
  customer = await givenCustomer(manager, {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    number: `${WORD}-1`,
    name: `${WORD} Wang`,
    phone: PHONE,
    email: EMAIL,
    idNumber: ID_NUMBER,
    birthday: '1990-03-07',
    profile: { address: `${WORD} street 1`, contactPerson: `${WORD} Li` },
  });
  uuid = parseGlobalId(customer.id)?.id ?? '';
  const { prisma } = app.app.services.database;
  const { id } = customer;
  const interaction = { customerId: id, channel: 'PHONE', purpose: 'CARE', summary: `${WORD} called`, needs: WORD };
  await manager.does('RecordInteraction', { input: { ...interaction, place: `${WORD} cafe` } });
  const ticket = await givenTicket(manager, { customerId: id, subject: `${WORD} complains`, description: WORD });
  await manager.does('AcknowledgeTicket', { id: ticket.id, message: `${WORD} hello` });
  await manager.does('UpdateTicket', {
    input: { id: ticket.id, expectedVersion: 2, status: 'IN_PROGRESS', comment: WORD },
  });
  await manager.does('ResolveTicket', { id: ticket.id, resolution: `${WORD} paid`, rootCause: WORD });
  await givenFile(app, manager, ticket.id, `${WORD} letter.pdf`, pdf(WORD));
  await manager.does('RecordInteraction', { input: { ...interaction, purpose: 'FOLLOW_UP', ticketId: ticket.id } });
  await manager.does('SubmitSurveyResponse', {
    input: { customerId: id, topic: 'SERVICE_QUALITY', score: 2, comment: WORD, channel: 'PHONE', ticketId: ticket.id },
  });
  const measures = [
    { way: 'PHONE', measure: `Call ${WORD}`, dueAt: '2026-03-09T10:00:00+08:00', assigneeId: manager.id },
  ];
  const plan = {
    objective: `Keep ${WORD}`,
    startsOn: '2026-03-02',
    endsOn: '2026-06-30',
    budget: { amount: '10' },
    measures,
  };
  const drafted = await manager.does('DraftPlan', {
    input: { customerId: id, ...plan },
    idempotencyKey: `${WORD}-plan`,
  });
  await app.as('BK-A/DIRECTOR').does('AllocateBudget', {
    input: { policyId: 'bank-vip', branchCode: 'BK-A', year: 2026, amount: { amount: '100' }, purpose: 'the year' },
  });
  const submitted = await manager.does('SubmitPlan', { id: drafted.id, expectedVersion: 1 });
  await app.as('BK-A/COMMAND_CENTER').does('DecideApproval', {
    input: { id: submitted.approval.id, decision: 'APPROVE', comment: `${WORD} is dear` },
  });
  await manager.does('SpendPlanBudget', {
    input: { planId: drafted.id, amount: { amount: '3' }, purpose: `Tea for ${WORD}` },
  });
  await manager.does('SubmitApplication', {
    input: {
      policyId: 'bank-vip',
      kind: 'EXPENSE',
      customerId: id,
      planId: drafted.id,
      reason: `${WORD} has a birthday`,
      amount: { amount: '20' },
      emergency: true,
    },
  });
  await prisma.approval.updateMany({
    where: { customerId: uuid, state: { in: ['PENDING', 'RATIFICATION_DUE'] } },
    data: { state: 'APPROVED', awaitingRole: null },
  });
  await manager.ask(
    `mutation ($id: ID!) { sendMessage(input: { customerId: $id, purpose: CARE, body: "Dear ${WORD}" }) { __typename } }`,
    { id },
  );
  await manager.does('AssessCustomer', {
    input: { customerId: id, schemeId: 'rural-credit', remarks: `${WORD} is rich` },
  });
  await manager.ask(
    `mutation ($id: ID!) { fileContract(input: { customerId: $id, name: "2026-0001-LOAN", content: "${WORD} owes" }) { __typename } }`,
    { id },
  );
  await manager.ask(
    `mutation ($id: ID!) { discloseCustomer(input: { customerId: $id, recipient: "Court", items: ["balances"], purpose: "order", legalBasis: "law" }) { __typename } }`,
    { id },
  );
  await prisma.contact.create({
    data: { id: newId(), customerId: uuid, name: `${WORD} Zhao`, role: 'wife', createdAt: new Date(NOW) },
  });
  await prisma.ticket.updateMany({
    where: { customerId: uuid },
    data: { status: 'CLOSED', externalNumber: `${WORD}-9` },
  });
});
afterAll(() => app[Symbol.asyncDispose]());

/** Where one of the words stands, by table; the words of the trail are looked at by themselves. */
async function places(): Promise<string[]> {
  const { pool } = app.app.services.database;
  const tables = await pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ text: string }>(`select t::text as text from "${name}" t`);
    const words = [WORD, WORD.toLowerCase(), PHONE, '139****2345', ID_NUMBER, EMAIL, '1990-03-07'];
    if (rows.some(({ text }) => words.some((word) => text.includes(word)))) found.push(name);
  }
  return found.sort();
}

const EXPORT = `mutation ($id: ID!) {
  exportCustomer(id: $id, reason: "asked for their data") { __typename ... on CustomerExport { exportedAt document } ... on Error { code } }
}`;

/** Tables with a column `customer_id`; a view shows what its tables hold. */
const OF_CUSTOMERS = `
  select distinct table_name as name from information_schema.columns join information_schema.tables t using (table_schema, table_name)
  where table_schema = 'public' and column_name = 'customer_id' and t.table_type = 'BASE TABLE' order by 1`;

test('an export has every row of the customer in every table, in clear, and nobody else may have it', async () => {
  const { data } = await director.ask(EXPORT, { id: customer.id });
  const document = data.exportCustomer.document as Readonly<Record<string, readonly { action?: string }[]>>;
  expect(document.customer).toMatchObject([
    { phone: PHONE, email: EMAIL, id_number: ID_NUMBER, profile: { address: `${WORD} street 1` } },
  ]);
  expect(document.contract).toMatchObject([{ content: `${WORD} owes` }]);
  const { pool } = app.app.services.database;
  const known = await pool.query<{ name: string }>(OF_CUSTOMERS);
  for (const { name } of known.rows) {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from "${name}" where customer_id = $1 ${name === 'audit_entry' ? "and action <> 'EXPORT_CUSTOMER'" : ''}`,
      [uuid],
    );
    const exported = document[name]?.filter(({ action }) => action !== 'EXPORT_CUSTOMER');
    expect(exported, name).toHaveLength(rows[0]?.count ?? -1);
  }
  for (const table of ['ticket_event', 'plan_measure', 'approval_step', 'attachment'])
    expect(document[table]?.length, table).toBeGreaterThan(0);
  expect(JSON.stringify(document)).not.toMatch(/"v1\.|_index"|_mask"/);
  for (const [who, code] of [
    ['BK-A/CUSTOMER_MANAGER', 'FORBIDDEN'],
    ['BK-B/SUPERVISOR', 'NOT_FOUND'],
    ['TL-A/DIRECTOR', 'NOT_FOUND'],
    ['SYS/ADMIN', 'FORBIDDEN'],
  ] as const) {
    const answer = await app.as(who).ask(EXPORT, { id: customer.id });
    expect(answer.data.exportCustomer, who).toMatchObject({ code });
  }
  const { data: trail } = await director.ask(
    'query ($id: ID!) { auditTrail(filter: { customerId: $id, actions: ["EXPORT_CUSTOMER"] }) { nodes { reason } } }',
    { id: customer.id },
  );
  expect(trail.auditTrail.nodes).toEqual([{ reason: 'asked for their data' }]);
});

test('nobody exports a whole branch by hand', async () => {
  const codes: unknown[] = [];
  for (let sent = 0; sent < 25; sent++) {
    const { data } = await app.as('BK-A/DIRECTOR').ask(EXPORT, { id: customer.id });
    codes.push(data.exportCustomer.__typename);
  }
  expect(codes.filter((name) => name === 'CustomerExport')).toHaveLength(20);
  expect(new Set(codes.slice(20))).toEqual(new Set(['Refused']));
});

test('after the erasure nothing tells who the customer was, and what has to be kept is there', async () => {
  const { pool, prisma } = app.app.services.database;
  expect(await places()).toEqual(
    expect.arrayContaining([
      'contact',
      'customer',
      'interaction',
      'maintenance_plan',
      'ticket',
      'ticket_event',
      'task',
    ]),
  );
  const count = async () => {
    const tickets = await prisma.ticket.count({ where: { customerId: uuid } });
    const clocks = await prisma.slaClock.count({ where: { customerId: uuid } });
    const plans = await prisma.maintenancePlan.count({ where: { customerId: uuid } });
    return { tickets, clocks, plans };
  };
  const before = await count();
  await sealAll(pool);
  const { version } = await prisma.customer.findUniqueOrThrow({ where: { id: uuid } });
  const input = { id: customer.id, expectedVersion: version, reason: 'asks to be forgotten' };
  const { data } = await director.ask(
    'mutation ($input: DeleteCustomerInput!) { deleteCustomer(input: $input) { __typename ... on Customer { name phone { text withheld } grade { since } contracts { nodes { name } } } ... on Error { code message } } }',
    { input },
  );
  expect(data.deleteCustomer).toMatchObject({
    name: '(erased)',
    phone: { text: null, withheld: false },
    grade: null,
    contracts: { nodes: [{ name: '2026-0001-LOAN' }] },
  });
  // The trail was sealed before; of what it says of this file the reasons and numbers are evidence.
  expect((await places()).filter((table) => table !== 'audit_entry')).toEqual([]);
  expect(await count()).toEqual(before);
  expect(await prisma.task.count({ where: { customerId: uuid, status: { in: ['OPEN', 'OVERDUE'] } } })).toBe(0);
  await sealAll(pool);
  expect((await verifyAudit(pool)).findings).toEqual([]);
  const left = await pool.query<{ text: string }>('select t::text as text from audit_entry t where customer_id = $1', [
    uuid,
  ]);
  for (const secret of [PHONE, ID_NUMBER, EMAIL, '1990-03-07', `${WORD} Wang`, `${WORD} street`])
    expect(
      left.rows.filter(({ text }) => text.includes(secret)),
      secret,
    ).toEqual([]);
  const revealed = await director.does('RevealCustomer', { id: customer.id, reason: 'curious' });
  expect(revealed).toMatchObject({ phone: null, email: null, idNumber: null, address: null });
  await app.advance('2026-07-02T08:00:00+08:00');
  const { edges } = await director.does('AlertHistory', { filter: { customerId: customer.id }, first: 100 });
  const after = edges.filter(
    ({ node }: { node: { raisedAt: string } }) => node.raisedAt > new Date('2026-03-04').toISOString(),
  );
  expect(after).toEqual([]);
});

test('what the customer’s plan had reserved is the branch’s again', async () => {
  const [account] = await director.does('Budgets', { policyId: 'bank-vip', year: 2026 });
  expect(account).toMatchObject({ available: { amount: '97' }, reserved: { amount: '0' }, spent: { amount: '3' } });
});

test('every table that knows customers has its rule', async () => {
  const { rows } = await app.app.services.database.pool.query<{ name: string }>(OF_CUSTOMERS);
  const named = Object.keys(PERSONAL_DATA).filter((table) => !PERSONAL_DATA[table]?.through);
  expect(named.sort()).toEqual(rows.map(({ name }) => name));
});

test('what hangs on a row of a customer hangs on one that has its rule', async () => {
  const { rows } = await app.app.services.database.pool.query<{ name: string }>(
    "select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'",
  );
  const columns = new Set(rows.map(({ name }) => name));
  for (const [table, { through, internal = [] }] of Object.entries(PERSONAL_DATA)) {
    for (const column of internal) expect(columns).toContain(`${table}.${column}`);
    if (!through) continue;
    expect(columns).toContain(`${table}.${through.key}`);
    expect(Object.keys(PERSONAL_DATA)).toContain(through.parent);
  }
});
