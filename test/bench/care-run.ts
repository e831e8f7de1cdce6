// The daily care of a whole line against one SQL statement that reads the same and inserts the same tasks: a round visit for
// whoever was not visited in the quarter. Then a rerun of the day, which writes nothing. node --import tsx test/bench/care-run.ts [customers]
import pg from 'pg';
import { runCare } from '../../server/domain/care/care-run.ts';
import { bankCustomers } from '../care/seed.ts';
import { startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';
import { openSandbox } from './sandbox.ts';

const CUSTOMERS = Number(process.argv[2] ?? 100_000);
const server = await startPostgres({ durable: true });
const now = new Date(Date.now() + 600_000);
const { app, databaseUrl } = await openSandbox(server, 'care', now);
const { services } = app;
const db = new pg.Client({ connectionString: databaseUrl });
await db.connect();
await db.query(bankCustomers(CUSTOMERS, 200));
const policy = services.policies.get('bank-vip');
if (!policy) throw new Error('no bank');
const day = new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

async function emptied(): Promise<void> {
  await db.query('delete from task; delete from care_run');
  await db.query('vacuum analyze');
}

const count = async () => Number((await db.query('select count(*) as n from task')).rows[0].n);

async function byRun(): Promise<number> {
  const from = performance.now();
  const tally = await runCare(services, policy as NonNullable<typeof policy>, day);
  if (!tally || tally.failed > 0) throw new Error(JSON.stringify(tally));
  return performance.now() - from;
}

async function bySql(): Promise<number> {
  const from = performance.now();
  await db.query(`
    with met as (
      select i.customer_id, json_agg(distinct jsonb_build_array(to_char(i.happened_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD'), i.channel, i.purpose)) as list,
        bool_or(i.channel = 'VISIT' and i.happened_at >= date_trunc('quarter', now())) as visited
      from interaction i where i.policy_id = 'bank-vip' and i.channel <> 'INTERNAL' and i.happened_at >= now() - interval '400 days' group by 1
    ), undone as (
      select t.customer_id, count(*) as n from task t where t.status in ('OPEN', 'OVERDUE') group by 1
    ), held as (
      select g.customer_id, count(*) as n from grade g where g.state <> 'ENDED' group by 1
    )
    insert into task (id, key, customer_id, policy_id, branch_id, title, origin, status, due_at, next_fire_at, purpose, channel, assignee_id, created_at, period_from, period_to, met_by)
    select gen_random_uuid(), 'care:' || c.id || ':round-visit:' || date_trunc('quarter', now())::date, c.id, 'bank-vip', c.branch_id,
      '{"en":"Round visit of the quarter","zh":"普遍走访（本季度）"}', 'CADENCE', 'OPEN', date_trunc('quarter', now()) + interval '3 months' - interval '1 second',
      date_trunc('quarter', now()) + interval '3 months', 'CARE', 'VISIT', c.manager_id, now(), date_trunc('quarter', now()), date_trunc('quarter', now()) + interval '3 months' - interval '1 day', '{"channels":["VISIT"]}'
    from customer c left join met on met.customer_id = c.id left join undone on undone.customer_id = c.id left join held on held.customer_id = c.id
    where c.policy_id = 'bank-vip' and c.departed_at is null and not coalesce(met.visited, false)`);
  return performance.now() - from;
}

const ratios: number[] = [];
for (let turn = 0; turn < 3; turn += 1) {
  await emptied();
  const sql = await bySql();
  const bySqlTasks = await count();
  await emptied();
  const run = await byRun();
  const byRunTasks = await count();
  await db.query('delete from care_run');
  const again = await byRun();
  const rewritten = (await count()) - byRunTasks;
  ratios.push(run / sql);
  console.log(
    `${CUSTOMERS} customers: run ${(run / 1000).toFixed(1)} s, ${byRunTasks} tasks; one statement ${(sql / 1000).toFixed(1)} s, ${bySqlTasks} tasks; ratio ${(run / sql).toFixed(2)}; rerun ${(again / 1000).toFixed(1)} s, ${rewritten} written`,
  );
}
console.log('median ratio', median(ratios).toFixed(2));
await db.end();
await app.close();
await server.stop();
