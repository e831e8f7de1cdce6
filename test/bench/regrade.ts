// Grading a whole line against one SQL statement that does the same: decide by a figure, write an assessment each, a grade
// and an alert where the tier changes. node --import tsx test/bench/regrade.ts [customers]
import pg from 'pg';
import { configurePolicy } from '../../server/domain/policies/configure.ts';
import { startPostgres } from '../support/postgres.ts';
import { gradeAll } from './grade-all.ts';
import { median } from './median.ts';
import { callerOf, openSandbox } from './sandbox.ts';

const CUSTOMERS = Number(process.argv[2] ?? 100_000);
const server = await startPostgres({ durable: true });
const sandbox = await openSandbox(server, 'regrade', new Date('2026-03-02T00:00:00Z'));
const { app, databaseUrl } = sandbox;
const { services } = app;
const db = new pg.Client({ connectionString: databaseUrl });
await db.connect();
await db.query(`
  insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at, vip_consent)
    select ('33333333-3333-7333-8333-' || lpad(to_hex(n), 12, '0'))::uuid, 'telecom-vip', 'N' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}', b.id, 1, now(), now(), true
    from generate_series(1, ${CUSTOMERS}) n, (select id from branch where code = 'TL-A') b;
  insert into current_figure (customer_id, key, value, as_of, source, recorded_at)
    select c.id, 'MONTHLY_SPEND', 0, '2026-02-28', 'core', now() from customer c`);
// A line whose policy has nobody approve a tier: where one does, a run proposes instead of giving.
await configurePolicy(services, await callerOf(sandbox, 'SYS/ADMIN'), {
  policyId: 'telecom-vip',
  parameters: Object.entries({ silverFrom: 300, goldFrom: 200_000, diamondFrom: 300_000 }).map(([key, value]) => ({
    key,
    value,
  })),
  reason: 'measured',
  expectedVersion: services.policies.get('telecom-vip')?.version ?? '',
});

/** Figures under which every second customer changes sides from round to round. */
async function shuffle(round: number): Promise<void> {
  await db.query(
    `update current_figure f set value = case when (('x' || right(f.customer_id::text, 4))::bit(16)::int + ${round}) % 2 = 0 then 150000 else 10 end`,
  );
  await db.query('vacuum analyze');
}

/** Waits until every alert has its position, so that neither way pays for what the other one left to be done. */
async function numbered(): Promise<void> {
  for (;;) {
    const { rowCount } = await db.query('select from alert where pos is null limit 1');
    if (rowCount === 0) return;
    services.alerts.wake();
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

async function bySql(): Promise<number> {
  const from = performance.now();
  await db.query(`
    with decided as (
      select c.id, c.branch_id, g.id as grade_id, g.tier_code as held,
        bool_or(f.key = 'MONTHLY_SPEND' and f.value >= 300) as eligible,
        json_agg(json_build_object('key', f.key, 'value', f.value, 'asOf', f.as_of)) as indicators
      from customer c join current_figure f on f.customer_id = c.id left join grade g on g.customer_id = c.id and g.state <> 'ENDED'
      where c.policy_id = 'telecom-vip' group by 1, 2, 3, 4
    ), assessed as (
      insert into assessment (id, customer_id, policy_id, scheme_id, status, current_tier_code, proposed_tier_code, eligible, indicators, reasons, missing_metrics, assessed_by_id, assessed_at, policy_version)
      select gen_random_uuid(), d.id, 'telecom-vip', 'club', 'APPROVED', d.held, case when eligible then 'SILVER' end, eligible, indicators, '[]', '{}', (select id from staff limit 1), now(), 'x' from decided d
      returning id, customer_id
    ), ended as (
      update grade g set state = 'ENDED', ended_at = now(), ended_because = 'ASSESSED' from decided d where g.id = d.grade_id and not d.eligible returning g.customer_id
    ), begun as (
      insert into grade (id, customer_id, policy_id, scheme_id, tier_code, tier_rank, state, reason, since, misses, policy_version, assessment_id)
      select gen_random_uuid(), d.id, 'telecom-vip', 'club', 'SILVER', 1, 'ACTIVE', 'ASSESSED', now(), 0, 'x', a.id
      from decided d join assessed a on a.customer_id = d.id where d.eligible and d.held is null returning id, customer_id
    ), told as (
      insert into alert (id, dedupe_key, kind, severity, raised_at, message, audience, policy_id, branch_id, customer_id)
      select gen_random_uuid(), gen_random_uuid()::text, 'GRADE_CHANGED', 'INFO', now(), '{"en":"Tier changed.","zh":"等级变更。"}', '{CUSTOMER_MANAGER,SUPERVISOR}', 'telecom-vip', d.branch_id, d.id
      from decided d where d.eligible = (d.held is null)
    )
    update customer c set grade_id = b.id, tier_code = case when b.id is null then null else 'SILVER' end, tier_rank = case when b.id is null then null else 1 end
    from decided d left join begun b on b.customer_id = d.id
    where c.id = d.id and d.eligible = (d.held is null)`);
  return performance.now() - from;
}

async function byRun(): Promise<number> {
  const director = await callerOf(sandbox, 'TL-HQ/DIRECTOR');
  const { ms } = await gradeAll(services, director, 'telecom-vip', 'club');
  return ms;
}

const ratios: number[] = [];
for (let turn = 0; turn < 3; turn += 1) {
  await numbered();
  await shuffle(2 * turn);
  const run = await byRun();
  await numbered();
  await shuffle(2 * turn + 1);
  const sql = await bySql();
  ratios.push(run / sql);
  console.log(
    `${CUSTOMERS} customers: run ${(run / 1000).toFixed(1)} s, one statement ${(sql / 1000).toFixed(1)} s, ratio ${(run / sql).toFixed(2)}`,
  );
}
console.log('median ratio', median(ratios).toFixed(2));
await db.end();
await app.close();
await server.stop();
