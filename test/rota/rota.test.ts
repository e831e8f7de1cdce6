import { expect, test } from 'vitest';
import { startLadder } from '../alerts/ladder-app.ts';
import type { Person } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';

const MONDAY = '2026-03-02T08:00:00+08:00';

async function start() {
  const line = await startLadder(MONDAY);
  const { app } = line;
  const supervisor = app.as('CO-A/SUPERVISOR');
  const { data } = await supervisor.ask('{ viewer { branch { id } } }');
  const branchId: string = data.viewer.branch.id;
  const sets = (person: Person, input: Omit<InputOf<'SetShift'>, 'policyId' | 'branchId'>) =>
    person.does('SetShift', { input: { policyId: 'ladder', branchId, ...input } });
  return { ...line, supervisor, branchId, sets, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

/** Another person of the branch, with a role. */
async function colleague(line: Awaited<ReturnType<typeof start>>, role: string): Promise<string> {
  const { data } = await line.app
    .as('CO-A/ADMIN')
    .ask(
      'mutation ($i: CreateStaffInput!) { createStaff(input: $i) { __typename ... on Staff { id } ... on Error { message } } }',
      { i: { number: `X-${role}`, name: 'Second', branchId: line.branchId, roles: [role] } },
    );
  if (data.createStaff.__typename !== 'Staff') throw new Error(JSON.stringify(data));
  return data.createStaff.id;
}

const day = (date: string) => ({ from: `2026-03-${date}T09:00:00+08:00`, until: `2026-03-${date}T18:00:00+08:00` });

test('whoever leads says who is on duty, what breaks a rule is refused by its field, and a shift ends early', async () => {
  await using line = await start();
  const { supervisor, sets, app } = line;
  const staffId = supervisor.id;
  const set = await sets(supervisor, { post: 'SUPERVISOR', staffId, ...day('02') });
  expect(set).toMatchObject({ __typename: 'RotaShift', post: 'SUPERVISOR', version: 1 });
  const refused = async (input: Partial<InputOf<'SetShift'>>) =>
    (await sets(supervisor, { post: 'SUPERVISOR', staffId, ...day('03'), ...input })).issues;
  expect(await refused(day('02'))).toMatchObject([{ path: 'input.from' }]);
  expect(await refused({ post: 'NIGHT_WATCH' })).toMatchObject([{ path: 'input.post' }]);
  expect(await refused({ post: 'DIRECTOR' })).toMatchObject([{ path: 'input.staffId' }]);
  expect(await refused({ until: day('03').from })).toMatchObject([{ path: 'input.until' }]);
  expect(await refused({ from: '2026-02-02T09:00:00+08:00', until: '2026-02-02T10:00:00+08:00' })).toMatchObject([
    { path: 'input.until' },
  ]);
  expect(await sets(line.manager, { post: 'SUPERVISOR', staffId, ...day('03') })).toMatchObject({
    __typename: 'Forbidden',
  });
  const ended = await supervisor.does('EndShift', {
    input: { id: set.id, at: '2026-03-02T12:00:00+08:00', reason: 'ill', expectedVersion: 1 },
  });
  expect(ended).toMatchObject({ until: '2026-03-02T04:00:00.000Z', version: 2 });
  expect(await supervisor.does('EndShift', { input: { id: set.id, reason: 'ill', expectedVersion: 1 } })).toMatchObject(
    { __typename: 'Conflict' },
  );
  const seen = async (who: string) =>
    (await app.as(who).does('Rota', { filter: { at: '2026-03-02T11:00:00+08:00' } })).nodes;
  expect(await seen('CO-A/DIRECTOR')).toMatchObject([{ id: set.id, staff: { id: staffId } }]);
  expect(await seen('BB-A/DIRECTOR')).toEqual([]);
});

test('an alert goes to who is on duty now: for an owner who is absent, and on each rung', async () => {
  await using line = await start();
  const { supervisor, sets, manager, app } = line;
  const [second, standIn] = [await colleague(line, 'SUPERVISOR'), await colleague(line, 'CUSTOMER_MANAGER')];
  await sets(supervisor, { post: 'SUPERVISOR', staffId: second, ...day('02') });
  await sets(supervisor, { post: 'CUSTOMER_MANAGER', staffId: standIn, ...day('02') });
  expect(await sets(supervisor, { staffId: manager.id, ...day('02') })).toMatchObject({
    __typename: 'RotaShift',
    post: null,
  });
  await app.advance('2026-03-02T10:00:00+08:00');
  const ticket = await line.opens();
  await app.advance('2026-03-02T10:31:00+08:00');
  expect(await line.alertOf(ticket.id)).toMatchObject({
    assignee: { id: standIn },
    climbs: [{ to: 'OWNER', staff: { id: standIn } }],
  });
  await app.advance('2026-03-02T10:41:00+08:00');
  // Of the two supervisors of the branch it is the one on duty.
  expect(await line.alertOf(ticket.id)).toMatchObject({ assignee: { id: second } });
});

test('two people take each other’s shift once a supervisor approved it, and not if one of them changed meanwhile', async () => {
  await using line = await start();
  const { supervisor, sets, manager, app } = line;
  const other = await colleague(line, 'CUSTOMER_MANAGER');
  const post = 'CUSTOMER_MANAGER';
  const mine = await sets(supervisor, { post, staffId: manager.id, ...day('03') });
  const theirs = await sets(supervisor, { post, staffId: other, ...day('04') });
  const swap = (reason: string) => manager.does('SwapShift', { input: { id: mine.id, otherId: theirs.id, reason } });
  const asked = await swap('a wedding');
  expect(asked).toMatchObject({ __typename: 'Approval', state: 'PENDING' });
  const holders = async () =>
    (await manager.does('Rota', { filter: { posts: [post] } })).nodes.map(({ staff }) => staff.id);
  expect(await holders()).toEqual([manager.id, other]);
  const decide = (id: string) => supervisor.does('DecideApproval', { input: { id, decision: 'APPROVE' } });
  expect(await decide(asked.id)).toMatchObject({ __typename: 'Approval' });
  expect(await holders()).toEqual([other, manager.id]);
  const again = await swap('and back');
  await supervisor.does('EndShift', { input: { id: theirs.id, reason: 'not needed', expectedVersion: 2 } });
  expect(await decide(again.id)).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'SHIFT_CHANGED' }] });
  expect(
    await app
      .as('BB-A/CUSTOMER_MANAGER')
      .does('SwapShift', { input: { id: mine.id, otherId: theirs.id, reason: 'x' } }),
  ).toMatchObject({ __typename: 'NotFound' });
});

test('a gap of the next seven days is told once, and is over when somebody fills it', async () => {
  await using line = await start();
  const { supervisor, sets, app } = line;
  for (const date of ['02', '03', '05', '06'])
    await sets(supervisor, { post: 'SUPERVISOR', staffId: supervisor.id, ...day(date) });
  await app.advance('2026-03-02T12:00:00+08:00');
  const gaps = async (filter: object) =>
    (await app.as('CO-A/DIRECTOR').does('OpenAlerts', { first: 20, filter: { kinds: ['ROTA_GAP'], ...filter } })).nodes;
  // Wednesday the 4th; and from Friday evening on nobody is planned, which the duty of Monday the 9th misses.
  expect(await gaps({})).toHaveLength(2);
  await sets(supervisor, { post: 'SUPERVISOR', staffId: supervisor.id, ...day('04') });
  await app.advance('2026-03-02T15:00:00+08:00');
  expect(await gaps({ open: true })).toHaveLength(1);
  expect(await gaps({})).toHaveLength(2);
});
