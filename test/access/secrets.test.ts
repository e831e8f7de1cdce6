import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Quota } from '../../server/platform/access/rate-quota.ts';
import { operation, type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const NOW = '2026-03-02T08:00:00+08:00';

/** What may stand nowhere: planted in a customer's identifiers and in the fields that the policy calls sensitive. */
const SECRETS = {
  phone: '13977654321',
  email: 'canary.person@secret-host.example',
  idNumber: '110101198807067777',
  address: 'Canary Lane 4711',
  contactPerson: 'Canarina Secretova',
  keyRelatives: 'Uncle Canaryus',
  otherBankDeposits: 987_654_321,
  financialPosition: 'canary-solvent',
} as const;
const { phone, email, idNumber, ...profile } = SECRETS;
const CHANGED = { phone: '13988123456', email: 'second.canary@secret-host.example', address: 'Canary Alley 1174' };
const ALL = [...Object.values(SECRETS), ...Object.values(CHANGED)].map(String);

const found = (text: string) => ALL.filter((secret) => text.includes(secret));

let app: TestApp;
let manager: Person;
let customer: { id: string; number: string };
const logged: string[] = [];
/** Everything that anybody was answered, but for what was revealed. */
const answered: string[] = [];

async function ask(person: Person, document: string, variables?: Record<string, unknown>) {
  const answer = await person.ask(document, variables);
  answered.push(JSON.stringify(answer));
  return answer;
}

beforeAll(async () => {
  app = await startTestApp({ now: NOW, log: pino({ level: 'trace' }, { write: (line: string) => logged.push(line) }) });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  customer = await givenCustomer(manager, {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    number: 'S-1',
    phone,
    email,
    idNumber,
    profile,
  });
});
afterAll(() => app[Symbol.asyncDispose]());

test('they come back from the one mutation that reveals, and only from there', async () => {
  const document = `mutation ($id: ID!) {
    revealCustomer(id: $id, reason: "calls back") { ... on RevealedCustomer { phone email idNumber address profile } }
  }`;
  const { data } = await manager.ask(document, { id: customer.id });
  expect(data.revealCustomer).toEqual({ phone, email, idNumber, address: SECRETS.address, profile });
});

test('no answer, error or log line holds one of them', async () => {
  const { id, number } = customer;
  // Each input is wrong in a way of its own, and carries what it should not tell.
  const wrong = [
    { policyId: 'bank-vip', branchCode: 'BK-A', number: 'S-1', kind: 'INDIVIDUAL', name: 'X', phone, email, idNumber },
    {
      policyId: 'bank-vip',
      branchCode: 'BK-A',
      number: 'S-2',
      kind: 'INDIVIDUAL',
      name: 'X',
      phone: email,
      email: phone,
    },
    {
      policyId: 'bank-vip',
      branchCode: 'BK-A',
      number: 'S-3',
      kind: 'INDIVIDUAL',
      name: 'X',
      profile: { ...profile, riskTolerance: SECRETS.address },
    },
    { policyId: 'bank-vip', branchCode: 'BK-A', number: 'S-4', kind: 'INTERNAL', name: 'X', profile },
    {
      policyId: 'core',
      branchCode: 'BK-A',
      number: 'S-5',
      kind: 'INDIVIDUAL',
      name: 'X',
      profile,
      idNumber: `${idNumber}\u0001`,
    },
  ];
  for (const input of wrong) await ask(manager, 'CreateCustomer', { input, idempotencyKey: `key-${input.number}` });
  const update = { id, expectedVersion: 1, phone: CHANGED.phone, email: CHANGED.email };
  await ask(manager, 'UpdateCustomer', { input: { ...update, profile: { ...profile, address: CHANGED.address } } });
  await ask(manager, 'UpdateCustomer', { input: { ...update, profile } });
  await ask(manager, 'AssessCustomer', { input: { customerId: id, schemeId: 'rural-credit' } });
  const ticket = await givenTicket(manager, { customerId: id });
  await ask(manager, 'CompleteTask', { input: { id: ticket.id, outcome: 'x' } });
  await app.advance('2026-03-03T08:00:00+08:00');
  const clock = (await manager.does('TicketDetail', { id: ticket.id })).clocks[0];

  const variables: Record<string, unknown> = {
    id,
    clockId: clock.id,
    policyId: 'bank-vip',
    period: { from: '2026-03-01', to: '2026-03-31' },
    first: 50,
  };
  const queries = parse(
    readFileSync(new URL('../../schema/operations.graphql', import.meta.url), 'utf8'),
  ).definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION && one.operation === 'query' && one.name ? [one] : [],
  );
  expect(queries.length).toBeGreaterThan(10);
  for (const role of ['CUSTOMER_MANAGER', 'SUPERVISOR', 'DIRECTOR', 'AUDITOR', 'SERVICE', 'FINANCE']) {
    const person = app.as(`BK-A/${role}`);
    for (const { name, variableDefinitions = [] } of queries) {
      const names = variableDefinitions.map(({ variable }) => variable.name.value);
      const given = Object.fromEntries(Object.entries(variables).filter(([key]) => names.includes(key)));
      const id = name?.value === 'TicketDetail' ? { id: ticket.id } : {};
      await ask(person, operation(name?.value ?? ''), { ...given, ...id });
    }
    await ask(
      person,
      '{ customers { nodes { profile { ... on BankVipIndividualProfile { address { text withheld } contactPerson { text } keyRelatives { text } otherBankDeposits { text withheld } financialPosition { text } } } } } auditTrail { nodes { changes { field before after } reason } } }',
    );
    for (const secret of ALL)
      await ask(person, '{ customers(filter: { search: "_" }) { totalCount } }'.replace('_', secret));
  }
  expect(answered.length).toBeGreaterThan(100);
  expect(answered.some((text) => text.includes('"withheld":true'))).toBe(true);
  expect(answered.filter((text) => found(text).length > 0)).toEqual([]);
  expect(logged.filter((line) => found(line).length > 0)).toEqual([]);
  expect(number).toBe('S-1');
});

test('a search by words or number finds nobody by a secret', async () => {
  for (const secret of ALL) {
    const { data } = await manager.ask<{ customers: { totalCount: number } }>(
      `{ customers(filter: { search: "${secret}" }) { totalCount } }`,
    );
    expect(data.customers.totalCount, secret).toBe(0);
  }
});

test('the database holds none of them in clear, in any table', async () => {
  const { pool } = app.app.services.database;
  const tables = await pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
  );
  expect(tables.rows.length).toBeGreaterThan(20);
  const hits: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<{ text: string }>(`select t::text as text from "${name}" t`);
    for (const { text } of rows) hits.push(...found(text).map((secret) => `${name}: ${secret}`));
  }
  expect(hits).toEqual([]);
  const { rows } = await pool.query("select profile::text from customer where number = 'S-1'");
  expect(rows[0].profile).toContain('"sealed": "v1.');
});

test('a sealed value that is moved to another customer does not open', async () => {
  const { pool } = app.app.services.database;
  const other = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', number: 'S-9' });
  await pool.query(
    `update customer t set profile = s.profile from customer s where s.number = 'S-1' and t.number = 'S-9'`,
  );
  const { data, errors } = await ask(manager, 'RevealCustomer', { id: other.id, reason: 'tries' });
  expect(data).toEqual({ revealCustomer: null });
  expect(errors?.[0]?.extensions?.code).toBe('INTERNAL');
  expect(answered.concat(logged).filter((text) => found(text).length > 0)).toEqual([]);
});

const BY_IDENTIFIER =
  'query ($identifier: String!) { customers(filter: { identifier: $identifier }) { totalCount nodes { number } } }';

test('whole identifiers find their customer, parts of them and strangers do not', async () => {
  for (const identifier of [CHANGED.phone, '139 8812-3456', CHANGED.email.toUpperCase(), idNumber]) {
    const { data } = await manager.ask(BY_IDENTIFIER, { identifier });
    expect(data.customers, identifier).toEqual({ totalCount: 1, nodes: [{ number: 'S-1' }] });
  }
  for (const identifier of [phone, '1398812345', CHANGED.phone.slice(3), '%', '']) {
    const { data } = await manager.ask(BY_IDENTIFIER, { identifier });
    expect(data.customers.totalCount, identifier).toBe(0);
  }
  const stranger = await app.as('BK-B/DIRECTOR').ask(BY_IDENTIFIER, { identifier: idNumber });
  expect(stranger.data.customers).toEqual({ totalCount: 0, nodes: [] });
});

test('nobody can try out identifiers by the hundred', async () => {
  const person = app.as('BK-A/DIRECTOR');
  const codes: unknown[] = [];
  for (let tried = 0; tried < 40; tried++) {
    const { errors } = await person.ask(BY_IDENTIFIER, { identifier: `139000000${tried}` });
    codes.push(errors?.[0]?.extensions?.code ?? 'ANSWERED');
  }
  expect(codes.filter((code) => code === 'ANSWERED')).toHaveLength(30);
  expect(codes.slice(30).every((code) => code === 'SEARCH_QUOTA')).toBe(true);
});

test('a quota slides and is kept for each person', () => {
  let now = 0;
  const quota = new Quota(2, 1000, () => now);
  expect([quota.take('a'), quota.take('a'), quota.take('a'), quota.take('b')]).toEqual([true, true, false, true]);
  now = 999;
  expect(quota.take('a')).toBe(false);
  now = 1000;
  expect([quota.take('a'), quota.take('a'), quota.take('a')]).toEqual([true, true, false]);
});
