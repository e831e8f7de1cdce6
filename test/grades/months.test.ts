import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseGlobalId, toGlobalId } from '../../server/platform/values/ids.ts';
import { startTestApp } from '../support/app.ts';

const plugin = resolve(import.meta.dirname, 'plugins/months.ts');

test('a bank of months: promoted next month, watched at the first month below, demoted after three', async () => {
  await using app = await startTestApp({ now: '2026-01-10T08:00:00+08:00', plugins: [plugin] });
  const { prisma } = app.app.services.database;
  // The plugin's line is run at the core branches here.
  await prisma.branch.updateMany({
    where: { code: { in: ['SYS', 'CO-HQ', 'CO-A'] } },
    data: { policyIds: ['months'] },
  });
  await new Promise((wake) => setTimeout(wake, 600));
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const director = app.as('CO-HQ/DIRECTOR');
  const customer = await manager.does('CreateCustomer', {
    input: { policyId: 'months', number: 'M-1', kind: 'INDIVIDUAL', name: '赵敏', branchCode: 'CO-A' },
  });
  const month = async (instant: string, average: string) => {
    await app.advance(instant);
    await manager.does('RecordMetrics', {
      input: {
        policyId: 'months',
        source: 'core',
        metrics: [{ customerNumber: 'M-1', key: 'MONTHLY_AVERAGE', value: average, asOf: instant.slice(0, 10) }],
      },
    });
    const impact = await director.does('PolicyImpact', { policyId: 'months', schemeId: 'monthly' });
    const run = await director.does('StartGradingRun', { policyId: 'months', schemeId: 'monthly' });
    await using progress = director.follows('GradingRunProgress', { id: run.id });
    let last = await progress.next();
    while (last.state === 'RUNNING') last = await progress.next();
    const { promoted, demoted, unchanged, undecided } = impact.grades;
    expect(last).toMatchObject({ state: 'COMPLETED', promoted, demoted, unchanged: unchanged + undecided });
    return (await manager.does('CustomerDetail', { id: customer.id })).grade;
  };
  expect(await month('2026-01-12T08:00:00+08:00', '700000')).toBeNull();
  await app.advance('2026-01-31T23:59:59+08:00');
  expect((await manager.does('CustomerDetail', { id: customer.id })).grade).toBeNull();
  await app.advance('2026-02-01T00:00:00+08:00');
  expect((await manager.does('CustomerDetail', { id: customer.id })).grade).toMatchObject({
    tier: { code: 'GOLD' },
    since: '2026-01-31T16:00:00.000Z',
    state: 'ACTIVE',
  });

  expect(await month('2026-02-12T08:00:00+08:00', '100')).toMatchObject({ tier: { code: 'GOLD' }, state: 'WATCH' });
  expect(await month('2026-03-12T08:00:00+08:00', '500000')).toMatchObject({ tier: { code: 'GOLD' }, state: 'ACTIVE' });
  expect(await month('2026-04-12T08:00:00+08:00', '100')).toMatchObject({ state: 'WATCH' });
  expect(await month('2026-05-12T08:00:00+08:00', '100')).toMatchObject({ state: 'WATCH' });
  expect(await month('2026-06-12T08:00:00+08:00', '100')).toBeNull();
  const { grades } = await manager.does('CustomerDetail', { id: customer.id });
  expect(grades.nodes).toMatchObject([{ tier: { code: 'GOLD' }, state: 'ENDED' }]);
});

test('an exception ends with its last day', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const hall = app.as('TL-A/CUSTOMER_MANAGER');
  const customer = await hall.does('CreateCustomer', {
    input: {
      policyId: 'telecom-vip',
      number: 'E-1',
      kind: 'INDIVIDUAL',
      name: 'Li',
      branchCode: 'TL-A',
      consent: { vipService: true },
    },
  });
  const exception = await hall.does('RequestGradeException', {
    input: { customerId: customer.id, schemeId: 'club', tierCode: 'GOLD', reason: 'for a month', until: '2026-03-31' },
  });
  await app.as('TL-A/SUPERVISOR').does('DecideApproval', { input: { id: exception.id, decision: 'APPROVE' } });
  const grade = async () => (await hall.does('CustomerDetail', { id: customer.id })).grade;
  await app.advance('2026-03-31T23:59:59+08:00');
  expect(await grade()).toMatchObject({ tier: { code: 'GOLD' }, until: '2026-03-31' });
  await app.advance('2026-04-01T00:00:00+08:00');
  expect(await grade()).toBeNull();
  const alerts = await hall.does('AlertHistory', { filter: { customerId: customer.id, kinds: ['GRADE_CHANGED'] } });
  expect(alerts.totalCount).toBe(2);
});

test('a run can be stopped and resumed, and grades nobody twice', async () => {
  await using app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  const { prisma, pool } = app.app.services.database;
  const branch = await prisma.branch.findUniqueOrThrow({ where: { code: 'BK-A' } });
  await pool.query(
    `insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at, vip_consent)
     select gen_random_uuid(), 'bank-vip', 'R' || n, 'INDIVIDUAL', 'FORMAL', 'R', '{r}', $1, 1, now(), now(), true from generate_series(1, 3500) n`,
    [branch.id],
  );
  await pool.query(
    `insert into current_figure (customer_id, key, value, as_of, source, recorded_at)
     select id, k, case when right(number, 1) < '5' then 200000 else 10 end, '2026-02-28', 'core', now() from customer, (values ('DEMAND_DEPOSIT_MONTHLY_AVG_1Y'), ('TIME_DEPOSIT_REALTIME')) f(k)`,
  );
  const director = app.as('BK-HQ/DIRECTOR');
  type Run = { __typename: string; reasons?: { code: string }[] };
  const RUN = (name: string) =>
    `mutation($id: ID!) { ${name}(id: $id) { __typename ... on GradingRun { state done } ... on Refused { reasons { code } } } }`;
  const run = await director.does('StartGradingRun', { policyId: 'bank-vip', schemeId: 'rural-credit' });
  expect(run).toMatchObject({ state: 'RUNNING', total: 3500 });
  expect(await director.does('StartGradingRun', { policyId: 'bank-vip' })).toMatchObject({
    __typename: 'Refused',
    reasons: [{ code: 'RUN_UNDER_WAY' }],
  });
  const stopped = (await director.ask<{ stopGradingRun: Run }>(RUN('stopGradingRun'), { id: run.id })).data
    .stopGradingRun;
  if (stopped.__typename === 'GradingRun') {
    await new Promise((wake) => setTimeout(wake, 1_500));
    expect(
      (await director.ask<{ resumeGradingRun: Run }>(RUN('resumeGradingRun'), { id: run.id })).data.resumeGradingRun,
    ).toMatchObject({
      state: 'RUNNING',
    });
  }
  await using progress = director.follows('GradingRunProgress', { id: run.id });
  let last = await progress.next(20_000);
  while (last.state === 'RUNNING') last = await progress.next(20_000);
  const expected = await prisma.customer.count({
    where: { number: { startsWith: 'R' }, OR: ['0', '1', '2', '3', '4'].map((end) => ({ number: { endsWith: end } })) },
  });
  expect(last).toMatchObject({
    state: 'COMPLETED',
    done: 3500,
    proposed: expected,
    promoted: 0,
    demoted: 0,
    unchanged: 3500 - expected,
    failed: 0,
  });
  expect(await prisma.assessment.count()).toBe(3500);
  expect(await prisma.grade.count()).toBe(0);
  const approval = await prisma.approval.findFirstOrThrow({ where: { subjectId: parseGlobalId(run.id)?.id ?? '' } });
  const id = toGlobalId('Approval', approval.id);
  const decided = await app.as('BK-HQ/COMMAND_CENTER').does('DecideApproval', { input: { id, decision: 'APPROVE' } });
  expect(decided).toMatchObject({ state: 'APPROVED' });
  expect(await prisma.grade.count({ where: { state: 'ACTIVE' } })).toBe(expected);
  expect(await prisma.customer.count({ where: { tierCode: 'VIP' } })).toBe(expected);
});

test.each([
  {
    it: 'a yuan is a point and a year of tenure ten',
    figures: { TENURE_YEARS: '5', SPEND: '950.99' },
    total: '1000',
    tier: 'STAR',
  },
  {
    it: 'a stop for arrears takes a hundred',
    figures: { TENURE_YEARS: '5', SPEND: '1000', ARREARS_STOPS: '1' },
    total: '950',
    tier: null,
  },
  {
    it: 'stops take five hundred at most',
    figures: { SPEND: '1500', ARREARS_STOPS: '9' },
    total: '1000',
    tier: 'STAR',
  },
])('an operator of points: $it', async ({ figures, total, tier }) => {
  await using app = await startTestApp({ now: '2026-01-10T08:00:00+08:00', plugins: [plugin] });
  await app.app.services.database.prisma.branch.updateMany({
    where: { code: { in: ['SYS', 'CO-HQ', 'CO-A'] } },
    data: { policyIds: ['months'] },
  });
  await new Promise((wake) => setTimeout(wake, 600));
  const manager = app.as('CO-A/CUSTOMER_MANAGER');
  const customer = await manager.does('CreateCustomer', {
    input: { policyId: 'months', number: 'P-1', kind: 'INSTITUTION', name: 'X', branchCode: 'CO-A' },
  });
  const metrics = Object.entries(figures).map(([key, value]) => ({
    customerNumber: 'P-1',
    key,
    value,
    asOf: '2026-01-09',
  }));
  await manager.does('RecordMetrics', { input: { policyId: 'months', source: 'core', metrics } });
  const assessment = await manager.does('AssessCustomer', { input: { customerId: customer.id, schemeId: 'points' } });
  expect(assessment).toMatchObject({ total, proposedTier: tier && { code: tier } });
  if (!tier) return;
  const { approval } = await manager.does('SubmitAssessment', { id: assessment.id });
  await app.as('CO-A/SUPERVISOR').does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  expect((await manager.does('CustomerDetail', { id: customer.id })).grade).toMatchObject({
    tier: { code: 'STAR' },
    until: '2027-01-09',
  });
  await app.advance('2027-01-10T00:00:00+08:00');
  expect((await manager.does('CustomerDetail', { id: customer.id })).grade).toBeNull();
});
