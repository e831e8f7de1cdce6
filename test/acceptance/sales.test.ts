import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { advances, decides, reads, skipped, starts } from './keeping.ts';

const NOW = '2026-03-02T08:00:00+08:00';
const CORE = { policyId: 'core', branchCode: 'CO-A' };
let app: TestApp;
let manager: Person;
let supervisor: Person;
let guest: { id: string };

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('CO-A/CUSTOMER_MANAGER');
  supervisor = app.as('CO-A/SUPERVISOR');
  guest = await givenCustomer(manager, CORE);
});
afterAll(() => app[Symbol.asyncDispose]());

describe('A-188: a sale counts for the manager who reserved it in person with the desk before the guest arrived', () => {
  const sale = { amount: '1200', department: 'Rooms', isContracted: false, isDug: false };
  const desk = { bookedBy: 'MANAGER_AT_DESK', reservedAt: '2026-03-01T10:00:00+08:00' };
  test.each([
    { it: 'reserved before arrival', fields: { ...desk, arrivedAt: '2026-03-01T18:00:00+08:00' }, counts: true },
    { it: 'reserved, and the guest has not come yet', fields: desk, counts: true },
    {
      it: 'reserved when the guest was there',
      fields: { ...desk, arrivedAt: '2026-03-01T10:00:00+08:00' },
      counts: false,
    },
    { it: 'reserved after the guest came', fields: { ...desk, arrivedAt: '2026-03-01T09:59:00+08:00' }, counts: false },
    { it: 'the guest was on site', fields: { bookedBy: 'ON_SITE' }, counts: false },
    { it: 'the guest booked alone', fields: { ...desk, bookedBy: 'CUSTOMER' }, counts: false },
    { it: 'a contracted unit', fields: { ...desk, isContracted: true }, counts: false },
    {
      it: 'dug by the manager, in any department',
      fields: { bookedBy: 'CUSTOMER', isDug: true, department: 'Restaurant' },
      counts: true,
    },
    { it: 'dug, and contracted', fields: { bookedBy: 'CUSTOMER', isDug: true, isContracted: true }, counts: false },
  ])('$it', async ({ fields, counts }) => {
    const record = { coreSale: { ...sale, ...fields } };
    // What counts is found out, whatever is said.
    const claimed = { coreSale: { ...record.coreSale, counts: !counts } };
    expect(await starts(manager, guest.id, claimed, '... on CoreSale { counts amount }')).toMatchObject({
      state: 'CLOSED',
      counts,
      amount: '1200',
    });
  });
});

const PRICE = { coreAgreementPrice: { price: '420 a night', reason: 'Sixty nights a year' } };

test('A-189: there is no agreement price for an individual', async () => {
  expect(await starts(manager, guest.id, PRICE)).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'NO_AGREEMENT_PRICE' }],
  });
});

test('A-190: a unit is investigated, then the department manager approves before anything is signed', async () => {
  const unit = await givenCustomer(manager, { ...CORE, kind: 'INSTITUTION', name: 'Hua Xin Ltd' });
  const asked = await starts(manager, unit.id, PRICE);
  expect(asked).toMatchObject({ state: 'OPEN', nextSteps: [{ code: 'INVESTIGATED' }] });
  expect(await advances(manager, asked, 'APPROVED')).toMatchObject(skipped('INVESTIGATED'));
  expect(await advances(manager, asked, 'SIGNED')).toMatchObject(skipped('INVESTIGATED'));
  const investigated = await advances(manager, asked, 'INVESTIGATED', {
    brings: { coreAgreementPriceInvestigated: { findings: 'Sound' } },
  });
  expect(investigated).toMatchObject({ state: 'PENDING_APPROVAL' });
  expect(investigated.steps[1]?.approval?.steps).toEqual([{ role: 'SUPERVISOR' }]);
  expect(await advances(manager, investigated, 'SIGNED')).toMatchObject({ reasons: [{ code: 'RECORD_IN_APPROVAL' }] });
  // Whoever asks does not decide, and what is returned is asked for again.
  expect(await decides(manager, investigated, 'APPROVED')).toMatchObject({ __typename: 'Refused' });
  await decides(supervisor, investigated, 'APPROVED', 'RETURN', 'Ask for the turnover');
  const returned = (await reads(manager, investigated)) ?? investigated;
  expect(returned).toMatchObject({ state: 'RETURNED' });
  expect(await advances(manager, returned, 'SIGNED')).toMatchObject(skipped('APPROVED'));
  const again = await advances(manager, returned, 'APPROVED');
  expect(again).toMatchObject({ state: 'PENDING_APPROVAL' });
  await decides(supervisor, again, 'APPROVED');
  const approved = (await reads(manager, again)) ?? again;
  expect(await advances(manager, approved, 'SIGNED')).toMatchObject({ state: 'CLOSED' });
});

test('A-191: a customer whom another manager manages is not taken up a second time', async () => {
  const other = app.as('CO-B/CUSTOMER_MANAGER');
  const person = (number: string, more: Record<string, unknown>) => ({
    input: {
      policyId: 'core',
      branchCode: 'CO-B',
      kind: 'INDIVIDUAL',
      name: '李娜',
      number,
      consent: { vipService: true },
      ...more,
    },
  });
  await givenCustomer(manager, { ...CORE, phone: '13912345678', idNumber: '110101199003071234' });
  const refused = { __typename: 'Refused', reasons: [{ code: 'MANAGED_BY_ANOTHER' }] };
  expect(await other.does('CreateCustomer', person('D-1', { phone: '139 1234 5678' }))).toMatchObject(refused);
  expect(await other.does('CreateCustomer', person('D-2', { idNumber: '110101 19900307 1234' }))).toMatchObject(
    refused,
  );
  const own = await other.does('CreateCustomer', person('D-3', { phone: '13700000001' }));
  expect(own).toMatchObject({ __typename: 'Customer' });
  // Nor by changing a file afterwards.
  const change = { input: { id: own.id, expectedVersion: own.version, phone: '13912345678' } };
  expect(await other.does('UpdateCustomer', change)).toMatchObject(refused);
  const mine = { ...CORE, phone: '13912345678', number: 'D-4', kind: 'INDIVIDUAL', name: '李娜' };
  expect(await manager.does('CreateCustomer', { input: mine })).toMatchObject({ __typename: 'Customer' });
});
