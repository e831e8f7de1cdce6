import { describe, expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { BANK, department, justAfter, later, overdue, refused } from './at-a-department.ts';

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
    const duties = async (period = QUARTER, more: object = {}) => {
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
    const [from = '', to = ''] = period;
    expect(await duties({ from: from, to: to }, { codes: null })).toMatchObject([
      { code, state: 'FULFILLED', period: { from, to }, meetings: [{ compliant: true }] },
    ]);
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
