import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { does, ERRORS, NOW } from './contracts-bank.ts';

let app: TestApp;
let specialist: Person;
let supervisor: Person;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  specialist = app.as('BK-A/CUSTOMER_MANAGER');
  supervisor = app.as('BK-A/SUPERVISOR');
});
afterAll(() => app[Symbol.asyncDispose]());

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
