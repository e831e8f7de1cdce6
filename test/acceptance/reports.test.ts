import { describe, expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { answered, BANK, department, overdue, refused } from './at-a-department.ts';

describe('A-057: the customer report of a month is due by the end of the 5th', () => {
  const file = (person: Person, month: string) =>
    person.does('FileReport', { input: { policyId: 'bank-vip', kind: 'CUSTOMER', month, summary: 'As it was' } });
  const standings = (person: Person, from: string, to: string) =>
    person.does('Reports', { policyId: 'bank-vip', period: { from, to } });

  test.each([
    { month: '2026-03', on: '2026-04-05T23:59:00', late: false },
    { month: '2026-03', on: '2026-04-06T00:00:00', late: true },
    { month: '2026-12', on: '2027-01-05T08:00:00', late: false },
    { month: '2028-02', on: '2028-03-06T00:00:01', late: true },
  ])('$month filed $on: late $late', async ({ month, on, late }) => {
    await using app = await startTestApp({ now: `${month}-20T09:00:00+08:00` });
    const chief = app.as('BK-HQ/DIRECTOR');
    const { id } = await givenCustomer(chief, BANK);
    await answered(chief, id, 5);
    const first = `${month}-01`;
    expect(await file(chief, first)).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.month' }] });
    expect(await standings(chief, first, first)).toEqual([]);
    await app.advance(`${on}+08:00`);
    expect(await standings(chief, first, first)).toMatchObject([{ status: late ? 'MISSING' : 'DUE', report: null }]);
    const report = await file(chief, first);
    expect(report).toMatchObject({ __typename: 'PeriodReport', late, month: first });
    expect(await standings(chief, first, first)).toMatchObject([{ status: late ? 'LATE' : 'FILED', report: { late } }]);
    expect(await file(chief, first)).toMatchObject(refused('REPORT_FILED'));
    // Nobody is told of what came in time, and once of what did not.
    await app.advance(new Date(Date.parse(`${on}+08:00`) + 5 * 86_400_000).toISOString());
    const told = (await overdue(chief)).filter(({ message }) => message.includes(`customer report, ${month}`));
    expect(told).toHaveLength(late ? 1 : 0);
  });

  test('a report that nobody files is missing, each month anew', async () => {
    await using app = await startTestApp({ now: '2026-03-20T09:00:00+08:00', database: 'POSTGRES' });
    const chief = app.as('BK-HQ/DIRECTOR');
    await app.advance('2026-05-06T09:00:00+08:00');
    const told = (await overdue(chief)).filter(({ message }) => message.includes('customer report'));
    expect(told.map(({ raisedAt }) => raisedAt)).toEqual(['2026-05-05T16:00:00.000Z', '2026-04-05T16:00:00.000Z']);
    expect(await standings(chief, '2026-03-01', '2026-05-31')).toMatchObject([
      { month: '2026-03-01', status: 'MISSING', branch: { code: 'BK-HQ' } },
      { month: '2026-04-01', status: 'MISSING' },
    ]);
    // The scorecard counts it in the month in which it was due.
    const missed = async (month: string) => {
      const { data } = await chief.ask(
        'query ($period: PeriodInput!) { scorecard(policyId: "bank-vip", period: $period) { figures { key value } } }',
        { period: { from: `${month}-01`, to: `${month}-28` } },
      );
      return data.scorecard.figures.find(({ key }: { key: string }) => key === 'REPORTS_MISSED').value;
    };
    expect([await missed('2026-03'), await missed('2026-04')]).toEqual(['0', '1']);
  });

  test('a month before the platform was in use is nobody’s to owe, but may be filed', async () => {
    await using app = await startTestApp({ now: '2026-04-06T00:00:00+08:00', database: 'POSTGRES' });
    const chief = app.as('BK-HQ/DIRECTOR');
    const { id } = await givenCustomer(chief, BANK);
    const { prisma } = app.app.services.database;
    await answered(chief, id, 5);
    await prisma.surveyResponse.updateMany({ data: { submittedAt: new Date('2026-03-31T15:59:59Z') } });
    expect(await standings(chief, '2026-03-01', '2026-03-31')).toEqual([]);
    expect(await file(chief, '2026-03-01')).toMatchObject({ late: true });
  });

  test('it holds satisfaction and the issues of the month, and no formula of anybody', async () => {
    await using app = await startTestApp({ now: '2026-03-31T09:00:00+08:00', database: 'POSTGRES' });
    const chief = app.as('BK-HQ/DIRECTOR');
    const { id } = await givenCustomer(chief, BANK);
    await answered(chief, id, 5);
    await answered(chief, id, 2);
    const ticket = await givenTicket(chief, { customerId: id });
    await givenTicket(chief, { customerId: id, type: 'INQUIRY' });
    await chief.does('ResolveTicket', { id: ticket.id, resolution: 'Done' });
    await app.advance('2026-04-01T09:00:00+08:00');
    await givenTicket(chief, { customerId: id });
    const draft = await chief.does('ReportDraft', { policyId: 'bank-vip', kind: 'CUSTOMER', month: '2026-03-15' });
    expect(draft.issues).toEqual([
      { type: 'COMPLAINT', opened: 1, resolved: 1, open: 0 },
      { type: 'INQUIRY', opened: 1, resolved: 0, open: 1 },
    ]);
    expect(draft.figures).toContainEqual({ key: 'SATISFACTION', value: '50' });
    const input = { policyId: 'bank-vip', kind: 'CUSTOMER', month: '2026-03-01', summary: '=HYPERLINK("http://x")' };
    const { csv } = await chief.does('FileReport', { input });
    expect(csv).toContain('figures,SATISFACTION,,,,50');
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`);
  });
});

test('A-058: a report without satisfaction data is refused', async () => {
  await using app = await startTestApp({ now: '2026-03-31T09:00:00+08:00', database: 'POSTGRES' });
  const chief = app.as('BK-HQ/DIRECTOR');
  const { id } = await givenCustomer(chief, BANK);
  await app.advance('2026-04-01T09:00:00+08:00');
  // What was answered after the month is not of it.
  await answered(chief, id, 5);
  const input = { policyId: 'bank-vip', kind: 'CUSTOMER', month: '2026-03-01', summary: 'x' };
  expect(await chief.does('FileReport', { input })).toMatchObject(refused('NO_SATISFACTION_DATA'));
  // An outlet owes none, and sees none of head office's.
  const outlet = app.as('BK-A/DIRECTOR');
  expect(await outlet.does('FileReport', { input })).toMatchObject({ __typename: 'NotFound' });
  const period = { from: '2026-03-01', to: '2026-03-31' };
  expect(await outlet.does('Reports', { policyId: 'bank-vip', period })).toEqual([]);
});

test('A-123: when a month has ended each team owes its report', async () => {
  await using app = await startTestApp({ now: '2026-03-31T09:00:00+08:00', database: 'POSTGRES' });
  const [head, team] = [app.as('TL-HQ/DIRECTOR'), app.as('TL-A/SUPERVISOR')];
  for (const branchCode of ['TL-A', 'TL-B'])
    await givenCustomer(app.as(`${branchCode}/SUPERVISOR`), { policyId: 'telecom-vip', branchCode });
  const period = { from: '2026-03-01', to: '2026-03-31' };
  const standings = async (person: Person) =>
    (await person.does('Reports', { policyId: 'telecom-vip', period })).map(
      ({ branch, status }: { branch: { code: string }; status: string }) => `${branch.code} ${status}`,
    );
  expect(await standings(head)).toEqual([]);
  await app.advance('2026-04-01T00:00:00+08:00');
  expect((await standings(head)).toSorted()).toEqual(['TL-A DUE', 'TL-B DUE']);
  const input = { policyId: 'telecom-vip', kind: 'TEAM', month: '2026-03-01', summary: 'Two new VIPs' };
  expect(await team.does('FileReport', { input })).toMatchObject({ late: false });
  expect((await standings(head)).toSorted()).toEqual(['TL-A FILED', 'TL-B DUE']);
  expect(await standings(team)).toEqual(['TL-A FILED']);
  // The duty is the same thing: filing the report does it, and what nobody filed is missing on the day after the 1st.
  const duties = async () => {
    const { nodes } = await head.does('Duties', { policyId: 'telecom-vip', period, codes: ['TEAM_REPORT'] });
    return nodes
      .map(({ branchCode, state }: { branchCode: string; state: string }) => `${branchCode} ${state}`)
      .toSorted();
  };
  expect(await duties()).toEqual(['TL-A FULFILLED', 'TL-B OPEN']);
  const said = { policyId: 'telecom-vip', code: 'TEAM_REPORT', note: 'Sent by mail' };
  expect(await app.as('TL-B/SUPERVISOR').does('RecordDuty', { input: said })).toMatchObject(refused('DONE_OTHERWISE'));
  await app.advance('2026-04-02T00:00:00+08:00');
  expect(await duties()).toEqual(['TL-A FULFILLED', 'TL-B MISSING']);
  const told = async (who: string) => (await overdue(app.as(who))).map(({ message }) => message);
  expect(await told('TL-A/SUPERVISOR')).toEqual([]);
  expect(await told('TL-B/SUPERVISOR')).toEqual([expect.stringContaining('Report on team progress')]);
  expect(await app.as('TL-B/SUPERVISOR').does('FileReport', { input })).toMatchObject({ __typename: 'PeriodReport' });
  expect(await duties()).toEqual(['TL-A FULFILLED', 'TL-B LATE']);
});

test('A-195: a target without a year is refused, for targets are per year', async () => {
  const { app, chief, manager } = await department('2026-03-06T16:00');
  await using _ = app;
  const input = { policyId: 'bank-vip', staffId: manager.id, key: 'RESOLUTION_RATE', value: '95' };
  const set = (more: object) => chief.does('SetStaffTarget', { input: { ...input, ...more } });
  expect(await set({})).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.year' }] });
  expect(await set({ year: 2026, value: '101' })).toMatchObject({ issues: [{ path: 'input.value' }] });
  expect(await set({ year: 2026, key: 'SMILES' })).toMatchObject({ issues: [{ path: 'input.key' }] });
  expect(await set({ year: 2026 })).toMatchObject({ targets: [{ year: 2026, target: '95', actual: null, met: null }] });
  expect(await set({ year: 2026, value: '90' })).toMatchObject({ targets: [{ target: '90' }] });
  expect(await set({ year: 2027 })).toMatchObject({ targets: [{ year: 2027, target: '95' }] });
  expect(await chief.does('StaffTargets', { policyId: 'bank-vip', year: 2026 })).toHaveLength(1);
  expect(await app.as('BK-B/DIRECTOR').does('SetStaffTarget', { input: { ...input, year: 2026 } })).toMatchObject({
    issues: [{ path: 'input.staffId' }],
  });
});

test('satisfaction says which topics nobody was asked about, and who is least satisfied (A-180, A-053)', async () => {
  await using app = await startTestApp({ now: '2026-03-06T16:00:00+08:00', database: 'POSTGRES' });
  const person = app.as('CO-A/SUPERVISOR');
  const line = { policyId: 'core', branchCode: 'CO-A' };
  const [low, high] = [await givenCustomer(person, line), await givenCustomer(person, line)];
  for (const topic of ['PRODUCT_QUALITY', 'SERVICE_QUALITY', 'AFTER_SALES']) await answered(person, high.id, 5, topic);
  await answered(person, low.id, 2);
  await answered(person, low.id, 3);
  const period = { from: '2026-03-01', to: '2026-03-31' };
  const figures = () => person.does('Satisfaction', { policyId: 'core', period });
  expect(await figures()).toMatchObject({
    responses: 5,
    rate: '60',
    isComplete: false,
    missingTopics: ['DELIVERY_PUNCTUALITY'],
    lowest: [
      { customer: { id: low.id }, average: '2.5', responses: 2 },
      { customer: { id: high.id }, average: '5', responses: 3 },
    ],
  });
  await answered(person, high.id, 4, 'DELIVERY_PUNCTUALITY');
  expect(await figures()).toMatchObject({ isComplete: true, missingTopics: [] });
});

test('an improvement measure that nobody closes is told when its day is over; closed, it says what it effected', async () => {
  const { app, chief, manager } = await department('2026-03-06T16:00');
  await using _ = app;
  const input = { policyId: 'bank-vip', finding: 'Slow', measure: 'Train', ownerId: chief.id, dueOn: '2026-03-10' };
  const [late, done] = [
    await manager.does('AddImprovementMeasure', { input }),
    await manager.does('AddImprovementMeasure', { input: { ...input, measure: 'Hire' } }),
  ];
  const close = (id: string) => manager.does('CloseImprovementMeasure', { input: { id, effect: 'A day faster' } });
  expect(await close(done.id)).toMatchObject({ status: 'DONE', effect: 'A day faster' });
  expect(await close(done.id)).toMatchObject(refused('MEASURE_CLOSED'));
  await app.advance('2026-03-12T09:00:00+08:00');
  const told = (await overdue(manager)).filter(({ message }) => message.includes('Improvement'));
  expect(told).toMatchObject([{ raisedAt: '2026-03-10T16:00:00.000Z', message: expect.stringContaining('Train') }]);
  expect(await close(late.id)).toMatchObject({ status: 'DONE' });
});
