import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { assess, BANK, codes } from './assessing.ts';

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

describe('the rural credit union looks at one customer number', () => {
  test.each([
    { example: 'A-001', demand: '50000', time: '0', eligible: true, reasons: ['DEMAND'] },
    { example: 'A-002', demand: '49999.99', time: '100000', eligible: true, reasons: ['TIME'] },
    { example: 'A-003', demand: '49999.99', time: '99999.99', eligible: false, reasons: [] },
    { example: 'A-004', demand: '60000', time: '150000', eligible: true, reasons: ['DEMAND', 'TIME'] },
    { example: 'A-006', demand: '40000', time: '0', eligible: false, reasons: [] },
    { example: 'A-007', demand: '0', time: '90000', eligible: false, reasons: [] },
    { example: 'A-001, a cent more', demand: '50000.01', time: '0', eligible: true, reasons: ['DEMAND'] },
  ])('$example: demand $demand, time $time', async ({ demand, time, eligible, reasons }) => {
    const customer = await givenCustomer(manager, BANK);
    const assessment = await assess(manager, customer, 'rural-credit', {
      DEMAND_DEPOSIT_MONTHLY_AVG_1Y: demand,
      TIME_DEPOSIT_REALTIME: time,
    });
    expect(assessment).toMatchObject({
      __typename: 'Assessment',
      eligible,
      proposedTier: eligible ? { code: 'VIP' } : null,
    });
    for (const reason of reasons) expect(codes(assessment).some((code) => code.startsWith(reason))).toBe(true);
    if (eligible) expect(codes(assessment)).toHaveLength(reasons.length);
  });

  test('A-005: two numbers of one person stand each for itself', async () => {
    for (const number of ['P-1', 'P-2']) {
      const customer = await givenCustomer(manager, { ...BANK, number, name: '李娜' });
      expect(
        await assess(manager, customer, 'rural-credit', {
          DEMAND_DEPOSIT_MONTHLY_AVG_1Y: '30000',
          TIME_DEPOSIT_REALTIME: '0',
        }),
      ).toMatchObject({ eligible: false });
    }
  });

  test('A-008 to A-011: an exception is decided by the right authority, one by one, and is pending until then', async () => {
    const head = await givenCustomer(manager, BANK);
    const exception = await manager.does('RequestGradeException', {
      input: { customerId: head.id, schemeId: 'rural-credit', tierCode: 'VIP', reason: 'head of an enterprise' },
    });
    expect(exception).toMatchObject({ __typename: 'Approval', state: 'PENDING' });
    expect(await manager.does('CustomerDetail', { id: head.id })).toMatchObject({ grade: null });
    const decide = { input: { id: exception.id, decision: 'APPROVE' } };
    expect(await app.as('BK-A/SUPERVISOR').does('DecideApproval', decide)).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'WRONG_AUTHORITY' }],
    });
    expect(await app.as('BK-A/DIRECTOR').does('DecideApproval', decide)).toMatchObject({ __typename: 'Refused' });
    expect(await app.as('BK-HQ/DIRECTOR').does('DecideApproval', decide)).toMatchObject({ state: 'APPROVED' });
    const detail = await manager.does('CustomerDetail', { id: head.id });
    expect(detail.grade).toMatchObject({ tier: { code: 'VIP' }, reason: 'EXCEPTION', state: 'ACTIVE' });
    const approvals = await app
      .as('BK-HQ/DIRECTOR')
      .does('Approvals', { filter: { kinds: ['GRADE_EXCEPTION'], states: ['APPROVED'] } });
    expect(approvals.nodes[0].steps).toMatchObject([
      { role: 'DIRECTOR', decision: 'APPROVE', decidedBy: { name: 'BK-HQ DIRECTOR' } },
    ]);
    // Twenty are not decided at once.
    const asked = [];
    for (let n = 0; n < 20; n++) {
      const { id: customerId } = await givenCustomer(manager, BANK);
      const input = { customerId, schemeId: 'rural-credit', tierCode: 'VIP', reason: 'head of an enterprise' };
      asked.push((await manager.does('RequestGradeException', { input })).id);
    }
    const bulk = { ids: asked, decision: 'APPROVE' };
    expect(await app.as('BK-HQ/DIRECTOR').does('DecideApprovals', { input: bulk })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'ONE_BY_ONE' }],
    });
  });

  test('A-012, A-020: who declines gets neither grade nor card', async () => {
    const customer = await givenCustomer(manager, { ...BANK, consent: { vipService: false } });
    const assessment = await assess(manager, customer, 'rural-credit', { TIME_DEPOSIT_REALTIME: '200000' });
    expect(assessment).toMatchObject({ eligible: true });
    expect(await manager.does('SubmitAssessment', { id: assessment.id })).toMatchObject({
      __typename: 'Refused',
      reasons: [{ code: 'NO_CONSENT' }],
    });
    const card = await manager.ask(
      'mutation($id: ID!) { requestVipCard(customerId: $id) { __typename ... on Refused { reasons { code } } } }',
      { id: customer.id },
    );
    expect(card.data.requestVipCard).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'NO_CONSENT' }] });
  });

  test('A-013: an outlet cannot add an indicator', async () => {
    const { version } = (await manager.does('Policies')).find(({ id }: { id: string }) => id === 'bank-vip');
    const change = {
      input: {
        policyId: 'bank-vip',
        parameters: [{ key: 'depositThreshold', value: 1 }],
        reason: 'ours',
        expectedVersion: version,
      },
    };
    for (const who of ['BK-A/CUSTOMER_MANAGER', 'BK-A/DIRECTOR', 'BK-HQ/DIRECTOR']) {
      expect(await app.as(who).does('ConfigurePolicy', change)).toMatchObject({ __typename: 'Forbidden' });
    }
  });

  test('A-014: a card takes every step from request to opening', async () => {
    const customer = await givenCustomer(manager, BANK);
    const exception = await manager.does('RequestGradeException', {
      input: { customerId: customer.id, schemeId: 'rural-credit', tierCode: 'VIP', reason: 'potential' },
    });
    await app.as('BK-HQ/DIRECTOR').does('DecideApproval', { input: { id: exception.id, decision: 'APPROVE' } });
    const requested = await manager.ask(
      'mutation($id: ID!) { requestVipCard(customerId: $id) { ... on VipCard { id state } } }',
      { id: customer.id },
    );
    const { id, state } = requested.data.requestVipCard;
    expect(state).toBe('REQUESTED');
    const MOVE =
      'mutation($id: ID!, $state: VipCardState!) { moveVipCard(id: $id, state: $state) { __typename ... on VipCard { state } ... on Refused { reasons { code } } } }';
    const move = async (to: string) => (await manager.ask(MOVE, { id, state: to })).data.moveVipCard;
    expect(await move('OPENED')).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'CARD_STEP' }] });
    for (const to of ['IN_PRODUCTION', 'COUNTY_STOCK', 'OUTLET_STOCK', 'CUSTOMER_NOTIFIED', 'OPENED'])
      expect(await move(to)).toMatchObject({ state: to });
    expect(await move('COUNTY_STOCK')).toMatchObject({ __typename: 'Refused' });
  });
});
