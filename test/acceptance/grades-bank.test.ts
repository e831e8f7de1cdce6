import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { assess, BANK } from './assessing.ts';

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

test('A-017, A-018: the branch scheme is not configured until its list is set, and then any one suffices', async () => {
  const admin = app.as('SYS/ADMIN');
  const customer = await givenCustomer(manager, BANK);
  const blank = await assess(manager, customer, 'branch', { TRANSACTION_AMOUNT: '1000000' });
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
    await assess(manager, below, 'branch', {
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
  const assessment = await assess(manager, customer, 'corporate', {
    DAILY_AVG_DEPOSIT: '1',
    LOYALTY: '1',
    CONTRIBUTION: '1',
  });
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
  const assessment = await assess(manager, customer, 'rural-credit', { TIME_DEPOSIT_REALTIME: '100000' });
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
