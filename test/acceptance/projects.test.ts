import { expect, test } from 'vitest';
import { type Person, startTestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { allSkipped, givenApprovedPlan, givenPlan } from '../support/plans.ts';
import { BANK, refused } from './applying.ts';

const instant = (local: string) => new Date(`${local}+08:00`).toISOString();

const PROJECT = { kind: 'PROJECT' };
const milestones = async (person: Person, id: string) => (await person.does('PlanHistory', { id })).milestones;

/** A project approved at an instant. */
async function project(now: string, startsOn: string, endsOn: string) {
  const app = await startTestApp({ now: `${now}:00+08:00` });
  const [supervisor, center] = [app.as('BK-A/SUPERVISOR'), app.as('BK-A/COMMAND_CENTER')];
  const customer = await givenCustomer(supervisor, BANK);
  const measures = [{ way: 'VISIT', measure: 'Visit', assigneeId: supervisor.id, dueAt: `${endsOn}T10:00:00+08:00` }];
  const plan = await givenApprovedPlan(supervisor, [center], {
    customerId: customer.id,
    ...PROJECT,
    startsOn,
    endsOn,
    measures,
  });
  return { app, supervisor, plan, customer };
}

test.each([
  { approved: '2026-03-02T09:00', due: '2026-03-09T23:59:59' },
  { approved: '2026-12-28T23:59', due: '2027-01-04T23:59:59' },
  { approved: '2028-02-24T00:00', due: '2028-03-02T23:59:59' },
])('A-063: the kick-off of a plan settled $approved is due $due, chaired by a manager', async ({ approved, due }) => {
  const day = approved.slice(0, 10);
  const { app, supervisor, plan } = await project(approved, day, `${Number(day.slice(0, 4)) + 1}-06-30`);
  await using _ = app;
  const [kickOff] = (await milestones(supervisor, plan.id)).filter(({ milestone }) => milestone === 'KICK_OFF');
  expect(kickOff).toMatchObject({ leadRole: 'SUPERVISOR', assignee: { id: supervisor.id } });
  expect(kickOff?.dueAt).toBe(instant(due));
  // It is a task among others, and only a manager holds it.
  const complete = (who: string) => app.as(who).does('CompleteTask', { input: { id: kickOff?.id, outcome: 'Begun' } });
  expect(await complete('BK-A/CUSTOMER_MANAGER')).toMatchObject(refused('WRONG_LEAD'));
  expect(await complete('BK-A/SUPERVISOR')).toMatchObject({ status: 'DONE' });
});

test.each([
  { startsOn: '2026-03-01', endsOn: '2026-05-30', due: '2026-04-15' },
  { startsOn: '2026-03-01', endsOn: '2026-05-31', due: '2026-04-15' },
  { startsOn: '2026-12-01', endsOn: '2027-01-30', due: '2026-12-31' },
  { startsOn: '2028-02-01', endsOn: '2028-03-30', due: '2028-03-01' },
])(
  'A-064: the mid-term review of $startsOn to $endsOn is due $due, led by the director',
  async ({ startsOn, endsOn, due }) => {
    const { app, supervisor, plan } = await project(`${startsOn}T09:00`, startsOn, endsOn);
    await using _ = app;
    const [review] = (await milestones(supervisor, plan.id)).filter(({ milestone }) => milestone === 'MID_TERM');
    expect(review).toMatchObject({ leadRole: 'DIRECTOR', assignee: { id: app.as('BK-A/DIRECTOR').id } });
    expect(review?.dueAt).toBe(instant(`${due}T23:59:59`));
    // Nobody held it: it is overdue when the day is over, and told.
    const told = async () => {
      const late = await app.as('BK-A/DIRECTOR').does('AlertHistory', { filter: { kinds: ['TASK_OVERDUE'] } });
      return late.edges.flatMap(({ node }: { node: { message: string; raisedAt: string } }) =>
        node.message.includes('Mid-term review') ? node.raisedAt : [],
      );
    };
    const over = new Date(Date.parse(review?.dueAt ?? '') + 1000);
    await app.advance(new Date(over.getTime() - 1).toISOString());
    expect(await told()).toEqual([]);
    await app.advance(over.toISOString());
    expect(await told()).toEqual([over.toISOString()]);
  },
);

test("A-065: a project is not closed without the customer's confirmation to be satisfied", async () => {
  const { app, supervisor, plan } = await project('2026-03-02T09:00', '2026-03-02', '2026-06-30');
  await using _ = app;
  const close = () =>
    supervisor.does('CompletePlan', { id: plan.id, expectedVersion: 1, summary: 'Done', skipped: allSkipped(plan) });
  const confirm = (satisfied: boolean) =>
    supervisor.does('ConfirmPlan', { id: plan.id, satisfied, evidence: 'Signed on paper' });
  expect(await close()).toMatchObject(refused('NO_CUSTOMER_CONFIRMATION'));
  expect(await confirm(false)).toMatchObject({ confirmed: false });
  expect(await close()).toMatchObject(refused('NO_CUSTOMER_CONFIRMATION'));
  expect(await confirm(true)).toMatchObject({ confirmed: true });
  expect(await close()).toMatchObject({ status: 'COMPLETED' });
});

test("a plan begins with the template of the customer's tier", async () => {
  await using app = await startTestApp({ now: '2026-03-02T09:00:00+08:00', database: 'POSTGRES' });
  const manager = app.as('TL-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, { policyId: 'telecom-vip', branchCode: 'TL-A' });
  const ask = async () => {
    const document = `query ($id: ID!) { customer(id: $id) { planTemplates(startsOn: "2026-04-01") {
      id objective(locale: EN) startsOn endsOn measures { way measure(locale: ZH) dueAt }
    } } }`;
    return (await manager.ask(document, { id: customer.id })).data.customer.planTemplates;
  };
  expect(await ask()).toEqual([]);
  const { prisma } = app.app.services.database;
  await prisma.customer.updateMany({ data: { schemeId: 'club', tierCode: 'SILVER', tierRank: 1 } });
  const [template] = await ask();
  expect(template).toMatchObject({ id: 'QUARTERLY_CONTACT', startsOn: '2026-04-01', endsOn: '2027-03-31' });
  const { objective, startsOn, endsOn, measures } = template;
  const plan = await givenPlan(manager, {
    customerId: customer.id,
    objective,
    startsOn,
    endsOn,
    measures: measures.map((measure: object) => ({ ...measure, assigneeId: manager.id })),
  });
  expect(plan.measures.map(({ dueAt }: { dueAt: string }) => dueAt)).toEqual([
    '2026-06-30T15:59:59.000Z',
    '2026-09-30T15:59:59.000Z',
    '2026-12-31T15:59:59.000Z',
    '2027-03-31T15:59:59.000Z',
  ]);
});
