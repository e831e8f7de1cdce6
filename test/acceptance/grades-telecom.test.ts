import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

const HALL = { policyId: 'telecom-vip', branchCode: 'TL-A' };
let app: TestApp;
let hall: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  hall = app.as('TL-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

const MAY_USE = 'query($id: ID!, $code: String!) { customer(id: $id) { mayUse(code: $code) { allowed because } } }';

/** A customer who holds a tier by exception. */
async function holding(tierCode: string | null) {
  const customer = await givenCustomer(hall, HALL);
  if (tierCode) {
    const exception = await hall.does('RequestGradeException', {
      input: { customerId: customer.id, schemeId: 'club', tierCode, reason: 'taken over' },
    });
    const decided = await app
      .as('TL-A/SUPERVISOR')
      .does('DecideApproval', { input: { id: exception.id, decision: 'APPROVE' } });
    expect(decided).toMatchObject({ state: 'APPROVED' });
  }
  return async (code: string) => (await hall.ask(MAY_USE, { id: customer.id, code })).data.customer.mayUse;
}

describe('what a tier of the club gives', () => {
  test.each([
    { example: 'A-098', tier: 'SILVER', benefit: 'PRIORITY_HALL', allowed: true },
    { example: 'A-099', tier: null, benefit: 'PRIORITY_HALL', allowed: false },
    { example: 'A-100', tier: 'DIAMOND', benefit: 'SKIP_IVR', allowed: true },
    { example: 'A-100', tier: 'DIAMOND', benefit: 'PRIORITY_HOTLINE', allowed: true },
    { example: 'A-101', tier: 'GOLD', benefit: 'SKIP_IVR', allowed: true },
    { example: 'A-102', tier: 'SILVER', benefit: 'PRIORITY_HOTLINE', allowed: true },
    { example: 'A-102', tier: 'SILVER', benefit: 'SKIP_IVR', allowed: false },
  ])('$example: $tier and $benefit: $allowed', async ({ tier, benefit, allowed }) => {
    const mayUse = await holding(tier);
    const decision = await mayUse(benefit);
    expect(decision.allowed).toBe(allowed);
    expect(decision.because.length).toBeGreaterThan(10);
  });
});

const PROFILE =
  'query($id: ID!) { customer(id: $id) { profile { ... on TelecomVipIndividualProfile { brand preference phoneHabits spendCode ageCode } } } }';
const profileOf = async (profile: object) => {
  const customer = await givenCustomer(hall, { ...HALL, profile });
  return (await hall.ask(PROFILE, { id: customer.id })).data.customer.profile;
};

test('A-103: brand 2, preference 4, habits 3 and 4 are kept as the archive codes them', async () => {
  expect(await profileOf({ brand: 2, preference: 4, phoneHabits: [3, 4] })).toMatchObject({
    brand: 2,
    preference: 4,
    phoneHabits: [3, 4],
  });
});

describe('the archive codes follow the figures', () => {
  test.each([
    { example: 'A-104', monthlySpend: 100, spendCode: 2 },
    { example: 'A-104', monthlySpend: 150, spendCode: 3 },
    { example: 'A-104', monthlySpend: 250, spendCode: 4 },
    { example: 'A-105', monthlySpend: 80, spendCode: 2 },
    { example: 'A-105', monthlySpend: 120, spendCode: 3 },
    { example: 'A-105', monthlySpend: 200, spendCode: 4 },
    { example: 'A-106', monthlySpend: 25, spendCode: null },
  ])('$example: a monthly spend of $monthlySpend has the code $spendCode', async ({ monthlySpend, spendCode }) => {
    expect(await profileOf({ monthlySpend })).toMatchObject({ spendCode });
  });

  test.each([
    { example: 'A-107', age: 17, ageCode: 1 },
    { example: 'A-107', age: 30, ageCode: 3 },
    { example: 'A-107', age: 40, ageCode: 4 },
    { example: 'A-108', age: 18, ageCode: 2 },
    { example: 'A-108', age: 25, ageCode: 3 },
    { example: 'A-108', age: 35, ageCode: 4 },
  ])('$example: the age of $age has the code $ageCode', async ({ age, ageCode }) => {
    expect(await profileOf({ age })).toMatchObject({ ageCode });
  });
});

test('A-117: a service is switched on only with recorded consent', async () => {
  const customer = await givenCustomer(hall, HALL);
  const ACTIVATE =
    'mutation($input: ActivateServiceInput!) { activateService(input: $input) { __typename ... on Refused { reasons { code } } } }';
  const activate = async (more: object) =>
    (await hall.ask(ACTIVATE, { input: { customerId: customer.id, service: 'Caller tunes', ...more } })).data
      .activateService;
  expect(await activate({})).toEqual({ __typename: 'Refused', reasons: [{ code: 'NO_SERVICE_CONSENT' }] });
  expect(await activate({ consentEvidence: 'form 12 of 2026-03-02' })).toEqual({ __typename: 'Interaction' });
});
