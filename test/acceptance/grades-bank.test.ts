import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

const BANK = { policyId: 'bank-vip', branchCode: 'BK-A' };
let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

/** Records figures of the day before and assesses by a scheme. */
async function assess(
  customer: { id: string; number: string },
  schemeId: string,
  figures: Record<string, string>,
  more: object = {},
) {
  const metrics = Object.entries(figures).map(([key, value]) => ({
    customerNumber: customer.number,
    key,
    value,
    asOf: '2026-03-01',
  }));
  const recorded = await manager.does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics } });
  expect(recorded).toMatchObject({ rejected: [] });
  return manager.does('AssessCustomer', { input: { customerId: customer.id, schemeId, ...more } });
}

const codes = (assessment: { reasons: { code: string }[] }) => assessment.reasons.map(({ code }) => code);

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
    const assessment = await assess(customer, 'rural-credit', {
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
        await assess(customer, 'rural-credit', { DEMAND_DEPOSIT_MONTHLY_AVG_1Y: '30000', TIME_DEPOSIT_REALTIME: '0' }),
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
    const assessment = await assess(customer, 'rural-credit', { TIME_DEPOSIT_REALTIME: '200000' });
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

test('A-017, A-018: the branch scheme is not configured until its list is set, and then any one suffices', async () => {
  const admin = app.as('SYS/ADMIN');
  const customer = await givenCustomer(manager, BANK);
  const blank = await assess(customer, 'branch', { TRANSACTION_AMOUNT: '1000000' });
  expect(blank).toMatchObject({ __typename: 'NotConfigured' });
  expect(blank.parameters.length).toBeGreaterThan(0);
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'bank-vip');
  const parameters = blank.parameters.map((key: string) => ({
    key,
    value: key.toLowerCase().includes('deposit') ? 200_000 : 1_000_000,
  }));
  expect(
    await admin.does('ConfigurePolicy', {
      input: { policyId: 'bank-vip', parameters, reason: 'list of 2026', expectedVersion: version },
    }),
  ).toMatchObject({ __typename: 'Policy' });
  expect(
    await manager.does('AssessCustomer', { input: { customerId: customer.id, schemeId: 'branch' } }),
  ).toMatchObject({ eligible: true, proposedTier: { code: 'VIP' } });
  const below = await givenCustomer(manager, BANK);
  expect(
    await assess(below, 'branch', {
      TRANSACTION_AMOUNT: '999999.99',
      DAILY_AVG_DEPOSIT: '199999.99',
      TOTAL_BALANCE: '0',
    }),
  ).toMatchObject({ eligible: false });
});

describe('tiers are ordered within their scheme', () => {
  test.each([
    { example: 'A-024', scheme: 'personal', order: ['DIAMOND', 'PLATINUM', 'GOLD'] },
    { example: 'A-027', scheme: 'corporate', order: ['PRESTIGE', 'DIAMOND', 'PLATINUM', 'GOLD'] },
  ])('$example: $scheme', async ({ scheme, order }) => {
    const { tierSchemes } = (await manager.does('Policies')).find(({ id }: { id: string }) => id === 'bank-vip');
    const { tiers } = tierSchemes.find(({ id }: { id: string }) => id === scheme);
    expect(tiers.map(({ code }: { code: string }) => code)).toEqual(order);
  });
});

test('A-022, A-023: a personal card is approved at head office; of an executive another department reviews first', async () => {
  const steps = async (profile?: object) => {
    const customer = await givenCustomer(manager, { ...BANK, profile: { realNameVerified: true, ...profile } });
    const exception = await manager.does('RequestGradeException', {
      input: {
        customerId: customer.id,
        schemeId: 'personal',
        tierCode: 'PLATINUM',
        reason: 'application of the branch',
      },
    });
    const approvals = await app
      .as('BK-HQ/DIRECTOR')
      .does('Approvals', { filter: { kinds: ['GRADE_EXCEPTION'], states: ['PENDING'] }, first: 100 });
    return approvals.nodes
      .find(({ id }: { id: string }) => id === exception.id)
      .steps.map(({ role }: { role: string }) => role);
  };
  expect(await steps()).toEqual(['DIRECTOR']);
  expect(await steps({ executiveOfCorporateCustomer: true })).toEqual(['SUPERVISOR', 'DIRECTOR']);
});

test('A-025: an application without a verified real name is refused', async () => {
  const customer = await givenCustomer(manager, { ...BANK, profile: { realNameVerified: false } });
  expect(
    await manager.does('RequestGradeException', {
      input: { customerId: customer.id, schemeId: 'personal', tierCode: 'GOLD', reason: 'application' },
    }),
  ).toMatchObject({ __typename: 'Refused' });
});

test('A-028: who is on the list of one year and not on the next has no tier then; history stays', async () => {
  await using year = await startTestApp({ now: '2025-12-01T08:00:00+08:00', database: 'POSTGRES' });
  const branch = year.as('BK-A/CUSTOMER_MANAGER');
  const director = year.as('BK-HQ/DIRECTOR');
  const customer = await givenCustomer(branch, { ...BANK, kind: 'INSTITUTION', number: 'CORP-1' });
  const figures = ['DAILY_AVG_DEPOSIT', 'LOYALTY', 'CONTRIBUTION', 'GROWTH'].map((key) => ({
    customerNumber: 'CORP-1',
    key,
    value: '80',
    asOf: '2025-11-30',
  }));
  await branch.does('RecordMetrics', { input: { policyId: 'bank-vip', source: 'core', metrics: figures } });
  const LIST =
    'mutation($input: AnnualListInput!) { setAnnualList(input: $input) { __typename ... on AnnualListResult { entries } ... on Error { message } } }';
  const list = {
    input: {
      policyId: 'bank-vip',
      schemeId: 'corporate',
      year: 2025,
      entries: [{ customerNumber: 'CORP-1', tierCode: 'PLATINUM' }],
    },
  };
  expect((await branch.ask(LIST, list)).data.setAnnualList).toMatchObject({ __typename: 'Forbidden' });
  expect((await director.ask(LIST, list)).data.setAnnualList).toEqual({ __typename: 'AnnualListResult', entries: 1 });
  const grade = async () => {
    const run = await director.does('StartGradingRun', { policyId: 'bank-vip', schemeId: 'corporate' });
    await using progress = director.follows('GradingRunProgress', { id: run.id });
    for (let last = await progress.next(); last.state === 'RUNNING'; ) last = await progress.next();
    return branch.does('CustomerDetail', { id: customer.id });
  };
  expect(
    (await branch.does('RecordConsent', { input: { customerId: customer.id, vipService: true, marketing: false } }))
      .__typename,
  ).toBe('Customer');
  expect(await grade()).toMatchObject({ grade: { tier: { code: 'PLATINUM' } } });
  await year.advance('2026-01-02T08:00:00+08:00');
  const after = await grade();
  expect(after.grade).toBeNull();
  expect(after.grades.nodes).toMatchObject([{ tier: { code: 'PLATINUM' }, state: 'ENDED' }]);
});

test('A-029: a tier of the corporate list goes to head office, not to the branch alone', async () => {
  const customer = await givenCustomer(manager, { ...BANK, kind: 'INSTITUTION' });
  const exception = await manager.does('RequestGradeException', {
    input: { customerId: customer.id, schemeId: 'corporate', tierCode: 'GOLD', reason: 'during the year' },
  });
  const decide = { input: { id: exception.id, decision: 'APPROVE' } };
  for (const who of ['BK-A/SUPERVISOR', 'BK-A/DIRECTOR', 'BK-A/COMMAND_CENTER'])
    expect(await app.as(who).does('DecideApproval', decide)).toMatchObject({ __typename: 'Refused' });
});

test('A-030: a corporate assessment without GROWTH is incomplete', async () => {
  const customer = await givenCustomer(manager, { ...BANK, kind: 'INSTITUTION' });
  const assessment = await assess(customer, 'corporate', { DAILY_AVG_DEPOSIT: '1', LOYALTY: '1', CONTRIBUTION: '1' });
  expect(assessment).toMatchObject({ missingMetrics: ['GROWTH'], proposedTier: null });
  expect(await manager.does('SubmitAssessment', { id: assessment.id })).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'INCOMPLETE' }],
  });
});

describe('the relationship assessment form', () => {
  const indicators = async () => {
    const customer = await givenCustomer(manager, BANK);
    const blank = await manager.does('AssessCustomer', {
      input: { customerId: customer.id, schemeId: 'relationship' },
    });
    return { customer, keys: (blank.missingMetrics as string[]).toSorted() };
  };

  test('A-033, A-036: 80, 60 and 90 weighted 40, 35 and 25 per cent make 75.5, and the band says improve', async () => {
    const { customer } = await indicators();
    const judge = (indicator: string, score: string) => ({ indicator, score, basis: 'talked with the customer' });
    const names = (
      await manager.does('AssessCustomer', { input: { customerId: customer.id, schemeId: 'relationship' } })
    ).indicators;
    const byWeight = names.toSorted(
      (a: { weight: string }, b: { weight: string }) => Number(b.weight) - Number(a.weight),
    );
    const scores = ['80', '60', '90'];
    const judgements = byWeight.map(({ key }: { key: string }, index: number) => judge(key, scores[index] ?? '0'));
    const assessment = await manager.does('AssessCustomer', {
      input: { customerId: customer.id, schemeId: 'relationship', judgements },
    });
    expect(assessment).toMatchObject({ total: '75.5', result: 'IMPROVE', missingMetrics: [] });
    expect(
      assessment.indicators
        .map(({ weightedScore }: { weightedScore: string }) => Number(weightedScore))
        .reduce((a: number, b: number) => a + b),
    ).toBe(75.5);
  });

  test('A-034: a score without its basis is refused', async () => {
    const { customer } = await indicators();
    const answer = await manager.does('AssessCustomer', {
      input: {
        customerId: customer.id,
        schemeId: 'relationship',
        judgements: [{ indicator: 'x', score: '80', basis: ' ' }],
      },
    });
    expect(answer).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.judgements[0].basis' }] });
  });

  test('A-035: there are three recommendations and no other', async () => {
    const answer = await manager.ask('{ __type(name: "AssessmentResult") { enumValues { name } } }');
    expect(answer.data.__type.enumValues.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'IMPROVE',
      'MAINTAIN',
      'TERMINATE',
    ]);
  });
});

test('A-042: an approved grade stands in the archive with its date and who approved it', async () => {
  const customer = await givenCustomer(manager, BANK);
  const assessment = await assess(customer, 'rural-credit', { TIME_DEPOSIT_REALTIME: '100000' });
  const { approval } = await manager.does('SubmitAssessment', { id: assessment.id });
  for (const role of ['SUPERVISOR', 'COMMAND_CENTER'])
    await app.as(`BK-A/${role}`).does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  const detail = await manager.does('CustomerDetail', { id: customer.id });
  expect(detail.grade).toMatchObject({ tier: { code: 'VIP' }, since: '2026-03-02T00:00:00.000Z', state: 'ACTIVE' });
  const answer = await manager.ask(
    'query($id: ID!) { customer(id: $id) { benefits { code } assessments(first: 1) { nodes { approval { steps { role decidedBy { name } decidedAt } } } } } }',
    { id: customer.id },
  );
  expect(answer.data.customer.assessments.nodes[0].approval.steps.at(-1)).toMatchObject({
    role: 'COMMAND_CENTER',
    decidedBy: { name: 'BK-A COMMAND_CENTER' },
  });
  expect(answer.data.customer.benefits.map(({ code }: { code: string }) => code)).toContain('VIP_CARD');
});

test('A-026: an approved personal card is a task of electronic banking', async () => {
  const customer = await givenCustomer(manager, { ...BANK, profile: { realNameVerified: true } });
  const exception = await manager.does('RequestGradeException', {
    input: { customerId: customer.id, schemeId: 'personal', tierCode: 'GOLD', reason: 'application of the branch' },
  });
  expect(
    await app.as('BK-HQ/DIRECTOR').does('DecideApproval', { input: { id: exception.id, decision: 'APPROVE' } }),
  ).toMatchObject({ state: 'APPROVED' });
  const tasks = await manager.does('MyTasks', { filter: { customerId: customer.id } });
  expect(tasks).toMatchObject({
    totalCount: 1,
    nodes: [{ title: 'Electronic banking: order and issue the VIP card', status: 'OPEN' }],
  });
});

describe('A-086: advice keeps to the risk that the customer bears', () => {
  const ADVISE =
    'mutation($input: AdviseProductInput!) { adviseProduct(input: $input) { __typename ... on Refused { reasons { code policyId } } } }';
  test.each([
    { tolerance: 3, riskLevel: 3, answer: { __typename: 'Interaction' } },
    {
      tolerance: 3,
      riskLevel: 4,
      answer: { __typename: 'Refused', reasons: [{ code: 'PRODUCT_TOO_RISKY', policyId: 'bank-vip' }] },
    },
    {
      tolerance: undefined,
      riskLevel: 1,
      answer: { __typename: 'Refused', reasons: [{ code: 'PRODUCT_TOO_RISKY', policyId: 'bank-vip' }] },
    },
  ])('tolerance $tolerance, product $riskLevel', async ({ tolerance, riskLevel, answer }) => {
    const customer = await givenCustomer(manager, {
      ...BANK,
      ...(tolerance && { profile: { riskTolerance: tolerance } }),
    });
    const { data } = await manager.ask(ADVISE, { input: { customerId: customer.id, product: 'Fund A', riskLevel } });
    expect(data.adviseProduct).toEqual(answer);
  });
});
