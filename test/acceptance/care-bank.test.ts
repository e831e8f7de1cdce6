import { describe, expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { contact, tasksOf } from '../support/care.ts';
import { all, at, customer } from './bank-care.ts';

test('A-043: feedback recorded on an item of a plan is seen by the supervisor', async () => {
  await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
  const [manager, supervisor] = [app.as('BK-A/CUSTOMER_MANAGER'), app.as('BK-A/SUPERVISOR')];
  const { id } = await customer(manager);
  const plan = await manager.does('DraftPlan', {
    input: {
      customerId: id,
      objective: 'Deposits',
      startsOn: '2026-03-02',
      endsOn: '2026-06-30',
      budget: { amount: '100' },
      measures: [{ way: 'VISIT', measure: 'Visit', dueAt: at('2026-03-31'), assigneeId: manager.id }],
    },
  });
  await supervisor.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  const center = app.as('BK-A/COMMAND_CENTER');
  const [approval] = (await center.does('Approvals', { filter: { awaitingMe: true } })).nodes;
  await center.does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  const [task] = await tasksOf(manager, id, { origins: ['PLAN'] });
  await manager.does('CompleteTask', {
    input: {
      id: task?.id,
      outcome: 'Content with the branch',
      interaction: { channel: 'VISIT', purpose: 'CARE', summary: 'Wants a loan', needs: 'A loan', openQuestion: false },
    },
  });
  const seen = await supervisor.does('CustomerDetail', { id });
  expect(seen.interactions.nodes).toMatchObject([{ summary: 'Wants a loan', needs: 'A loan', channel: 'VISIT' }]);
  const outcome = `query ($id: ID!) { node(id: $id) { ... on Task { outcome status } } }`;
  expect((await supervisor.ask(outcome, { id: task?.id })).data.node).toEqual({
    outcome: 'Content with the branch',
    status: 'DONE',
  });
});

test.each([
  { ahead: '2026-09-24', on: '2026-10-01' },
  { ahead: '2026-12-25', on: '2027-01-01' },
  { ahead: '2026-02-08', on: '2026-02-15' },
])('A-045: a greeting and a small gift for the holiday of $on are planned on $ahead', async ({ ahead, on }) => {
  const before = new Date(Date.parse(ahead) - 86_400_000).toISOString().slice(0, 10);
  await using app = await startTestApp({ now: at(before), database: 'POSTGRES' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const { id } = await customer(manager);
  await app.advance(at(before, '23:59:59'));
  const due = async () => (await all(manager, id, 'HOLIDAY')).filter((task) => task.startsWith(on));
  expect(await due()).toEqual([]);
  await app.advance(at(ahead, '00:00:00'));
  expect(await due()).toEqual([`${on} PHONE OPEN`, `${on} VISIT OPEN`]);
  // One visit with a greeting is both; nothing comes back on the days after.
  await app.advance(at(on));
  await contact(manager, id, { channel: 'VISIT', purpose: 'GREETING' });
  expect(await due()).toEqual([`${on} PHONE DONE`, `${on} VISIT DONE`]);
});

test.each([
  { earlier: '2026-09-25', on: '2026-10-01', after: '2026-09-26' },
  { earlier: '2023-09-29', on: '2023-09-30', after: '2023-09-30' },
  { earlier: '2025-10-01', on: '2025-10-06', after: '2025-10-02' },
])('A-045: what was for the holiday of $earlier is not for that of $on', async ({ earlier, on, after }) => {
  const ahead = new Date(Date.parse(on) - 7 * 86_400_000).toISOString().slice(0, 10);
  await using app = await startTestApp({ now: at(ahead), database: 'POSTGRES' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const { id } = await customer(manager);
  await app.advance(at(earlier));
  await contact(manager, id, { channel: 'VISIT', purpose: 'GREETING' });
  const both = async (state: string) => {
    const tasks = (await all(manager, id, 'HOLIDAY')).filter((task) => task.startsWith(on));
    expect(tasks).toEqual([`${on} PHONE ${state}`, `${on} VISIT ${state}`]);
  };
  expect(await all(manager, id, 'HOLIDAY')).toEqual(
    expect.arrayContaining([`${earlier} PHONE DONE`, `${earlier} VISIT DONE`]),
  );
  await both('OPEN');
  // Not by the run of the next day either.
  await app.advance(at(after));
  await both('OPEN');
  await contact(manager, id, { channel: 'VISIT', purpose: 'GREETING' });
  await both('DONE');
});

test('A-045: a customer whose file was opened between two holidays is greeted for the later one', async () => {
  await using app = await startTestApp({ now: at('2026-09-28'), database: 'POSTGRES' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const { id } = await customer(manager);
  await contact(manager, id, { channel: 'VISIT', purpose: 'GREETING', happenedAt: at('2026-09-25') });
  await app.advance(at('2026-09-30', '00:00:00'));
  expect(await all(manager, id, 'HOLIDAY')).toEqual(['2026-10-01 PHONE OPEN', '2026-10-01 VISIT OPEN']);
});

describe('callbacks after a purchase', () => {
  test.each([
    {
      bought: '2026-01-01',
      week: '2026-01-08',
      second: ['2026-05-01', '2026-07-01'],
      third: ['2026-11-01', '2027-01-01'],
    },
    {
      bought: '2027-08-31',
      week: '2027-09-07',
      second: ['2027-12-31', '2028-02-29'],
      third: ['2028-06-30', '2028-08-31'],
    },
  ])('A-046: bought on $bought', async ({ bought, week, second, third }) => {
    await using app = await startTestApp({ now: at(bought), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager, { profile: { purchasedOn: [bought] } });
    await app.advance(at(week));
    expect(await all(manager, id, 'CALLBACK')).toEqual([`${week} PHONE OPEN`]);
    const [first] = await tasksOf(manager, id, { origins: ['CALLBACK'] });
    await manager.does('CompleteTask', { input: { id: first?.id, outcome: 'used to it' } });
    let made = 1;
    for (const [opens = '', ends = ''] of [second, third]) {
      const eve = new Date(Date.parse(opens) - 86_400_000).toISOString().slice(0, 10);
      await app.advance(at(eve, '23:59:59'));
      expect(await all(manager, id, 'CALLBACK')).toHaveLength(made);
      await app.advance(at(opens, '00:00:00'));
      made += 1;
      expect(await all(manager, id, 'CALLBACK')).toContainEqual(`${ends} PHONE OPEN`);
      const period = `query ($id: ID!) { customer(id: $id) { tasks(filter: { origins: [CALLBACK], open: true }, first: 5) { nodes { period { from to } } } } }`;
      expect((await manager.ask(period, { id })).data.customer.tasks.nodes).toEqual([
        { period: { from: opens, to: ends } },
      ]);
      const [open] = await tasksOf(manager, id, { origins: ['CALLBACK'], open: true });
      await manager.does('CompleteTask', { input: { id: open?.id, outcome: 'called' } });
    }
  });

  test.each([
    ['2024-06-01', '2026-03-02'],
    ['2024-02-29', '2025-03-01'],
  ])('A-047: bought on %s, by %s nobody calls but as needed', async (bought, today) => {
    await using app = await startTestApp({ now: at(today), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager, { profile: { purchasedOn: [bought] } });
    await app.advance(new Date(Date.parse(at(today)) + 86_400_000).toISOString());
    expect(await all(manager, id, 'CADENCE')).toHaveLength(1);
    expect(await all(manager, id, 'CALLBACK')).toEqual([]);
  });
});

test.each([
  { start: '2026-02-10', end: '2026-03-31' },
  { start: '2026-11-10', end: '2026-12-31' },
])(
  'A-201: key customers have a list of their own, round visits of the quarter to $end reach all',
  async ({ start, end }) => {
    await using app = await startTestApp({ now: at(start), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const key = await customer(manager, { stage: 'KEY' });
    const ordinary = await customer(manager, { stage: 'FORMAL' });
    await app.advance(new Date(Date.parse(at(start)) + 86_400_000).toISOString());
    const list = await manager.does('CustomerList', { filter: { stages: ['KEY'] } });
    expect(list.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([key.id]);
    for (const { id } of [key, ordinary]) expect(await all(manager, id, 'CADENCE')).toEqual([`${end} VISIT OPEN`]);
    await contact(manager, key.id, { channel: 'VISIT' });
    await contact(manager, ordinary.id);
    expect(await all(manager, key.id, 'CADENCE')).toEqual([`${end} VISIT DONE`]);
    expect(await all(manager, ordinary.id, 'CADENCE')).toEqual([`${end} VISIT OPEN`]);
  },
);
