import { describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { alertsOf, contact, dayOf, tasksOf } from '../support/care.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

const at = (day: string, time = '08:00:00') => `${day}T${time}+08:00`;
const OUTLET = { policyId: 'bank-vip', branchCode: 'BK-A', phone: '13912341234' };

const customer = (person: Person, input: Record<string, unknown> = {}) =>
  givenCustomer(person, { ...OUTLET, ...input });

/** Tasks of an origin as due day, channel and status. */
async function all(person: Person, id: string, origin: string) {
  const tasks = await tasksOf(person, id, { origins: [origin] });
  return tasks.map(({ dueAt, channel, status }) => `${dayOf(dueAt)} ${channel} ${status}`).sort();
}

const DUTIES = `query ($codes: [String!], $states: [DutyState!]) {
  duties(policyId: "bank-vip", codes: $codes, states: $states, first: 50) { nodes { code state period { from to } dueAt customer { id } } }
}`;
async function duties(person: Person, code: string, states?: string[]) {
  const { data, errors } = await person.ask(DUTIES, { codes: [code], states });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.duties.nodes;
}
const RECORD = 'mutation ($input: RecordDutyInput!) { recordDuty(input: $input) { __typename ... on Duty { state } } }';

/** A branch VIP, by a deposit above the threshold that a test sets. */
async function givenVip(app: TestApp, person: Person) {
  const admin = app.as('SYS/ADMIN');
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === 'bank-vip');
  await admin.does('ConfigurePolicy', {
    input: {
      policyId: 'bank-vip',
      parameters: [
        { key: 'branchDepositFrom', value: '200000' },
        { key: 'branchTransactionsFrom', value: '1000000' },
      ],
      reason: 'Board',
      expectedVersion: version,
    },
  });
  const vip = await customer(person);
  await app.as('BK-A/SUPERVISOR').does('RequestGradeException', {
    input: { customerId: vip.id, schemeId: 'branch', tierCode: 'VIP', reason: 'taken over' },
  });
  const [approval] = (await app.as('BK-HQ/DIRECTOR').does('Approvals', { filter: { awaitingMe: true } })).nodes;
  await app.as('BK-HQ/DIRECTOR').does('DecideApproval', { input: { id: approval.id, decision: 'APPROVE' } });
  return vip;
}

describe('files', () => {
  test.each([
    { start: '2026-03-02', from: '2026-03-01', to: '2026-03-31', next: '2026-04-01' },
    { start: '2028-02-02', from: '2028-02-01', to: '2028-02-29', next: '2028-03-01' },
  ])('A-019: a file without registration in the month of $start is missing, with an alert on $next', async (month) => {
    await using app = await startTestApp({ now: at(month.start), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const [kept, missed] = [await givenVip(app, manager), await givenVip(app, manager)];
    await app.advance(at(month.to));
    const [task] = (await tasksOf(manager, kept.id, { origins: ['REVIEW'] })).filter(({ status }) => status === 'OPEN');
    // The contract's own operation fulfils it.
    expect(await manager.does('CompleteTask', { input: { id: task?.id, outcome: 'registered' } })).toMatchObject({
      status: 'DONE',
    });
    expect(await duties(manager, 'VIP_FILE_REGISTRATION', ['MISSING'])).toEqual([]);
    await app.advance(at(month.next, '00:00:00'));
    expect(await duties(manager, 'VIP_FILE_REGISTRATION', ['MISSING'])).toMatchObject([
      { customer: { id: missed.id }, period: { from: month.from, to: month.to } },
    ]);
    const late = async (id: string) => (await alertsOf(manager, id)).filter(({ kind }) => kind === 'TASK_OVERDUE');
    expect((await late(missed.id)).filter(({ message }) => message.includes('VIP file'))).toMatchObject([
      { on: month.next },
    ]);
    expect((await late(kept.id)).filter(({ message }) => message.includes('VIP file'))).toEqual([]);
  });

  test.each([
    { done: '23:59:59', state: 'FULFILLED' },
    { done: '23:59:59.001', state: 'FULFILLED' },
    { done: '23:59:59.999', state: 'FULFILLED' },
    { done: '00:00:00', state: 'LATE' },
  ])(
    'a registration at $done at the end of its month is $state, by itself and by the filter',
    async ({ done, state }) => {
      await using app = await startTestApp({ now: at('2026-12-30') });
      const manager = app.as('BK-A/CUSTOMER_MANAGER');
      const { id } = await givenVip(app, manager);
      await app.advance(at('2026-12-31'));
      await app.advance(done === '00:00:00' ? at('2027-01-01', done) : at('2026-12-31', done));
      const before = state === 'LATE' ? 'MISSING' : 'OPEN';
      expect(await duties(manager, 'VIP_FILE_REGISTRATION', [before])).toMatchObject([{ state: before }]);
      const input = {
        policyId: 'bank-vip',
        code: 'VIP_FILE_REGISTRATION',
        customerId: id,
        on: '2026-12-31',
        note: 'Kept',
      };
      expect((await manager.ask(RECORD, { input })).data.recordDuty).toEqual({ __typename: 'Duty', state });
      const missed = `{ scorecard(policyId: "bank-vip", period: { from: "2026-12-01", to: "2026-12-31" }) { figures { key value } } }`;
      const { figures } = (await app.as('BK-A/SUPERVISOR').ask(missed)).data.scorecard;
      const count = figures.find(({ key }: { key: string }) => key === 'TASKS_MISSED').value;
      expect(count === '0').toBe(state === 'FULFILLED');
      for (const asked of ['OPEN', 'FULFILLED', 'LATE', 'MISSING', 'CANCELLED']) {
        const found = await duties(manager, 'VIP_FILE_REGISTRATION', [asked]);
        expect(found.filter(({ period }: { period: { to: string } }) => period.to === '2026-12-31')).toMatchObject(
          asked === state ? [{ state }] : [],
        );
      }
    },
  );

  test.each([2026, 2027])('A-021: when %i has ended the file is marked for its yearly archive', async (year) => {
    await using app = await startTestApp({ now: at(`${year}-11-30`) });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const vip = await givenVip(app, manager);
    await app.advance(at(`${year}-12-31`, '23:59:59'));
    expect(await duties(manager, 'VIP_FILE_ARCHIVE')).toEqual([]);
    await app.advance(at(`${year + 1}-01-01`, '00:00:00'));
    expect(await duties(manager, 'VIP_FILE_ARCHIVE')).toMatchObject([
      { customer: { id: vip.id }, state: 'OPEN', period: { from: `${year}-01-01`, to: `${year}-12-31` } },
    ]);
  });
});

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

test('A-044: a year without a thank-you meeting is overdue when it ends', async () => {
  await using app = await startTestApp({ now: at('2026-12-01'), database: 'POSTGRES' });
  const [manager, supervisor] = [app.as('BK-A/CUSTOMER_MANAGER'), app.as('BK-A/SUPERVISOR')];
  const other = app.as('BK-B/SUPERVISOR');
  await customer(manager);
  await customer(app.as('BK-B/CUSTOMER_MANAGER'), { branchCode: 'BK-B' });
  await app.advance(at('2026-12-20'));
  const held = { policyId: 'bank-vip', code: 'THANK_YOU_MEETING', note: 'Held on the 18th' };
  expect((await other.ask(RECORD, { input: held })).data.recordDuty).toMatchObject({ state: 'FULFILLED' });
  await app.advance(at('2026-12-31', '23:59:58'));
  expect(await duties(supervisor, 'THANK_YOU_MEETING', ['MISSING'])).toEqual([]);
  await app.advance(at('2027-01-01', '00:00:00'));
  expect(await duties(supervisor, 'THANK_YOU_MEETING', ['MISSING'])).toMatchObject([
    { period: { from: '2026-01-01', to: '2026-12-31' } },
  ]);
  expect(await duties(other, 'THANK_YOU_MEETING', ['MISSING'])).toEqual([]);
  const { edges } = await supervisor.does('AlertHistory', { filter: { kinds: ['TASK_OVERDUE'] }, first: 20 });
  const messages = edges.map(({ node }: { node: { message: string } }) => node.message);
  expect(messages.filter((message: string) => message.includes('Thank-you meeting'))).toHaveLength(1);
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

describe('special callbacks', () => {
  const call = async (person: Person, id: string) =>
    (await tasksOf(person, id, { origins: ['CALLBACK'] })).map(({ dueAt, channel, purpose }) => [
      dueAt,
      channel,
      purpose,
    ]);
  const utc = (day: string, time: string) => new Date(at(day, time)).toISOString();

  test('A-048, A-050: a written complaint and an opinion are called about within 30 minutes', async () => {
    await using app = await startTestApp({ now: at('2026-03-02', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const due = utc('2026-03-02', '10:30:00');
    const [complains, writes, says, phones] = await Promise.all([1, 2, 3, 4].map(() => customer(manager)));
    await givenTicket(manager, { customerId: complains?.id ?? '', type: 'COMPLAINT', channel: 'LETTER' });
    await givenTicket(manager, { customerId: writes?.id ?? '', type: 'COMPLAINT', channel: 'EMAIL' });
    await givenTicket(manager, { customerId: says?.id ?? '', type: 'OPINION', channel: 'HALL' });
    await givenTicket(manager, { customerId: phones?.id ?? '', type: 'COMPLAINT', channel: 'PHONE' });
    expect(await call(manager, complains?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, writes?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, says?.id ?? '')).toEqual([[due, 'PHONE', 'CARE']]);
    expect(await call(manager, phones?.id ?? '')).toEqual([]);
  });

  test('A-048, A-051: a call about the ticket does what was to be called about, and nothing else does', async () => {
    await using app = await startTestApp({ now: at('2028-02-29', '23:50:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager);
    const letter = { customerId: id, type: 'COMPLAINT', channel: 'LETTER' };
    const [ticket, other] = [await givenTicket(manager, letter), await givenTicket(manager, letter)];
    const stand = async () => (await all(manager, id, 'CALLBACK')).map((task) => task.split(' ').at(-1)).sort();
    await app.advance(at('2028-03-01', '00:10:00'));
    await contact(manager, id);
    await contact(manager, id, { ticketId: ticket.id, channel: 'EMAIL' });
    await contact(manager, id, { ticketId: ticket.id, happenedAt: at('2028-02-29', '23:40:00') });
    expect(await stand()).toEqual(['OPEN', 'OPEN']);
    await contact(manager, id, { ticketId: ticket.id });
    expect(await stand()).toEqual(['DONE', 'OPEN']);
    // What is called about afterwards is another call.
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Told' });
    expect(await stand()).toEqual(['DONE', 'OPEN', 'OPEN']);
    await app.advance(at('2028-03-01', '00:30:00'));
    await contact(manager, id, { ticketId: ticket.id, purpose: 'FOLLOW_UP' });
    await contact(manager, id, { ticketId: other.id, purpose: 'EXPLAIN' });
    const tasks = await tasksOf(manager, id, { origins: ['CALLBACK'] });
    expect(tasks.map(({ status }) => status)).toEqual(['DONE', 'DONE', 'DONE']);
  });

  test('A-049: a written complaint of somebody without a number is a ticket, and nobody calls', async () => {
    await using app = await startTestApp({ now: at('2026-03-02', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager, { phone: null });
    expect(await givenTicket(manager, { customerId: id, channel: 'LETTER' })).toMatchObject({ status: 'NEW' });
    expect(await call(manager, id)).toEqual([]);
  });

  test('A-051: after the solution the customer is called within 24 hours', async () => {
    await using app = await startTestApp({ now: at('2026-12-31', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager);
    const ticket = await givenTicket(manager, { customerId: id, type: 'INQUIRY' });
    await app.advance(at('2026-12-31', '11:00:00'));
    await manager.does('ResolveTicket', { id: ticket.id, resolution: 'Told' });
    expect(await call(manager, id)).toEqual([[utc('2027-01-01', '11:00:00'), 'PHONE', 'FOLLOW_UP']]);
  });

  test('A-052: a ticket that passes its limit has the customer called', async () => {
    await using app = await startTestApp({ now: at('2026-03-02', '10:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const { id } = await customer(manager);
    const ticket = await givenTicket(manager, { customerId: id });
    const due = ticket.clocks.find(({ metric }: { metric: string }) => metric === 'FIRST_RESPONSE').dueAt;
    await app.advance(new Date(Date.parse(due) - 1000).toISOString());
    expect(await call(manager, id)).toEqual([]);
    const late = Date.parse(due) + 1;
    await app.advance(new Date(late).toISOString());
    expect(await call(manager, id)).toEqual([[new Date(late + 1_800_000).toISOString(), 'PHONE', 'MEDIATE']]);
  });

  test('A-054: a call that ended with an open question is answered within 24 hours', async () => {
    await using app = await startTestApp({ now: at('2028-02-28', '16:00:00'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const due = utc('2028-02-29', '16:00:00');
    const [asked, needed, content] = await Promise.all([1, 2, 3].map(() => customer(manager)));
    await contact(manager, asked?.id ?? '', { openQuestion: true });
    await contact(manager, needed?.id ?? '', { needs: 'The rate of the new deposit' });
    await contact(manager, content?.id ?? '');
    expect(await call(manager, asked?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, needed?.id ?? '')).toEqual([[due, 'PHONE', 'EXPLAIN']]);
    expect(await call(manager, content?.id ?? '')).toEqual([]);
    // So is one that is recorded as the outcome of a task.
    const [task] = await tasksOf(manager, asked?.id ?? '', { origins: ['CALLBACK'] });
    const interaction = { channel: 'PHONE', purpose: 'FOLLOW_UP', summary: 'Half answered', openQuestion: true };
    await manager.does('CompleteTask', { input: { id: task?.id, outcome: 'half', interaction } });
    expect(await call(manager, asked?.id ?? '')).toHaveLength(2);
  });
});

const SELECT = `mutation ($input: SelectForCallbackInput!, $idempotencyKey: String) {
  selectForCallback(input: $input, idempotencyKey: $idempotencyKey) {
    __typename ... on CallbackSelection { tasks { id purpose dueAt customer { id } } } ... on InvalidInput { issues { path } }
  }
}`;

describe('A-053: customers are chosen for a callback', () => {
  const dueAt = at('2026-03-09');
  const select = async (person: Person, input: object, idempotencyKey?: string) => {
    const { data, errors } = await person.ask(SELECT, {
      input: { policyId: 'bank-vip', count: 2, dueAt, reason: 'How it went', ...input },
      idempotencyKey,
    });
    if (errors) throw new Error(JSON.stringify(errors));
    return data.selectForCallback;
  };
  const chosen = (answer: { tasks: { customer: { id: string } }[] }) => answer.tasks.map((task) => task.customer.id);

  test('by low satisfaction: below 3 of 5, as last said', async () => {
    await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const [two, five, three, better] = await Promise.all([1, 2, 3, 4].map(() => customer(manager)));
    const answers = async (id: string, score: number) =>
      manager.does('SubmitSurveyResponse', {
        input: { customerId: id, topic: 'SERVICE_QUALITY', score, channel: 'PHONE' },
      });
    await answers(two?.id ?? '', 2);
    await answers(five?.id ?? '', 5);
    await answers(three?.id ?? '', 3);
    await answers(better?.id ?? '', 1);
    await app.advance(at('2026-03-02', '09:00:00'));
    await contact(manager, better?.id ?? '', { satisfaction: 4 });
    const answer = await select(manager, { method: 'SATISFACTION', count: 10 }, 'once');
    expect(chosen(answer)).toEqual([two?.id]);
    expect(await select(manager, { method: 'SATISFACTION', count: 10 }, 'once')).toEqual(answer);
    // Who is to be called anyhow is not chosen again.
    expect(chosen(await select(manager, { method: 'SATISFACTION', count: 10 }))).toEqual([]);
  });

  test('by an unanswered need, by distance, and at random; never beyond the own branch', async () => {
    await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const mine = await Promise.all([1, 2, 3, 4, 5, 6].map(() => customer(manager)));
    const other = await customer(app.as('BK-B/CUSTOMER_MANAGER'), { branchCode: 'BK-B' });
    const [needs, followed, recent] = mine.map(({ id }) => id);
    for (const id of [needs, followed]) await contact(manager, id ?? '', { channel: 'VISIT', needs: 'A safe' });
    await app.advance(at('2026-03-02', '09:00:00'));
    await contact(manager, followed ?? '', { channel: 'VISIT', purpose: 'FOLLOW_UP' });
    await app.advance(at('2026-03-02', '10:00:00'));
    await contact(manager, recent ?? '');
    expect(chosen(await select(manager, { method: 'SERVICE', count: 5 }))).toEqual([needs]);
    const distant = chosen(await select(manager, { method: 'EMOTIONAL', count: 4 }));
    expect(new Set(distant.slice(0, 3))).toEqual(new Set(mine.slice(3).map(({ id }) => id)));
    expect(distant[3]).toBe(followed);
    const rest = chosen(await select(manager, { method: 'RANDOM', count: 100 }));
    expect(rest).toEqual([recent]);
    expect(rest).not.toContain(other.id);
  });

  test('bad input names its fields', async () => {
    await using app = await startTestApp({ now: at('2026-03-02'), database: 'POSTGRES' });
    const manager = app.as('BK-A/CUSTOMER_MANAGER');
    const answer = await select(manager, { method: 'RANDOM', count: 101, dueAt: at('2026-03-01'), reason: ' ' });
    expect(answer.issues.map(({ path }: { path: string }) => path)).toEqual([
      'input.count',
      'input.dueAt',
      'input.reason',
    ]);
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
