import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { does, ERRORS, NOW } from './contracts-bank.ts';

let app: TestApp;
let specialist: Person;
let supervisor: Person;
let director: Person;
let customer: { id: string; version: number };

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  specialist = app.as('BK-A/CUSTOMER_MANAGER');
  supervisor = app.as('BK-A/SUPERVISOR');
  director = app.as('BK-HQ/DIRECTOR');
  customer = await givenCustomer(specialist, { policyId: 'bank-vip', branchCode: 'BK-A' });
});
afterAll(() => app[Symbol.asyncDispose]());

const FILE = `mutation ($input: FileContractInput!, $key: String) {
  fileContract(input: $input, idempotencyKey: $key) { __typename ... on Contract { id name version archivedAt } ${ERRORS} }
}`;
const ARCHIVE = `mutation ($id: ID!, $version: Int!) {
  archiveContract(id: $id, expectedVersion: $version) { __typename ... on Contract { id archivedAt } ${ERRORS} }
}`;
const OPEN = `mutation ($id: ID!) {
  openContract(id: $id) { __typename ... on OpenedContract { content until contract { name } } ${ERRORS} }
}`;
const ASK = `mutation ($input: ArchiveAccessInput!) {
  requestArchiveAccess(input: $input) { __typename ... on Approval { id kind state subject { __typename id } } ${ERRORS} }
}`;

const file = (name: string, person = specialist, customerId = customer.id) =>
  does(person, FILE, { input: { customerId, name, content: `Terms of ${name}: 3.2 %` } });

async function archived(name: string, person = specialist): Promise<string> {
  const contract = await file(name, person);
  await does(person, ARCHIVE, { id: contract.id, version: 1 });
  return contract.id;
}

async function actions(id: string): Promise<string[]> {
  const { data } = await supervisor.ask(
    'query ($id: ID!) { auditTrail(filter: { subjectId: $id }, first: 100) { nodes { action } } }',
    { id },
  );
  return data.auditTrail.nodes.map(({ action }: { action: string }) => action).reverse();
}

describe('A-066: a contract is named year-number-type', () => {
  test.each(['2026-0042-SERVICE', '2024-0001-Loan', '2026-9999-服务', '2026-0043-VIP_2'])(
    '%s is accepted',
    async (name) => {
      expect(await file(name)).toMatchObject({ __typename: 'Contract', name, archivedAt: null });
    },
  );
  test.each([
    'SERVICE-2026-42',
    '2026-42-SERVICE',
    '26-0042-SERVICE',
    '2026-0042-',
    '2026-0042',
    '20260042SERVICE',
    '2026-00042-SERVICE',
    ' 2026-0042-SERVICE',
    '2026-0042-SERVICE\n',
    '2026-0042-SER-VICE',
    '２０２６-0042-SERVICE',
    '2026–0042–SERVICE',
    '',
  ])('%j is refused', async (name) => {
    expect(await file(name)).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.name' }] });
  });
  test('no two of a policy have one name; a repeated request files one', async () => {
    expect(await file('2026-0042-SERVICE')).toMatchObject({ issues: [{ message: 'is taken within the policy' }] });
    const input = { customerId: customer.id, name: '2026-0050-LOAN', content: 'x' };
    const first = await does(specialist, FILE, { input, key: 'c-50' });
    expect((await does(specialist, FILE, { input, key: 'c-50' })).id).toBe(first.id);
  });
});

test('a contract that is not archived is opened by those who see its customer, and by nobody else', async () => {
  const { id } = await file('2026-0060-LOAN');
  expect(await does(specialist, OPEN, { id })).toMatchObject({
    content: 'Terms of 2026-0060-LOAN: 3.2 %',
    until: null,
  });
  expect(await does(app.as('BK-B/CUSTOMER_MANAGER'), OPEN, { id })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await does(app.as('BK-B/DIRECTOR'), OPEN, { id })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await does(app.as('SYS/ADMIN'), OPEN, { id })).toMatchObject({ code: 'FORBIDDEN' });
  const { pool } = app.app.services.database;
  const { rows } = await pool.query("select content_sealed from contract where name = '2026-0060-LOAN'");
  expect(rows[0].content_sealed).toMatch(/^v1\./);
});

test('A-067: a specialist opens an archived contract without a request: refused; with an approved one: allowed for 24 h; the director: allowed', async () => {
  const id = await archived('2026-0067-SERVICE');
  expect(await does(specialist, OPEN, { id })).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'ARCHIVED' }],
  });
  const asked = await does(specialist, ASK, { input: { contractId: id, reason: 'the customer asks for a copy' } });
  expect(asked).toMatchObject({ kind: 'ARCHIVE_ACCESS', state: 'PENDING', subject: { __typename: 'Contract', id } });
  // Asking is not enough, and whoever asks does not decide.
  expect(await does(specialist, OPEN, { id })).toMatchObject({ __typename: 'Refused' });
  const waiting = await director.does('Approvals', { filter: { awaitingMe: true, kinds: ['ARCHIVE_ACCESS'] } });
  expect(waiting.nodes).toMatchObject([{ id: asked.id, awaitingMe: true }]);
  await app.advance('2026-03-02T10:00:00+08:00');
  expect(await director.does('DecideApproval', { input: { id: asked.id, decision: 'APPROVE' } })).toMatchObject({
    state: 'APPROVED',
  });
  expect(await does(specialist, OPEN, { id })).toMatchObject({
    content: 'Terms of 2026-0067-SERVICE: 3.2 %',
    until: '2026-03-03T02:00:00.000Z',
  });
  // It is the asker's alone.
  expect(await does(supervisor, OPEN, { id })).toMatchObject({ __typename: 'Refused' });
  expect(await does(director, OPEN, { id })).toMatchObject({ __typename: 'OpenedContract', until: null });
  await app.advance('2026-03-03T09:59:59+08:00');
  expect(await does(specialist, OPEN, { id })).toMatchObject({ __typename: 'OpenedContract' });
  await app.advance('2026-03-03T10:00:00+08:00');
  expect(await does(specialist, OPEN, { id })).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'ARCHIVED' }],
  });
  expect(await actions(id)).toEqual([
    'FILE_CONTRACT',
    'ARCHIVE_CONTRACT',
    'REFUSED_OPEN_CONTRACT',
    'REQUEST_ARCHIVE_ACCESS',
    'REFUSED_OPEN_CONTRACT',
    'OPEN_CONTRACT',
    'REFUSED_OPEN_CONTRACT',
    'OPEN_CONTRACT',
    'OPEN_CONTRACT',
    'REFUSED_OPEN_CONTRACT',
  ]);
});

test('A-067: over the end of a year and of a leap February a request holds for 24 h too', async () => {
  for (const [name, at, until] of [
    ['2027-0001-LOAN', '2027-12-31T15:30:00+08:00', '2028-01-01T07:30:00.000Z'],
    ['2028-0001-LOAN', '2028-02-28T23:00:00+08:00', '2028-02-29T15:00:00.000Z'],
  ] as const) {
    await using later = await startTestApp({ now: at });
    const person = later.as('BK-B/CUSTOMER_MANAGER');
    const { id: customerId } = await givenCustomer(person, { policyId: 'bank-vip', branchCode: 'BK-B' });
    const { id } = await file(name, person, customerId);
    await does(person, ARCHIVE, { id, version: 1 });
    const asked = await does(person, ASK, { input: { contractId: id, reason: 'court order' } });
    await later.as('BK-HQ/DIRECTOR').does('DecideApproval', { input: { id: asked.id, decision: 'APPROVE' } });
    expect(await does(person, OPEN, { id })).toMatchObject({ until });
    await later.advance(new Date(Date.parse(until) - 1).toISOString());
    expect(await does(person, OPEN, { id })).toMatchObject({ __typename: 'OpenedContract' });
    await later.advance(until);
    expect(await does(person, OPEN, { id })).toMatchObject({ __typename: 'Refused' });
  }
});

test('A-067: a request that was rejected or returned opens nothing', async () => {
  const id = await archived('2026-0068-SERVICE');
  for (const decision of ['REJECT', 'RETURN']) {
    const asked = await does(specialist, ASK, { input: { contractId: id, reason: 'curious' } });
    await director.does('DecideApproval', { input: { id: asked.id, decision, comment: 'no need' } });
    expect(await does(specialist, OPEN, { id })).toMatchObject({ __typename: 'Refused' });
  }
});

test('A-068: a manager opens an archived contract directly: refused, and must apply', async () => {
  const id = await archived('2026-0069-SERVICE');
  for (const who of ['BK-A/SUPERVISOR', 'BK-HQ/SUPERVISOR', 'BK-HQ/COMMAND_CENTER', 'BK-HQ/AUDITOR'])
    expect(await does(app.as(who), OPEN, { id }), who).toMatchObject({ reasons: [{ code: 'ARCHIVED' }] });
  const asked = await does(supervisor, ASK, { input: { contractId: id, reason: 'a dispute' } });
  await director.does('DecideApproval', { input: { id: asked.id, decision: 'APPROVE' } });
  expect(await does(supervisor, OPEN, { id })).toMatchObject({ __typename: 'OpenedContract' });
});
