import { describe, expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { alertsOf, contact, dayOf, givenMember, giveTier, planned, tasksOf } from '../support/care.ts';

const at = (day: string, time = '08:00:00') => `${day}T${time}+08:00`;

describe('contact by tier, in calendar months and quarters', () => {
  test.each([
    { it: 'in March and April', days: ['2026-03-31', '2026-04-30'], end: '2026-05-01' },
    { it: 'in a leap February', days: ['2028-02-29', '2028-03-01'], end: '2028-04-01' },
    { it: 'across the year’s end', days: ['2026-12-31', '2027-01-01'], end: '2027-02-01' },
  ])('A-087: a diamond customer is contacted on the last day $it: both months are satisfied', async ({ days, end }) => {
    const [first = '', second = ''] = days;
    await using app = await startTestApp({ now: at(`${first.slice(0, 8)}05`) });
    const manager = app.as('TL-A/CUSTOMER_MANAGER');
    const { id } = await givenMember(app, 'DIAMOND');
    for (const day of [first, second]) {
      await app.advance(at(day, '20:00:00'));
      expect((await planned(manager, id, 'CADENCE')).at(-1)).toMatch(/OPEN$/);
      await contact(manager, id);
      expect((await planned(manager, id, 'CADENCE')).at(-1)).toMatch(/DONE$/);
    }
    await app.advance(at(end));
    const tasks = await tasksOf(manager, id, { origins: ['CADENCE'] });
    expect(tasks.map(({ status }) => status)).toEqual(['DONE', 'DONE', 'OPEN']);
    expect((await alertsOf(manager, id)).map(({ kind }) => kind)).not.toContain('TASK_OVERDUE');
  });

  test.each([
    { month: '2026-04', warned: '2026-04-25', overdue: '2026-05-01', last: '2026-04-30' },
    { month: '2028-02', warned: '2028-02-25', overdue: '2028-03-01', last: '2028-02-29' },
    { month: '2026-12', warned: '2026-12-25', overdue: '2027-01-01', last: '2026-12-31' },
  ])('A-088: gold without contact in $month is warned of on the 25th and overdue from $overdue', async (given) => {
    await using app = await startTestApp({ now: at(`${given.month}-01`) });
    const manager = app.as('TL-A/CUSTOMER_MANAGER');
    const { id } = await givenMember(app, 'GOLD');
    await app.advance(at(given.warned, '00:00:00'));
    const [task] = await tasksOf(manager, id, { origins: ['CADENCE'] });
    expect(task).toMatchObject({ status: 'OPEN', channel: 'PHONE', assignee: { id: manager.id } });
    expect(dayOf(task?.dueAt ?? '')).toBe(given.last);
    expect(await alertsOf(manager, id)).toContainEqual(
      expect.objectContaining({ kind: 'SLA_AT_RISK', on: given.warned }),
    );

    await app.advance(at(given.last, '23:59:59'));
    expect((await tasksOf(manager, id, { origins: ['CADENCE'] }))[0]?.status).toBe('OPEN');
    await app.advance(at(given.overdue, '00:00:00'));
    expect((await tasksOf(manager, id, { origins: ['CADENCE'] }))[0]?.status).toBe('OVERDUE');
    expect(await alertsOf(manager, id)).toContainEqual(
      expect.objectContaining({
        kind: 'TASK_OVERDUE',
        on: given.overdue,
        at: new Date(at(given.overdue, '00:00:00')).toISOString(),
      }),
    );
  });

  test('A-089: silver contacted in January is satisfied for the quarter, and due again by the end of June', async () => {
    await using app = await startTestApp({ now: at('2026-01-05'), database: 'POSTGRES' });
    const manager = app.as('TL-A/CUSTOMER_MANAGER');
    const { id } = await givenMember(app, 'SILVER');
    await contact(manager, id);
    await app.advance(at('2026-03-31', '23:00:00'));
    expect(await tasksOf(manager, id, { origins: ['CADENCE'], open: true })).toEqual([]);
    await app.advance(at('2026-04-01'));
    expect(await planned(manager, id, 'CADENCE')).toEqual(expect.arrayContaining(['2026-06-30 OPEN']));
    expect((await alertsOf(manager, id)).map(({ kind }) => kind)).not.toContain('TASK_OVERDUE');
  });

  test.each([
    { quarter: '2026-01-02', overdue: '2026-04-01' },
    { quarter: '2027-10-08', overdue: '2028-01-01' },
  ])('A-090: silver without contact since $quarter is overdue from $overdue', async ({ quarter, overdue }) => {
    await using app = await startTestApp({ now: at(quarter), database: 'POSTGRES' });
    const manager = app.as('TL-A/CUSTOMER_MANAGER');
    const { id } = await givenMember(app, 'SILVER');
    await app.advance(at(overdue, '00:00:00'));
    const [first, next] = await tasksOf(manager, id, { origins: ['CADENCE'] });
    expect([first?.status, next?.status]).toEqual(['OVERDUE', 'OPEN']);
    // Whoever calls now is late for the quarter that is over, and in time for the one that runs.
    await contact(manager, id);
    expect((await tasksOf(manager, id, { origins: ['CADENCE'] })).map(({ status }) => status)).toEqual([
      'DONE',
      'DONE',
    ]);
  });

  test.each([
    { from: 'SILVER', to: 'GOLD', due: '2026-01-31' },
    { from: 'GOLD', to: 'SILVER', due: '2026-03-31' },
    { from: 'DIAMOND', to: 'GOLD', due: '2026-01-31' },
  ])('A-088, A-089: who goes from $from to $to in January is due by $due', async ({ from, to, due }) => {
    await using app = await startTestApp({ now: at('2026-01-05') });
    const manager = app.as('TL-A/CUSTOMER_MANAGER');
    const { id } = await givenMember(app, from);
    await app.advance(at('2026-01-06'));
    await giveTier(app, id, to);
    await app.advance(at('2026-01-07'));
    const open = async () => (await planned(manager, id, 'CADENCE')).filter((task) => task.endsWith('OPEN'));
    expect(await open()).toEqual([`${due} OPEN`]);
    await app.advance(at('2026-02-01', '00:00:00'));
    const overdue = (await alertsOf(manager, id)).filter(({ kind }) => kind === 'TASK_OVERDUE');
    expect(overdue.map(({ on }) => on)).toEqual(to === 'GOLD' ? ['2026-02-01'] : []);
  });

  test('A-091: calls do not stand in for meeting an important VIP', async () => {
    await using app = await startTestApp({ now: at('2026-05-04'), database: 'POSTGRES' });
    const manager = app.as('TL-A/CUSTOMER_MANAGER');
    const { id } = await givenMember(app, 'DIAMOND', { stage: 'KEY' });
    await app.advance(at('2026-05-05'));
    await contact(manager, id);
    const open = await tasksOf(manager, id, { origins: ['CADENCE'], open: true });
    expect(open).toMatchObject([{ channel: 'VISIT' }]);
    expect(dayOf(open[0]?.dueAt ?? '')).toBe('2026-06-30');
    await contact(manager, id, { channel: 'HALL' });
    expect(await tasksOf(manager, id, { origins: ['CADENCE'], open: true })).toEqual([]);
  });
});

const DUTIES = `query ($codes: [String!], $states: [DutyState!]) {
  duties(policyId: "telecom-vip", codes: $codes, states: $states, first: 50) { nodes { state period { from to } staff { id } branchCode fulfilledAt } }
}`;
const RECORD = `mutation ($input: RecordDutyInput!) {
  recordDuty(input: $input) { __typename ... on Duty { state } ... on InvalidInput { issues { path } } ... on Refused { reasons { code } } }
}`;

test.each([
  { monday: '2026-03-02', sunday: '2026-03-08' },
  { monday: '2026-12-28', sunday: '2027-01-03' },
])(
  'A-096: a manager without a plan for the week of $monday is missing from Monday noon',
  async ({ monday, sunday }) => {
    await using app = await startTestApp({
      now: new Date(Date.parse(at(monday)) - 3 * 86_400_000).toISOString(),
      database: 'POSTGRES',
    });
    const [manager, other] = [app.as('TL-A/CUSTOMER_MANAGER'), app.as('TL-B/CUSTOMER_MANAGER')];
    const office = app.as('TL-HQ/SUPERVISOR');
    await givenMember(app, 'GOLD');
    await other.does('CreateCustomer', {
      input: { policyId: 'telecom-vip', number: 'B-1', kind: 'INDIVIDUAL', name: '李娜', branchCode: 'TL-B' },
    });
    await app.advance(at(monday, '00:00:00'));
    await app.advance(at(monday, '00:00:00'));
    const plan = { policyId: 'telecom-vip', code: 'WEEKLY_PLAN', note: 'Twelve visits' };
    expect((await other.ask(RECORD, { input: plan })).data.recordDuty).toMatchObject({ state: 'FULFILLED' });
    const missing = async () =>
      (await office.ask(DUTIES, { codes: ['WEEKLY_PLAN'], states: ['MISSING'] })).data.duties.nodes;
    await app.advance(at(monday, '11:59:59'));
    expect(await missing()).toEqual([]);
    await app.advance(at(monday, '12:00:00'));
    expect(await missing()).toMatchObject([
      { staff: { id: manager.id }, period: { from: monday, to: sunday }, branchCode: 'TL-A', fulfilledAt: null },
    ]);
    const { edges } = await office.does('AlertHistory', { filter: { kinds: ['TASK_OVERDUE'] }, first: 20 });
    const weekly = edges.filter(({ node }: { node: { message: string } }) =>
      node.message.includes('Weekly service plan'),
    );
    expect(weekly).toMatchObject([
      { node: { raisedAt: new Date(at(monday, '12:00:00')).toISOString(), branch: { code: 'TL-A' } } },
    ]);

    // Whoever writes it now is late; another's plan is recorded by a superior alone; and a plan may come before its week.
    await app.advance(at(monday, '15:00:00'));
    expect((await manager.ask(RECORD, { input: plan })).data.recordDuty).toMatchObject({ state: 'LATE' });
    const next = { ...plan, on: new Date(Date.parse(sunday) + 86_400_000).toISOString().slice(0, 10) };
    expect((await other.ask(RECORD, { input: { ...next, staffId: manager.id } })).data.recordDuty).toMatchObject({
      issues: [{ path: 'input.staffId' }],
    });
    const supervisor = app.as('TL-A/SUPERVISOR');
    expect((await supervisor.ask(RECORD, { input: { ...next, staffId: manager.id } })).data.recordDuty).toMatchObject({
      state: 'FULFILLED',
    });
    await app.advance(new Date(Date.parse(at(monday, '13:00:00')) + 7 * 86_400_000).toISOString());
    expect(await missing()).toMatchObject([{ staff: { id: other.id } }]);
  },
);
