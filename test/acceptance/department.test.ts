import { describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const BANK = { policyId: 'bank-vip', branchCode: 'BK-HQ' };
const refused = (code: string) => ({ __typename: 'Refused', reasons: [{ code }] });

/** Alerts of what is overdue, the newest first. */
async function overdue(person: Person): Promise<{ message: string; raisedAt: string }[]> {
  const history = await person.does('AlertHistory', { filter: { kinds: ['TASK_OVERDUE'] } });
  return history.edges.map(({ node }: { node: { message: string; raisedAt: string } }) => node);
}

const answered = async (person: Person, customerId: string, score: number, topic = 'SERVICE_QUALITY') =>
  person.does('SubmitSurveyResponse', { input: { customerId, topic, score, channel: 'PHONE' } });

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

/** A department of the bank, with its meetings. */
async function department(now: string) {
  const app = await startTestApp({ now: `${now}:00+08:00` });
  const [chief, manager, executive] = ['DIRECTOR', 'SUPERVISOR', 'EXECUTIVE'].map((role) => app.as(`BK-A/${role}`)) as [
    Person,
    Person,
    Person,
  ];
  const hold = (kind: string, more: Record<string, unknown> = {}) =>
    manager.does('HoldMeeting', {
      input: { policyId: 'bank-vip', kind, agenda: 'The week', attendeeIds: [chief.id, manager.id], ...more },
    });
  return { app, chief, manager, executive, hold };
}

/** A promise can still be kept at its due instant. */
const justAfter = (due: string) => new Date(Date.parse(due) + 1).toISOString();

const later = (app: TestApp, hours: number) =>
  new Date(app.app.services.clock.now().getTime() + hours * 3_600_000).toISOString();

describe('A-059: a resolution has an owner within 24 hours', () => {
  test.each([
    { held: '2026-03-06T16:00', due: '2026-03-07T08:00:00.000Z' },
    { held: '2028-02-28T16:00', due: '2028-02-29T08:00:00.000Z' },
    { held: '2026-12-31T16:00', due: '2027-01-01T08:00:00.000Z' },
  ])('of $held, unassigned at $due: told then, once', async ({ held, due }) => {
    const { app, chief, manager, hold } = await department(held);
    await using _ = app;
    const { resolutions } = await hold('DEPARTMENT', {
      resolutions: [{ text: 'Call all' }, { text: 'Write', ownerId: chief.id }, { text: 'Visit' }],
    });
    await manager.does('AssignResolution', { input: { id: resolutions[2].id, ownerId: manager.id } });
    const told = async () => (await overdue(chief)).filter(({ message }) => message.includes('unassigned'));
    await app.advance(new Date(Date.parse(due) - 1).toISOString());
    expect(await told()).toEqual([]);
    await app.advance(later(app, 72));
    expect(await told()).toMatchObject([{ raisedAt: justAfter(due), message: expect.stringContaining('Call all') }]);
  });
});

test('A-060: the owner of a resolution that was not executed by the next meeting explains there', async () => {
  const { app, chief, manager, hold } = await department('2026-03-06T16:00');
  await using _ = app;
  const { resolutions } = await hold('DEPARTMENT', {
    resolutions: [
      { text: 'Call', ownerId: chief.id },
      { text: 'Write', ownerId: chief.id },
      { text: 'In summer', ownerId: chief.id, dueOn: '2026-07-01' },
    ],
  });
  const [call, write, summer] = resolutions;
  await app.advance('2026-03-13T16:00:00+08:00');
  await manager.does('CompleteResolution', { id: write.id, outcome: 'Written' });
  await app.advance('2026-03-13T16:00:01+08:00');
  // A meeting of another kind is not the next one.
  expect((await hold('RISK')).agendaItems).toEqual([]);
  const next = await hold('DEPARTMENT');
  // What is due in summer has not been executed either.
  expect(next.agendaItems).toMatchObject([
    { resolution: { id: call.id, owner: { id: chief.id } }, explanation: null },
    { resolution: { id: summer.id }, explanation: null },
  ]);
  const minutes = { meetingId: next.id, results: 'Heard', actions: 'None' };
  const file = () => manager.does('FileMinutes', { input: minutes });
  expect(await file()).toMatchObject(refused('EXPLANATION_MISSING'));
  const explain = (id: string) =>
    chief.does('ExplainResolution', { input: { id, meetingId: next.id, explanation: 'Two were ill' } });
  expect(await explain(write.id)).toMatchObject(refused('NOT_ON_AGENDA'));
  expect(await explain(summer.id)).toMatchObject({ __typename: 'Resolution' });
  expect(await explain(call.id)).toMatchObject({ __typename: 'Resolution' });
  expect(await file()).toMatchObject({
    agendaItems: [{ explanation: 'Two were ill' }, { explanation: 'Two were ill' }],
  });
  expect(await explain(call.id)).toMatchObject(refused('MINUTES_FILED'));
});

test('A-061: a quarterly strategy meeting without the CEO is not as it should be', async () => {
  const { app, chief, manager, executive, hold } = await department('2026-03-31T14:00');
  await using _ = app;
  expect(await hold('STRATEGY')).toMatchObject({ compliant: false, missingRoles: ['EXECUTIVE'] });
  const attendeeIds = [executive.id, manager.id];
  expect(await hold('STRATEGY', { attendeeIds })).toMatchObject({ compliant: false, missingRoles: ['DIRECTOR'] });
  const all = [...attendeeIds, chief.id];
  expect(await hold('STRATEGY', { attendeeIds: all })).toMatchObject({ compliant: true, missingRoles: [] });
  expect(await hold('DEPARTMENT', { attendeeIds: [manager.id] })).toMatchObject({ compliant: true });
  const shown = await chief.does('Meetings', { policyId: 'bank-vip', kind: 'STRATEGY' });
  expect(shown.map(({ compliant }: { compliant: boolean }) => compliant)).toEqual([true, false, false]);
});

describe('was there a strategy meeting this quarter? One question tells', () => {
  const QUARTER = { from: '2026-04-01', to: '2026-06-30' };
  async function headOffice(now: string) {
    const app = await startTestApp({ now: `${now}:00+08:00` });
    const [chief, secretary, executive, outlet] = [
      app.as('BK-HQ/DIRECTOR'),
      app.as('BK-HQ/SUPERVISOR'),
      app.as('BK-HQ/EXECUTIVE'),
      app.as('BK-A/DIRECTOR'),
    ];
    await givenCustomer(secretary, BANK);
    const hold = (person: Person, attendees: Person[], more: object = {}) => {
      const meeting = { policyId: 'bank-vip', kind: 'STRATEGY', agenda: 'The quarter', ...more };
      return person.does('HoldMeeting', { input: { ...meeting, attendeeIds: attendees.map(({ id }) => id) } });
    };
    const { branch } = await chief.does('Viewer');
    const duties = async (period: object = QUARTER, more: object = {}) => {
      const asked = { policyId: 'bank-vip', codes: ['STRATEGY_MEETING'], branchIds: [branch.id], period, ...more };
      return (await chief.does('Duties', asked)).nodes;
    };
    return { app, chief, secretary, executive, outlet, hold, duties };
  }

  test('it was, where all attended who must; before, it is open', async () => {
    const { app, chief, secretary, executive, outlet, hold, duties } = await headOffice('2026-06-28T10:00');
    await using _ = app;
    await app.advance('2026-06-29T10:00:00+08:00');
    const [duty, ...others] = await duties();
    expect(others).toEqual([]);
    expect(duty).toMatchObject({ state: 'OPEN', dueAt: '2026-06-30T15:59:59.000Z', meetings: [] });
    // Saying so does not do it, and another place's meeting neither.
    const said = { policyId: 'bank-vip', code: 'STRATEGY_MEETING', note: 'Held' };
    expect(await chief.does('RecordDuty', { input: said })).toMatchObject(refused('DONE_OTHERWISE'));
    const tasks = await chief.does('MyTasks', { filter: { origins: ['REVIEW'] }, first: 100 });
    const task = tasks.nodes.find(({ title }: { title: string }) => title.startsWith('Strategy meeting'));
    const completion = { input: { id: task.id, outcome: 'Held' } };
    expect(await chief.does('CompleteTask', completion)).toMatchObject(refused('DONE_OTHERWISE'));
    await hold(outlet, [app.as('BK-A/EXECUTIVE'), outlet]);
    // Nor does one without the CEO.
    await hold(secretary, [chief, secretary]);
    expect(await duties()).toMatchObject([
      { state: 'OPEN', meetings: [{ compliant: false, missingRoles: ['EXECUTIVE'] }] },
    ]);
    await app.advance('2026-06-30T23:59:00+08:00');
    const held = await hold(secretary, [chief, executive]);
    expect(await duties()).toMatchObject([
      {
        state: 'FULFILLED',
        fulfilledAt: '2026-06-30T15:59:00.000Z',
        note: 'The quarter',
        meetings: [{ compliant: false }, { id: held.id, compliant: true }],
      },
    ]);
    const back = 'query ($id: ID!) { node(id: $id) { ... on Meeting { duty { code state period { from to } } } } }';
    expect((await chief.ask(back, { id: held.id })).data.node.duty).toEqual({
      code: 'STRATEGY_MEETING',
      state: 'FULFILLED',
      period: QUARTER,
    });
    await app.advance('2026-07-02T10:00:00+08:00');
    expect((await overdue(chief)).filter(({ message }) => message.includes('Strategy meeting'))).toEqual([]);
    expect((await app.as('BK-A/DIRECTOR').does('Duties', { codes: ['STRATEGY_MEETING'] })).nodes).toEqual([]);
  });

  test('it was not: missing when the quarter is over, told once, and done late by nothing of the next', async () => {
    const { app, chief, executive, secretary, hold, duties } = await headOffice('2026-06-28T10:00');
    await using _ = app;
    await app.advance('2026-07-01T09:00:00+08:00');
    await hold(secretary, [chief, executive], { heldAt: '2026-07-01T00:00:00+08:00' });
    expect(await duties()).toMatchObject([{ state: 'MISSING', meetings: [] }]);
    expect(await duties({ from: '2026-07-01', to: '2026-09-30' })).toMatchObject([{ state: 'FULFILLED' }]);
    expect(await duties(QUARTER, { states: ['FULFILLED', 'LATE'] })).toEqual([]);
    const told = (await overdue(chief)).filter(({ message }) => message.includes('Strategy meeting'));
    expect(told).toMatchObject([{ raisedAt: '2026-06-30T16:00:00.000Z' }]);
    // One that was held in time and is recorded only now was in time.
    await hold(secretary, [chief, executive], { heldAt: '2026-06-30T23:59:59+08:00' });
    expect(await duties()).toMatchObject([{ state: 'FULFILLED', meetings: [{ compliant: true }] }]);
  });

  test.each([
    { kind: 'DEPARTMENT', code: 'DEPARTMENT_MEETING', held: '2026-12-31T15:00', period: ['2026-12-28', '2027-01-03'] },
    {
      kind: 'CROSS_DEPARTMENT',
      code: 'CROSS_DEPARTMENT_MEETING',
      held: '2028-02-29T15:00',
      period: ['2028-02-28', '2028-03-05'],
    },
    { kind: 'ALL_HANDS', code: 'ALL_HANDS_MEETING', held: '2028-02-29T23:59', period: ['2028-02-01', '2028-02-29'] },
    { kind: 'RISK', code: 'RISK_MEETING', held: '2026-10-01T00:00', period: ['2026-10-01', '2026-10-31'] },
    { kind: 'STRATEGY', code: 'STRATEGY_MEETING', held: '2026-12-31T23:59', period: ['2026-10-01', '2026-12-31'] },
  ])('a $kind meeting of $held is that of $period, before any run', async ({ kind, code, held, period }) => {
    const { app, chief, secretary, executive, hold, duties } = await headOffice(held);
    await using _ = app;
    await hold(secretary, [chief, executive], { kind });
    const [from, to] = period;
    expect(await duties({ from: from, to: to }, { codes: null })).toMatchObject([
      { code, state: 'FULFILLED', period: { from, to }, meetings: [{ compliant: true }] },
    ]);
  });
});

describe('a resolution with an owner is a task of the owner', () => {
  const tasksOf = async (person: Person, more: object = {}) =>
    (await person.does('MyTasks', { filter: { mine: true, origins: ['RESOLUTION'], ...more }, first: 100 })).nodes;

  test.each([
    { kind: 'DEPARTMENT', held: '2026-03-06T16:00', dueOn: null, due: '2026-03-15T15:59:59.000Z' },
    { kind: 'DEPARTMENT', held: '2026-12-31T16:00', dueOn: null, due: '2027-01-10T15:59:59.000Z' },
    { kind: 'RISK', held: '2028-01-31T23:59', dueOn: null, due: '2028-02-29T15:59:59.000Z' },
    { kind: 'STRATEGY', held: '2026-09-30T16:00', dueOn: null, due: '2026-12-31T15:59:59.000Z' },
    { kind: 'STRATEGY', held: '2026-09-30T16:00', dueOn: '2028-02-29', due: '2028-02-29T15:59:59.000Z' },
    { kind: 'PROJECT', held: '2026-03-06T16:00', dueOn: '2026-03-09', due: '2026-03-09T15:59:59.000Z' },
    { kind: 'PROJECT', held: '2026-03-06T16:00', dueOn: null, due: null },
  ])('of $kind on $held with $dueOn: due $due, by the next meeting where nothing is said', async (given) => {
    const { kind, held, dueOn, due } = given;
    const { app, chief, hold } = await department(held);
    await using _ = app;
    const { resolutions } = await hold(kind, { resolutions: [{ text: 'Call all', ownerId: chief.id, dueOn }] });
    expect(await tasksOf(chief)).toMatchObject(
      due ? [{ title: 'Resolution: Call all', status: 'OPEN', dueAt: due, assignee: { id: chief.id } }] : [],
    );
    expect(resolutions).toMatchObject([{ task: due && { status: 'OPEN', dueAt: due } }]);
  });

  test('completing either completes the other; what is assigned anew is a task of another', async () => {
    const { app, chief, manager, executive, hold } = await department('2026-03-06T16:00');
    await using _ = app;
    const dueOn = '2026-03-10';
    const { resolutions } = await hold('DEPARTMENT', {
      resolutions: ['Call', 'Write', 'Visit'].map((text) => ({ text, dueOn })),
    });
    const [call, write, visit] = resolutions as { id: string }[];
    expect(await tasksOf(chief)).toEqual([]);
    const assign = (id: string | undefined, owner: Person, more: object = {}) =>
      manager.does('AssignResolution', { input: { id, ownerId: owner.id, ...more } });
    for (const one of [call, write, visit]) await assign(one?.id, chief);
    const [first, second, third] = await tasksOf(chief);
    expect(third).toMatchObject({ status: 'OPEN', dueAt: '2026-03-10T15:59:59.000Z' });
    // By the task.
    expect(await chief.does('CompleteTask', { input: { id: first.id, outcome: 'Called' } })).toMatchObject({
      status: 'DONE',
    });
    const shown = async () => (await chief.does('Meetings', { policyId: 'bank-vip' }))[0].resolutions;
    expect(await shown()).toMatchObject([
      {
        text: 'Call',
        state: 'DONE',
        outcome: 'Called',
        doneAt: '2026-03-06T08:00:00.000Z',
        task: { id: first.id, status: 'DONE' },
      },
      { state: 'OPEN' },
      { state: 'OPEN' },
    ]);
    expect(await chief.does('CompleteResolution', { id: call?.id, outcome: 'Again' })).toMatchObject(
      refused('RESOLUTION_DONE'),
    );
    const trail = await chief.does('AuditTrail', { filter: { subjectId: call?.id } });
    expect(trail.nodes.map(({ action }: { action: string }) => action)).toContain('COMPLETE_RESOLUTION');
    // By the resolution.
    await chief.does('CompleteResolution', { id: write?.id, outcome: 'Written' });
    expect(await chief.does('CompleteTask', { input: { id: second.id, outcome: 'x' } })).toMatchObject(
      refused('NOT_OPEN'),
    );
    // The same again changes nothing; another owner, or another day, is another task.
    await assign(visit?.id, chief);
    expect((await tasksOf(chief)).map(({ status }: { status: string }) => status)).toEqual(['DONE', 'DONE', 'OPEN']);
    await assign(visit?.id, executive, { dueOn: '2026-03-12' });
    expect((await tasksOf(chief)).map(({ status }: { status: string }) => status)).toEqual([
      'DONE',
      'DONE',
      'CANCELLED',
    ]);
    expect(await tasksOf(executive)).toMatchObject([{ status: 'OPEN', dueAt: '2026-03-12T15:59:59.000Z' }]);
    await app.advance('2026-03-13T09:00:00+08:00');
    const told = (await overdue(manager)).filter(({ message }) => message.includes('Resolution: '));
    expect(told).toMatchObject([{ raisedAt: '2026-03-12T16:00:00.000Z', message: 'Overdue: Resolution: Visit' }]);
    await executive.does('CompleteResolution', { id: visit?.id, outcome: 'Visited' });
    expect(await tasksOf(executive)).toMatchObject([{ status: 'DONE' }]);
  });

  test('an owner at another branch finds the task, though the meeting is not theirs to see', async () => {
    await using app = await startTestApp({ now: '2026-03-06T16:00:00+08:00', database: 'POSTGRES' });
    const [chief, outlet, stranger] = [app.as('BK-HQ/DIRECTOR'), app.as('BK-A/SUPERVISOR'), app.as('BK-B/SUPERVISOR')];
    const resolutions = [{ text: 'Call all', ownerId: outlet.id }];
    const meeting = {
      policyId: 'bank-vip',
      kind: 'DEPARTMENT',
      agenda: 'The week',
      attendeeIds: [chief.id],
      resolutions,
    };
    const { resolutions: made } = await chief.does('HoldMeeting', { input: meeting });
    const [task] = await tasksOf(outlet);
    const seen = 'query ($id: ID!) { node(id: $id) { ... on Task { title resolution { id } } } }';
    expect((await outlet.ask(seen, { id: task.id })).data.node).toEqual({
      title: 'Resolution: Call all',
      resolution: null,
    });
    expect((await chief.ask(seen, { id: task.id })).data.node.resolution).toEqual({ id: made[0].id });
    expect((await stranger.ask(seen, { id: task.id })).data.node).toBeNull();
    await outlet.does('CompleteTask', { input: { id: task.id, outcome: 'Called' } });
    expect((await chief.does('Meetings', { policyId: 'bank-vip' }))[0].resolutions).toMatchObject([{ state: 'DONE' }]);
  });
});

test.each([
  { it: 'no kind', more: { kind: 'PICNIC' }, path: 'input.kind' },
  { it: 'nobody', more: { attendeeIds: [] }, path: 'input.attendeeIds' },
  { it: 'a meeting to come', more: { heldAt: '2026-03-07T00:00:00+08:00' }, path: 'input.heldAt' },
  { it: 'an empty resolution', more: { resolutions: [{ text: ' ' }] }, path: 'input.resolutions[0].text' },
])('bad input of a meeting: $it', async ({ more, path }) => {
  const { app, hold } = await department('2026-03-06T16:00');
  await using _ = app;
  expect(await hold('DEPARTMENT', more)).toMatchObject({ __typename: 'InvalidInput', issues: [{ path }] });
});

test('A-078: minutes are due within 24 hours, and overdue afterwards', async () => {
  const { app, chief, manager, hold } = await department('2026-03-06T16:00');
  await using _ = app;
  const [first, second] = [await hold('DEPARTMENT'), await hold('RISK')];
  expect(first.minutesDueAt).toBe('2026-03-07T08:00:00.000Z');
  const file = ({ id }: { id: string }) =>
    manager.does('FileMinutes', { input: { meetingId: id, results: 'Heard', actions: 'None' } });
  await app.advance('2026-03-07T15:59:59+08:00');
  expect(await file(first)).toMatchObject({ minutesOverdue: false });
  await app.advance('2026-03-08T09:00:00+08:00');
  const told = (await overdue(chief)).filter(({ message }) => message.includes('Minutes'));
  expect(told).toMatchObject([{ raisedAt: '2026-03-07T08:00:00.001Z' }]);
  expect(await file(second)).toMatchObject({ minutesOverdue: true });
  expect(await file(second)).toMatchObject(refused('MINUTES_FILED'));
});

test.each([
  { opened: '2026-03-02T09:00', due: '2026-03-17T01:00:00.000Z' },
  { opened: '2028-02-20T09:00', due: '2028-03-06T01:00:00.000Z' },
])(
  'A-079: a dispute of $opened goes to mediation at $due, then to HR, and ends in writing',
  async ({ opened, due }) => {
    const { app, chief, manager } = await department(opened);
    await using _ = app;
    const input = { policyId: 'bank-vip', subject: 'Who owns the customer', parties: 'Sales, service' };
    const { id, dueAt } = await manager.does('OpenDispute', { input });
    expect(dueAt).toBe(due);
    expect(await chief.does('ArbitrateDispute', { id })).toMatchObject(refused('DISPUTE_STAGE'));
    const stage = async () =>
      (await chief.ask('query ($id: ID!) { node(id: $id) { ... on Dispute { stage } } }', { id })).data.node.stage;
    await app.advance(new Date(Date.parse(due) - 1).toISOString());
    expect(await stage()).toBe('OPEN');
    await app.advance(later(app, 24));
    expect(await stage()).toBe('MEDIATION');
    expect((await overdue(chief)).filter(({ message }) => message.includes('dispute'))).toMatchObject([
      { raisedAt: justAfter(due) },
    ]);
    expect(await chief.does('MediateDispute', { input: { id, mediator: 'HR', witness: ' ' } })).toMatchObject({
      __typename: 'InvalidInput',
    });
    await chief.does('MediateDispute', { input: { id, mediator: 'Ms Li', witness: 'Mr Wu' } });
    expect(await chief.does('ArbitrateDispute', { id })).toMatchObject({ stage: 'ARBITRATION' });
    expect(await chief.does('SettleDispute', { id, result: '' })).toMatchObject({ __typename: 'InvalidInput' });
    expect(await chief.does('SettleDispute', { id, result: 'Shared' })).toMatchObject({
      stage: 'SETTLED',
      result: 'Shared',
    });
    expect(await chief.does('ArbitrateDispute', { id })).toMatchObject(refused('DISPUTE_STAGE'));
  },
);

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
