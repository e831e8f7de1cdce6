import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';

let app: TestApp;
let manager: Person;
let colleague: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00', database: 'MEMORY' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  colleague = app.as('BK-A/SUPERVISOR');
  ({ id: customerId } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' }));
});
afterAll(() => app[Symbol.asyncDispose]());

const DUE = '2026-03-05T17:00:00+08:00';
const given = async (more: object = {}) => {
  const input = { customerId, title: 'Bring the form', purpose: 'CARE', dueAt: DUE, ...more };
  const task = await manager.does('CreateTask', { input });
  expect(task).toMatchObject({ __typename: 'Task', origin: 'MANUAL', status: 'OPEN' });
  return task as { id: string };
};
const utc = (iso: string) => new Date(iso).toISOString();

test("a task made by hand is its customer's manager's, once per key", async () => {
  const input = { customerId, title: 'Bring the form', purpose: 'CARE', channel: 'VISIT', dueAt: DUE };
  const [one, again] = [
    await manager.does('CreateTask', { input, idempotencyKey: 'k-1' }),
    await manager.does('CreateTask', { input, idempotencyKey: 'k-1' }),
  ];
  expect(one).toMatchObject({ title: 'Bring the form', dueAt: utc(DUE), assignee: { id: manager.id } });
  expect(again.id).toBe(one.id);
});

test.each([
  { it: 'no title', more: { title: ' ' }, path: 'input.title' },
  { it: 'a day that is over', more: { dueAt: '2026-03-01T10:00:00+08:00' }, path: 'input.dueAt' },
  {
    it: 'somebody of another line',
    more: () => ({ assigneeId: app.as('TL-A/CUSTOMER_MANAGER').id }),
    path: 'input.assigneeId',
  },
])('a task with $it is refused', async ({ more, path }) => {
  const input = {
    customerId,
    title: 'A',
    purpose: 'CARE',
    dueAt: DUE,
    ...(typeof more === 'function' ? more() : more),
  };
  expect(await manager.does('CreateTask', { input })).toMatchObject({ __typename: 'InvalidInput', issues: [{ path }] });
});

test('a task goes to somebody who may have it, and to nobody else', async () => {
  const { id } = await given();
  const reassign = (assigneeId: string) => manager.does('ReassignTask', { input: { id, assigneeId, reason: 'ill' } });
  expect(await reassign(colleague.id)).toMatchObject({ assignee: { id: colleague.id } });
  for (const other of [colleague.id, app.as('BK-B/CUSTOMER_MANAGER').id, app.as('BK-A/FINANCE').id])
    expect(await reassign(other)).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.assigneeId' }] });
  expect(await manager.does('ReassignTask', { input: { id, assigneeId: manager.id, reason: ' ' } })).toMatchObject({
    issues: [{ path: 'input.reason' }],
  });
});

test('a task that is put off is due when it was; one that is rescheduled is due anew', async () => {
  const { id } = await given();
  const putOff = (until: string, more: { why: string; note?: string } = { why: 'NOT_REACHED' }) =>
    manager.does('PutOffTask', { input: { id, until, ...more } });
  expect(await putOff('2026-03-04')).toMatchObject({ plannedOn: '2026-03-04', dueAt: utc(DUE), status: 'OPEN' });
  expect(await putOff('2026-03-02')).toMatchObject({ issues: [{ path: 'input.until' }] });
  expect(await putOff('2026-03-04', { why: 'OTHER' })).toMatchObject({ issues: [{ path: 'input.note' }] });
  const dueAt = '2026-03-09T17:00:00+08:00';
  const reschedule = (at: string) => manager.does('RescheduleTask', { input: { id, dueAt: at, reason: 'agreed' } });
  expect(await reschedule(dueAt)).toMatchObject({ dueAt: utc(dueAt) });
  for (const wrong of [dueAt, '2026-03-01T17:00:00+08:00'])
    expect(await reschedule(wrong)).toMatchObject({ issues: [{ path: 'input.dueAt' }] });
  const trail = await colleague.does('AuditTrail', { filter: { subjectId: id, actions: ['PUT_OFF_TASK'] }, first: 5 });
  expect(trail.nodes).toMatchObject([
    { reason: 'NOT_REACHED', changes: [{ field: 'plannedOn', after: '2026-03-04' }] },
  ]);
});

test('what is skipped or cancelled is over, and says why', async () => {
  const [skipped, cancelled] = [await given(), await given()];
  const skip = { input: { id: skipped.id, reason: 'moved away' } };
  expect(await manager.does('SkipTask', skip)).toMatchObject({ status: 'SKIPPED', outcome: 'moved away' });
  expect(await manager.does('CancelTask', { input: { id: cancelled.id, reason: 'twice' } })).toMatchObject({
    status: 'CANCELLED',
    outcome: 'twice',
  });
  expect(await manager.does('SkipTask', skip)).toMatchObject({ reasons: [{ code: 'NOT_OPEN' }] });
});

test("another outlet's task is none", async () => {
  const { id } = await given();
  const stranger = app.as('BK-B/SUPERVISOR');
  expect(await stranger.does('SkipTask', { input: { id, reason: '-' } })).toMatchObject({ __typename: 'NotFound' });
});

const because = { reason: '-' };
const MOVES: Readonly<Record<string, (id: string, who: Person) => Promise<Answer>>> = {
  COMPLETE: (id, who) => who.does('CompleteTask', { input: { id, outcome: '-' } }),
  REASSIGN: (id, who) => who.does('ReassignTask', { input: { id, assigneeId: colleague.id, ...because } }),
  RESCHEDULE: (id, who) =>
    who.does('RescheduleTask', { input: { id, dueAt: '2026-03-04T17:00:00+08:00', ...because } }),
  PUT_OFF: (id, who) => who.does('PutOffTask', { input: { id, until: '2026-03-04', why: 'NO_TIME' } }),
  SKIP: (id, who) => who.does('SkipTask', { input: { id, ...because } }),
  CANCEL: (id, who) => who.does('CancelTask', { input: { id, ...because } }),
};
interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly reasons?: readonly { code: string }[];
}
const codeOf = ({ __typename, code, reasons }: Answer) => (__typename === 'Task' ? null : (reasons?.[0]?.code ?? code));

const setUp = (id: string, data: object) =>
  app.app.services.database.prisma.task.update({
    where: { id: Buffer.from(id, 'base64').toString().slice('Task:'.length) },
    data,
  });

/** Of what a task may be, whichever slice made it. */
const KINDS: Readonly<Record<string, object>> = {
  'made by hand': {},
  overdue: { status: 'OVERDUE' },
  done: { status: 'DONE' },
  'of a cadence': { origin: 'CADENCE' },
  'of a selection': { origin: 'CALLBACK' },
  'a milestone': { leadRole: 'DIRECTOR', milestone: 'START' },
  'a duty': { dutyCode: 'NO_SUCH_DUTY' },
};

test.each(Object.keys(KINDS))('allowedMoves of a task that is %s is what the mutations answer', async (kind) => {
  const fresh = async () => {
    const { id } = await given();
    await setUp(id, KINDS[kind] ?? {});
    return id;
  };
  let id = await fresh();
  const { allowedMoves } = await manager.does('TaskMoves', { id });
  expect(allowedMoves.map(({ move }: { move: string }) => move)).toEqual(Object.keys(MOVES));
  for (const { move, refusal } of allowedMoves) {
    const answer = (await MOVES[move]?.(id, manager)) as Answer;
    expect([move, codeOf(answer)]).toEqual([move, refusal?.code ?? null]);
    if (answer.__typename === 'Task') id = await fresh();
  }
});
