import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { expect, test } from 'vitest';
import { runCare } from '../../server/domain/care/care-run.ts';
import { startTestApp } from '../support/app.ts';
import { built } from '../support/built.ts';
import { createDatabase } from '../support/postgres.ts';
import { bankCustomers } from './seed.ts';

const CUSTOMERS = 6_000;
const KILLS = 4;

const PROGRAM = await built('test/care/programs/node.ts');

function start(url: string): ChildProcess {
  return spawn(process.execPath, [PROGRAM, url], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test(`the care of ${CUSTOMERS} customers is written once while two nodes run it and are killed ${KILLS} times`, async () => {
  const url = await createDatabase();
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  await pool.query(bankCustomers(CUSTOMERS, 20));
  const nodes = [start(url), start(url)];
  for (let turn = 0; turn < KILLS; turn += 1) {
    const index = turn % nodes.length;
    const node = nodes[index] as ChildProcess;
    await once(node.stdout as NodeJS.ReadableStream, 'data');
    // Jobs begin a second after the start; a run takes some seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_000 + Math.random() * 1_500));
    node.kill('SIGKILL');
    // What the dead one held runs out.
    await pool.query("update care_run set lease_until = now() - interval '1 second' where finished_at is null");
    nodes[index] = start(url);
  }
  const state = async () =>
    (await pool.query('select finished_at, customers, opened, failed from care_run')).rows[0] as
      | { finished_at: Date | null; customers: number; opened: number; failed: number }
      | undefined;
  const until = Date.now() + 120_000;
  while (!(await state())?.finished_at && Date.now() < until) {
    await pool.query(
      "update care_run set lease_until = now() - interval '1 second' where lease_until < now() + interval '40 seconds' and finished_at is null",
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  for (const node of nodes) node.kill('SIGKILL');
  const { rows } = await pool.query(
    "select count(*)::int as tasks, count(distinct customer_id)::int as customers from task where origin = 'CADENCE'",
  );
  // Who was visited today needs no round visit; half of them were.
  expect(rows).toEqual([{ tasks: CUSTOMERS / 2, customers: CUSTOMERS / 2 }]);
  expect(await state()).toMatchObject({ customers: CUSTOMERS, failed: 0 });
  const { rows: duties } = await pool.query(
    "select count(*)::int as n from task where duty_code = 'THANK_YOU_MEETING'",
  );
  expect(duties).toEqual([{ n: 1 }]);
  await pool.end();
}, 300_000);

test('a run goes on behind the last batch, and a rerun writes nothing', async () => {
  // A clock a little ahead of the database's, by which the visits were made.
  const now = Date.now() + 60_000;
  await using app = await startTestApp({ now: new Date(now).toISOString(), database: 'POSTGRES' });
  const { services } = app.app;
  const { pool, prisma } = services.database;
  await pool.query(bankCustomers(2_500, 5));
  const policy = services.policies.get('bank-vip');
  if (!policy) throw new Error('no bank');
  const day = new Date(now + 8 * 3_600_000).toISOString().slice(0, 10);

  // The second batch cannot be decided: the process is as good as dead.
  let asked = 0;
  const { policies } = services;
  const dying = {
    ...services,
    policies: Object.assign(Object.create(policies), {
      askMany: (...given: Parameters<typeof policies.askMany>) => {
        asked += 1;
        if (asked > 1) throw new Error('killed');
        return policies.askMany(...given);
      },
    }),
  };
  await expect(runCare(dying, policy, day)).rejects.toThrow('killed');
  const halfway = await prisma.careRun.findFirstOrThrow();
  expect(halfway).toMatchObject({ customers: 1_000, finishedAt: null });
  expect(await runCare(services, policy, day)).toBeNull();
  await pool.query("update care_run set lease_until = now() - interval '1 second'");
  const rest = await runCare(services, policy, day);
  const { opened, customers } = await prisma.careRun.findFirstOrThrow();
  // The last batch has something to write as well, so all are counted.
  expect(customers).toBe(2_500);
  expect(await prisma.task.count({ where: { origin: 'CADENCE' } })).toBe(1_250);
  expect(opened).toBe(1_250);
  expect(rest?.opened).toBeLessThan(1_250);

  // A node that stops ends at its next batch and leaves the run to another one at once.
  await pool.query('delete from care_run; delete from task');
  expect(await runCare({ ...services }, policy, day, AbortSignal.abort())).toBeNull();
  expect((await runCare({ ...services }, policy, day))?.opened).toBeGreaterThanOrEqual(1_250);

  const marks = async () =>
    (await pool.query('select max(xmin::text::bigint)::text as last, count(*)::int as n from task')).rows[0];
  const before = await marks();
  await pool.query('delete from care_run');
  expect(await runCare(services, policy, day)).toEqual({ opened: 0, closed: 0, failed: 0 });
  expect(await marks()).toEqual(before);
});
