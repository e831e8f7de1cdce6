import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { givenApprovedPlan } from '../support/plans.ts';

interface Load {
  readonly staff: { readonly id: string; readonly branch: { readonly code: string } } | null;
  readonly customers: number;
  readonly openTasks: number;
  readonly overdueTasks: number;
}

let app: TestApp;
let manager: Person;
let supervisor: Person;
const bank = { policyId: 'bank-vip' };

beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  [manager, supervisor] = [app.as('BK-A/CUSTOMER_MANAGER'), app.as('BK-A/SUPERVISOR')];
  const [mine] = [await given(manager, 'BK-A'), await given(manager, 'BK-A')];
  const gone = await given(manager, 'BK-A');
  await manager.does('UpdateCustomer', { input: { id: gone.id, expectedVersion: 1, stage: 'LAPSED' } });
  // Nobody's yet.
  await given(supervisor, 'BK-A');
  await given(app.as('BK-B/CUSTOMER_MANAGER'), 'BK-B');
  // Two measures of the plan fall due: one by now, one at the end of today.
  await givenApprovedPlan(supervisor, [app.as('BK-A/COMMAND_CENTER')], {
    customerId: mine.id,
    measures: ['2026-03-03T10:00:00+08:00', '2026-03-03T23:59:59+08:00'].map((dueAt) => ({
      way: 'PHONE',
      measure: 'Call',
      assigneeId: manager.id,
      dueAt,
    })),
  });
  await app.advance('2026-03-03T23:59:59.500+08:00');
});
afterAll(() => app[Symbol.asyncDispose]());

const given = (person: Person, branchCode: string) => givenCustomer(person, { ...bank, branchCode });
const loads = async (person: Person, more: object = {}): Promise<Load[]> =>
  person.does('StaffWorkloads', { ...bank, ...more });
const of = (all: readonly Load[], person: Person | null) =>
  all.find(({ staff }) => (staff?.id ?? null) === (person?.id ?? null));

test('each person’s customers and tasks are counted as the lists count them', async () => {
  const all = await loads(supervisor);
  const { nodes } = await supervisor.does('MyTasks', { filter: { open: true }, first: 100 });
  expect(all.length).toBeGreaterThan(1);
  for (const { staff, customers, openTasks, overdueTasks } of all) {
    const tasks = nodes.filter(
      (task: { assignee: { id: string } | null }) => (task.assignee?.id ?? null) === (staff?.id ?? null),
    );
    expect(openTasks).toBe(tasks.length);
    expect(overdueTasks).toBe(tasks.filter(({ status }: { status: string }) => status === 'OVERDUE').length);
    if (!staff) continue;
    const { totalCount } = await supervisor.does('CustomerList', {
      filter: { managerIds: [staff.id], stages: ['POTENTIAL'] },
    });
    expect(customers).toBe(totalCount);
  }
  // What is due at the end of the day is not late before the next one begins.
  expect(of(all, manager)).toMatchObject({ customers: 2, overdueTasks: 1 });
  expect(of(all, null)).toMatchObject({ customers: 1 });
  expect(all[0]?.staff?.id).toBe(manager.id);
  await app.advance('2026-03-04T00:00:00+08:00');
  expect(of(await loads(supervisor), manager)).toMatchObject({ overdueTasks: 2 });
});

test('one sees what one sees: an outlet its own, head office all, or a branch of them', async () => {
  const [office, other] = [app.as('BK-HQ/DIRECTOR'), app.as('BK-B/SUPERVISOR')];
  const theirs = app.as('BK-B/CUSTOMER_MANAGER');
  expect(of(await loads(supervisor), theirs)).toBeUndefined();
  expect(of(await loads(other), manager)).toBeUndefined();
  expect(of(await loads(other), theirs)).toMatchObject({ customers: 1 });
  const all = await loads(office);
  expect([of(all, manager)?.customers, of(all, theirs)?.customers]).toEqual([2, 1]);
  const { branch } = await other.does('Viewer');
  const branchIds = [branch.id];
  const there = (await loads(office, { branchIds })).flatMap(({ staff }) => staff?.branch.code ?? []);
  expect(new Set(there)).toEqual(new Set(['BK-B']));
  expect(await loads(supervisor, { branchIds })).toEqual([]);
  expect(await loads(supervisor, { branchIds: [manager.id] })).toEqual([]);
  expect(await loads(app.as('TL-A/SUPERVISOR'))).toEqual([]);
  expect((await app.as('SYS/SERVICE').ask('StaffWorkloads', bank)).errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
});

test('it is one statement, people included', async () => {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    const document = `{ staffWorkloads(policyId: "bank-vip") { staff { id name roles active } customers openTasks } }`;
    await supervisor.ask(document);
    spy.mockClear();
    expect((await supervisor.ask(document)).data.staffWorkloads.length).toBeGreaterThan(1);
    const texts = spy.mock.calls.map(([query]) =>
      typeof query === 'string' ? query : (query as { text: string }).text,
    );
    expect(texts.filter((text) => /\b(customer|task)\b/.test(text))).toHaveLength(1);
  } finally {
    spy.mockRestore();
  }
});
