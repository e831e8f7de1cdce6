import { describe, expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import { department, overdue, refused } from './at-a-department.ts';

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
    const [call, write, visit] = resolutions;
    expect(await tasksOf(chief)).toEqual([]);
    const assign = (id: string, owner: Person, more: object = {}) =>
      manager.does('AssignResolution', { input: { id, ownerId: owner.id, ...more } });
    for (const one of [call, write, visit]) await assign(one.id, chief);
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
