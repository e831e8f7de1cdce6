import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import type { RootOf, VariablesOf } from '../support/ask.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const NOW = '2026-03-02T08:00:00+08:00';
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

const ERRORS =
  '... on InvalidInput { issues { path message } } ... on Refused { reasons { code } } ... on Error { code }';
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

interface Done {
  readonly __typename: string;
  readonly id: string;
  readonly records: readonly { readonly id: string }[];
}
async function does(person: Person, document: string, variables: Record<string, unknown>) {
  const { data, errors } = await person.ask<Record<string, Done>>(document, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return Object.values(data)[0] as Done;
}

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

const DISCLOSE = `mutation ($input: DiscloseCustomerInput!) {
  discloseCustomer(input: $input) { __typename ... on Disclosure { id recipient legalBasis items } ${ERRORS} }
}`;

test('A-015: another party asks for balances, without legal basis or permission: refused and audited', async () => {
  const { id: customerId } = await givenCustomer(specialist, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const input = { customerId, recipient: 'Acme Ltd', items: ['balances'], purpose: 'asks by telephone' };
  expect(await does(specialist, DISCLOSE, { input })).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'NO_GROUND_TO_DISCLOSE' }],
  });
  expect(await does(specialist, DISCLOSE, { input: { ...input, legalBasis: '  ' } })).toMatchObject({
    __typename: 'Refused',
  });
  expect(await does(specialist, DISCLOSE, { input: { ...input, legalBasis: 'court order 12' } })).toMatchObject({
    __typename: 'Disclosure',
    legalBasis: 'court order 12',
  });
  const consent = { customerId, vipService: true, marketing: false };
  // What the decision leaves out stays as it was.
  await specialist.does('RecordConsent', { input: { ...consent, thirdPartyDisclosure: true } });
  await specialist.does('RecordConsent', { input: consent });
  expect(await does(specialist, DISCLOSE, { input })).toMatchObject({ __typename: 'Disclosure', legalBasis: null });
  await specialist.does('RecordConsent', { input: { ...consent, thirdPartyDisclosure: false } });
  expect(await does(specialist, DISCLOSE, { input })).toMatchObject({ __typename: 'Refused' });
  const trail = await supervisor.does('AuditTrail', { filter: { customerId }, first: 50 });
  const told = trail.nodes.filter(({ action }: { action: string }) => /DISCLOS/.test(action));
  expect(told.map(({ action }: { action: string }) => action).reverse()).toEqual([
    'REFUSED_DISCLOSURE',
    'REFUSED_DISCLOSURE',
    'DISCLOSE_CUSTOMER',
    'DISCLOSE_CUSTOMER',
    'REFUSED_DISCLOSURE',
  ]);
  expect(told.at(-1)).toMatchObject({
    actor: { name: 'BK-A CUSTOMER_MANAGER' },
    changes: expect.arrayContaining([{ field: 'recipient', before: null, after: 'Acme Ltd' }]),
  });
  const stranger = await does(app.as('BK-B/CUSTOMER_MANAGER'), DISCLOSE, { input });
  expect(stranger).toMatchObject({ code: 'NOT_FOUND' });
});

const SIGN = `mutation ($input: ConfidentialityAgreementInput!) {
  recordConfidentialityAgreement(input: $input) { __typename ... on Staff { id } ${ERRORS} }
}`;

test('A-187: without a confidentiality agreement access to customer data is refused, along every path', async () => {
  const [person, colleague, admin] = ['CO-A/CUSTOMER_MANAGER', 'CO-A/SUPERVISOR', 'SYS/ADMIN'].map((who) =>
    app.as(who),
  ) as [Person, Person, Person];
  const { id } = await givenCustomer(person, { policyId: 'core', branchCode: 'CO-A' });
  const ticket = await givenTicket(person, { customerId: id });
  const sign = (signedAt: string | null, by = admin) => does(by, SIGN, { input: { staffId: person.id, signedAt } });
  expect(await sign(null, colleague)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await sign('2027-01-01T00:00:00Z')).toMatchObject({ __typename: 'InvalidInput' });
  expect(await sign(null)).toMatchObject({ __typename: 'Staff' });
  // What is known of a person is at most half a second old.
  await new Promise((resolve) => setTimeout(resolve, 600));
  for (const query of [
    '{ customers { totalCount } }',
    '{ tickets { totalCount } }',
    '{ tasks { totalCount } }',
    '{ approvals { totalCount } }',
    '{ slaSummary { openTickets } }',
    `{ customer(id: "${id}") { name } }`,
    `{ ticket(id: "${ticket.id}") { subject } }`,
    `{ node(id: "${id}") { ... on Customer { name } } }`,
    `{ nodes(ids: ["${id}"]) { ... on Customer { name } } }`,
  ]) {
    const { data, errors } = await person.ask(query);
    expect(errors?.[0]?.extensions?.code, query).toBe('FORBIDDEN');
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
  }
  for (const [name, variables] of [
    ['RevealCustomer', { id, reason: 'curious' }],
    ['RecordConsent', { input: { customerId: id, vipService: true, marketing: true } }],
    ['AcknowledgeTicket', { id: ticket.id }],
  ] as const) {
    const { code } = await person.does(name, variables);
    expect(['FORBIDDEN', 'NOT_FOUND'], name).toContain(code);
  }
  const created = await person.does('CreateCustomer', {
    input: { policyId: 'core', branchCode: 'CO-A', number: 'NEW-1', kind: 'INDIVIDUAL', name: 'X' },
  });
  expect(created.__typename).not.toBe('Customer');
  expect((await colleague.ask('{ customers { totalCount } }')).data.customers.totalCount).toBe(1);
  expect((await person.ask('{ viewer { name } }')).errors).toBeUndefined();
  await sign('2026-03-01T00:00:00Z');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect((await person.ask('{ customers { totalCount } }')).data.customers.totalCount).toBe(1);
});

const DRAW = `mutation ($input: DrawServiceSampleInput!) {
  drawServiceSample(input: $input) { __typename ... on ServiceSample { quarter population records { id } } ${ERRORS} }
}`;

const sampleTasks = async (of: TestApp) => {
  const found: RootOf<'MyTasks'>['nodes'][number][] = [];
  let after: string | null = null;
  for (let isMore = true; isMore; ) {
    const variables: VariablesOf<'MyTasks'> = { filter: { origins: ['REVIEW'] }, first: 100, after };
    const { nodes, pageInfo }: RootOf<'MyTasks'> = await of.as('BK-HQ/AUDITOR').does('MyTasks', variables);
    found.push(...nodes);
    [after, isMore] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return found.filter(({ title }: { title: string }) => title.startsWith('Draw a sample'));
};

test.each([
  { quarter: '2026-Q1', from: '2026-03-02T08:00:00+08:00', overdueAt: '2026-04-01T00:00:00+08:00' },
  { quarter: '2027-Q4', from: '2027-12-31T23:00:00+08:00', overdueAt: '2028-01-01T00:00:00+08:00' },
  { quarter: '2028-Q1', from: '2028-02-29T12:00:00+08:00', overdueAt: '2028-04-01T00:00:00+08:00' },
])(
  'A-081: $quarter without a sample of service records is overdue on the first day of the next quarter',
  async ({ quarter, from, overdueAt }) => {
    await using bank = await startTestApp({ now: from });
    const before = new Date(Date.parse(overdueAt) - 1_000).toISOString();
    await bank.advance(before);
    expect(await sampleTasks(bank)).toEqual([]);
    await bank.advance(overdueAt);
    const tasks = await sampleTasks(bank);
    expect(tasks).toHaveLength(1);
    expect(tasks).toContainEqual(
      expect.objectContaining({ status: 'OVERDUE', title: `Draw a sample of the service records of ${quarter}` }),
    );
    const { nodes } = await bank
      .as('BK-HQ/AUDITOR')
      .does('AlertHistory', { first: 10 })
      .then(({ edges }) => ({
        nodes: edges.map(({ node }: { node: object }) => node),
      }));
    expect(nodes).toContainEqual(
      expect.objectContaining({
        kind: 'TASK_OVERDUE',
        raisedAt: new Date(overdueAt).toISOString(),
        branch: { code: 'BK-HQ' },
      }),
    );
  },
);

test('A-081: a sample that was drawn is random, registered and in time', async () => {
  await using bank = await startTestApp({ now: '2026-02-10T08:00:00+08:00' });
  const person = bank.as('BK-A/CUSTOMER_MANAGER');
  const auditor = bank.as('BK-HQ/AUDITOR');
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip' } })).toMatchObject({
    reasons: [{ code: 'NOTHING_TO_SAMPLE' }],
  });
  const { id: customerId } = await givenCustomer(person, { policyId: 'bank-vip', branchCode: 'BK-A' });
  for (let index = 0; index < 30; index++) {
    const input = { customerId, channel: 'PHONE', purpose: 'CARE', summary: `call ${index}` };
    await person.does('RecordInteraction', { input });
  }
  await bank.advance('2026-03-31T23:59:59+08:00');
  expect(await does(bank.as('BK-HQ/DIRECTOR'), DRAW, { input: { policyId: 'bank-vip' } })).toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(await does(auditor, DRAW, { input: { policyId: 'telecom-vip' } })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip', size: 0 } })).toMatchObject({
    code: 'INVALID_INPUT',
  });
  const samples = [];
  for (let drawn = 0; drawn < 3; drawn++)
    samples.push(await does(auditor, DRAW, { input: { policyId: 'bank-vip', size: 10 } }));
  for (const sample of samples) {
    expect(sample).toMatchObject({ quarter: '2026-Q1', population: 30 });
    expect(new Set((sample.records as unknown as { id: string }[]).map(({ id }) => id)).size).toBe(10);
  }
  // Of 30 million ways to draw 10 of 30, three times the same one is none.
  expect(new Set(samples.map(({ records }) => JSON.stringify(records))).size).toBeGreaterThan(1);
  await bank.advance('2026-04-02T00:00:00+08:00');
  expect(await sampleTasks(bank)).toEqual([]);
  // The next quarter has no records yet, and is missing on the first day after it; it is drawn late.
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip' } })).toMatchObject({
    reasons: [{ code: 'NOTHING_TO_SAMPLE' }],
  });
  await person.does('RecordInteraction', { input: { customerId, channel: 'PHONE', purpose: 'CARE', summary: 'call' } });
  await bank.advance('2026-07-03T00:00:00+08:00');
  const [late] = await sampleTasks(bank);
  expect(late).toMatchObject({ status: 'OVERDUE', dueAt: '2026-06-30T16:00:00.000Z' });
  const done = await bank
    .as('BK-HQ/SUPERVISOR')
    .does('CompleteTask', { input: { id: late?.id ?? '', outcome: 'done' } });
  expect(done).toMatchObject({ reasons: [{ code: 'DRAW_THE_SAMPLE' }] });
  for (const quarter of ['2026-Q5', '2026-Q4', 'Q2'])
    expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip', quarter } })).toMatchObject({
      issues: [{ path: 'input.quarter' }],
    });
  expect(await does(auditor, DRAW, { input: { policyId: 'bank-vip', quarter: '2026-Q2' } })).toMatchObject({
    quarter: '2026-Q2',
    population: 1,
  });
  expect(await sampleTasks(bank)).toMatchObject([{ status: 'DONE' }]);
  // All of head office reads what was drawn, the newest first; of an outlet nobody does, nor draws there.
  const asked = { policyId: 'bank-vip' };
  const all = await bank.as('BK-HQ/DIRECTOR').does('ServiceSamples', asked);
  expect(all.map(({ quarter }: { quarter: string }) => quarter)).toEqual(['2026-Q2', '2026-Q1', '2026-Q1', '2026-Q1']);
  expect(await auditor.does('ServiceSamples', { ...asked, quarter: '2026-Q2' })).toMatchObject([{ id: all[0].id }]);
  const node = 'query ($id: ID!) { node(id: $id) { ... on ServiceSample { population } } }';
  expect((await auditor.ask(node, { id: all[0].id })).data.node).toEqual({ population: 1 });
  const outlet = bank.as('BK-A/AUDITOR');
  expect(await outlet.does('ServiceSamples', asked)).toEqual([]);
  expect((await outlet.ask(node, { id: all[0].id })).data.node).toBeNull();
  expect(await does(outlet, DRAW, { input: asked })).toMatchObject({ code: 'FORBIDDEN' });
  const { data } = await auditor.ask(
    '{ auditTrail(filter: { actions: ["DRAW_SERVICE_SAMPLE"] }) { nodes { actor { name } changes { after } } } }',
  );
  expect(data.auditTrail.nodes).toHaveLength(4);
});

test('A-181: a third party asks without the consent of a customer of any other line: refused', async () => {
  const { id: customerId } = await givenCustomer(app.as('CO-A/CUSTOMER_MANAGER'), {
    policyId: 'core',
    branchCode: 'CO-A',
  });
  const input = { customerId, recipient: 'Acme Ltd', items: ['orders'], purpose: 'asks by telephone' };
  expect(await does(app.as('CO-A/CUSTOMER_MANAGER'), DISCLOSE, { input })).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'NO_GROUND_TO_DISCLOSE' }],
  });
});
