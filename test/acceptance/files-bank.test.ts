import { describe, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { alertsOf, tasksOf } from '../support/care.ts';
import { at, customer } from './bank-care.ts';

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
