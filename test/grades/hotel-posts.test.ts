import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

// Who applies for a hotel level is a table of posts (S03-hotel-vip-reception).

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00+08:00' });
});
afterAll(() => app[Symbol.asyncDispose]());

const given = (more: object = {}) =>
  givenCustomer(app.as('CO-A/CUSTOMER_MANAGER'), {
    policyId: 'core',
    branchCode: 'CO-A',
    profile: { vipCategory: 'CUSTOMER' },
    ...more,
  });

test.each([
  { stays: { FULL_PRICE_LUXURY_STAYS: '3', FULL_PRICE_STAYS: '3' }, role: 'CUSTOMER_MANAGER', isTaken: true },
  { stays: { FULL_PRICE_LUXURY_STAYS: '0', FULL_PRICE_STAYS: '10' }, role: 'CUSTOMER_MANAGER', isTaken: false },
  { stays: { FULL_PRICE_LUXURY_STAYS: '2', FULL_PRICE_STAYS: '11' }, role: 'SUPERVISOR', isTaken: true },
])('VD with the stays $stays, applied for by $role, is taken: $isTaken', async ({ stays, role, isTaken }) => {
  const customer = await given();
  const person = app.as(`CO-A/${role}`);
  const metrics = Object.entries(stays).map(([key, value]) => ({
    customerNumber: customer.number,
    key,
    value,
    asOf: '2026-03-01',
  }));
  const recorded = await person.does('RecordMetrics', { input: { policyId: 'core', source: 'desk', metrics } });
  expect(recorded).toMatchObject({ rejected: [] });
  const assessment = await person.does('AssessCustomer', { input: { customerId: customer.id, schemeId: 'hotel' } });
  expect(assessment).toMatchObject({ proposedTier: { code: 'VD' } });
  const answer = await person.does('SubmitAssessment', { id: assessment.id });
  if (isTaken) expect(answer).toMatchObject({ __typename: 'Assessment' });
  else expect(answer).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'MAY_NOT_APPLY' }] });
});

test('the general manager applies for VA, as the table says', async () => {
  const { id: customerId } = await given();
  const input = { customerId, schemeId: 'hotel', tierCode: 'VA', reason: 'head of state' };
  expect(await app.as('CO-A/EXECUTIVE').does('RequestGradeException', { input })).toMatchObject({
    __typename: 'Approval',
    state: 'PENDING',
  });
});
