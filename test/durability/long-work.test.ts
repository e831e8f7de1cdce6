import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { gradingRuns } from '../../server/domain/grades/runs/continue-run.ts';
import { policyApplications } from '../../server/domain/policies/continue-application.ts';
import { abandoned, goOn, type LongWork } from '../../server/engine/services/long-work.ts';
import { dropLease, holdLease } from '../../server/platform/storage/lease.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// Work that goes on for many batches is lost with its node in the middle of one. The loss is the database's: the statement that
// moves the work on is ended as a session is when its server goes away, so that all that the node does from then on is what a killed
// one does: nothing. Whoever looks next goes on where it stands.

const policyId = 'telecom-vip';
let app: TestApp;
let admin: Person;
let hall: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00', database: 'POSTGRES' });
  [admin, hall] = [app.as('SYS/ADMIN'), app.as('TL-A/CUSTOMER_MANAGER')];
  await run(`create table fault (at_least int not null);
    create function lost() returns trigger language plpgsql as $$ begin
      if exists (select 1 from fault where (to_jsonb(new) ->> tg_argv[0])::int >= at_least) then
        raise exception 'terminating connection due to administrator command' using errcode = '57P01';
      end if;
      return new;
    end $$;
    create trigger lost before update on grading_run for each row execute function lost('done');
    create trigger lost before update on policy_application for each row execute function lost('open');`);
});
afterAll(() => app[Symbol.asyncDispose]());
beforeEach(() => run('delete from fault'));

const run = (sql: string) => app.app.services.database.pool.query(sql);
const loseFrom = (count: number) => run(`insert into fault values (${count})`);

async function configured(values: Readonly<Record<string, number>>): Promise<{ version: string }> {
  const { version } = (await admin.does('Policies')).find(({ id }: { id: string }) => id === policyId);
  const parameters = Object.entries(values).map(([key, value]) => ({ key, value }));
  const input = { policyId, parameters, reason: 'decided so', expectedVersion: version };
  return admin.does('ConfigurePolicy', { input });
}

describe('applying a policy', () => {
  const TICKETS = 230;
  const apply = (expectedVersion: string) =>
    admin.ask(
      `mutation ($i: ApplyPolicyInput!) { applyPolicy(input: $i) { __typename
        ... on AppliedPolicy { open deadlinesMoved } ... on Refused { reasons { code } } } }`,
      { i: { policyId, expectedVersion, reason: 'faster' } },
    );

  test('is gone on with by another node, and each batch has its entry', async () => {
    const { id: customerId } = await givenCustomer(hall, { policyId, branchCode: 'TL-A' });
    for (let from = 0; from < TICKETS; from += 23)
      await Promise.all(Array.from({ length: 23 }, () => givenTicket(hall, { customerId })));
    const { version } = await configured({ complaintHours: 12 });
    await loseFrom(201);
    const lost = { __typename: 'Refused', reasons: [{ code: 'APPLICATION_UNDER_WAY' }] };
    expect((await apply(version)).data.applyPolicy).toMatchObject(lost);
    // Nothing of the second batch is written, and the first one has its entry.
    const events = async () =>
      (await run("select count(*)::int n from ticket_event where kind = 'POLICY_APPLIED'")).rows[0].n;
    expect(await events()).toBe(200);
    // Asked again, it says that it is under way; nobody applies it twice.
    expect((await apply(version)).data.applyPolicy).toMatchObject(lost);

    await run('delete from fault');
    await abandoned(policyApplications).run(app.app.services);
    expect(await events()).toBe(TICKETS);
    const { rows } = await run('select state::text, open, deadlines_moved from policy_application');
    expect(rows).toEqual([{ state: 'COMPLETED', open: TICKETS, deadlines_moved: TICKETS }]);
    const entries = await run(
      `select c ->> 'after' as moved from audit_entry, jsonb_array_elements(changes) c
        where action = 'APPLY_POLICY' and c ->> 'field' = 'deadlinesMoved' order by at, 1`,
    );
    expect(entries.rows.map(({ moved }) => Number(moved)).sort((a, b) => a - b)).toEqual([30, 200]);
    expect((await apply(version)).data.applyPolicy).toMatchObject({ open: TICKETS, deadlinesMoved: 0 });
  });
});

describe('a grading run', () => {
  test('is gone on with by another node, and grades each customer once', async () => {
    const director = app.as('TL-HQ/DIRECTOR');
    await givenCustomer(hall, { policyId, branchCode: 'TL-A', kind: 'INDIVIDUAL' });
    await run(`insert into customer select r.* from customer c, generate_series(1, 1100) n,
      jsonb_populate_record(null::customer, to_jsonb(c) || jsonb_build_object('id', gen_random_uuid(), 'number', 'L' || n, 'number_key', 'l' || n)) r
      where c.policy_id = '${policyId}' and c.kind = 'INDIVIDUAL' and c.number not like 'L%' limit 1100`);
    await configured({ silverFrom: 300, goldFrom: 800, diamondFrom: 1500 });
    await run(`insert into current_figure (customer_id, key, value, as_of, source, recorded_at)
      select id, 'MONTHLY_SPEND', 5000, '2026-03-01', 'core', now() from customer where policy_id = '${policyId}'`);
    await loseFrom(1001);
    const { id } = await director.does('StartGradingRun', { policyId, schemeId: 'club' });
    const standing = async () => (await run('select state::text, done, total from grading_run')).rows[0];
    await expect
      .poll(async () => (await run("select count(*)::int n from lease where name like 'grades.runs%'")).rows[0].n, {
        timeout: 30_000,
      })
      .toBe(0);
    expect(await standing()).toMatchObject({ state: 'RUNNING', done: 1000 });
    const again = await director.does('StartGradingRun', { policyId, schemeId: 'club' });
    expect(again).toMatchObject({ __typename: 'Refused', reasons: [{ code: 'RUN_UNDER_WAY' }] });
    await run('delete from fault');
    await abandoned(gradingRuns).run(app.app.services);
    const { state, done, total } = await standing();
    expect({ id, state, done }).toEqual({ id, state: 'COMPLETED', done: total });
    // A batch that is written twice gives a tier twice.
    const { rows } = await run(
      "select count(*)::int n, count(distinct customer_id)::int c from grade where state <> 'ENDED'",
    );
    expect(rows).toEqual([{ n: total, c: total }]);
    const alerts = await run("select count(*)::int n from alert where kind = 'GRADE_CHANGED'");
    expect(alerts.rows[0].n).toBe(total);
  });
});

test('of two who want a piece of work one has it, until it is let go or a minute has passed without a word', async () => {
  const { prisma } = app.app.services.database;
  const [one, other] = [randomUUID(), randomUUID()];
  expect(await holdLease(prisma, 'work', one)).toBe(true);
  expect(await holdLease(prisma, 'work', other)).toBe(false);
  expect(await holdLease(prisma, 'work', one)).toBe(true);
  await run("update lease set until = now() - interval '1 millisecond' where name = 'work'");
  expect(await holdLease(prisma, 'work', other)).toBe(true);
  expect(await holdLease(prisma, 'work', one)).toBe(false);
  await dropLease(prisma, 'work', one);
  expect(await holdLease(prisma, 'work', one)).toBe(false);
  await dropLease(prisma, 'work', other);
  expect(await holdLease(prisma, 'work', one)).toBe(true);
});

test.each([
  { it: 'ends it', isTaken: false },
  { it: 'leaves it to who took it over', isTaken: true },
])('a process whose work fails for good $it', async ({ isTaken }) => {
  const { services } = app.app;
  const id = randomUUID();
  const ended: string[] = [];
  const work: LongWork = {
    name: 'test.work',
    underWay: async () => [id],
    async rest(_services, _id, hold) {
      expect(await hold()).toBe(true);
      await run(`update lease set until = now() - interval '1 millisecond' where name = 'test.work:${id}'`);
      if (isTaken) await holdLease(services.database.prisma, `test.work:${id}`, randomUUID());
      throw new Error('a defect');
    },
    fail: async (_services, failed) => void ended.push(failed),
  };
  await goOn(services, work, id);
  expect(ended).toEqual(isTaken ? [] : [id]);
});
