import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { reached } from '../bars/reached.ts';
import { Fleet } from './processes.ts';
import { raise } from './support.ts';

const QUICK = fileURLToPath(new URL('./plugins/quick-ladder.ts', import.meta.url));

const COUNT = 100;

/** Milliseconds within which a rung is told of its time. */
const PROMPT_MS = 2_000;

test('each rung is told once and within two seconds of its time, while nodes are killed and start again', async () => {
  await using fleet = await Fleet.start(2, { plugins: [QUICK], runsJobs: true });
  await fleet.pool.query(`update branch set policy_ids = policy_ids || '{quick-ladder}' where code like 'CO-%'`);
  await sleep(1_000);
  const { rows } = await fleet.pool.query<{ at: Date }>('select statement_timestamp() as at');
  const drafts = Array.from({ length: COUNT }, () => ({
    kind: 'SLA_BREACHED' as const,
    policyId: 'quick-ladder',
    branchId: fleet.branch('CO-A'),
    raisedAt: rows[0]?.at ?? new Date(),
  }));
  await raise(fleet.pool, drafts);
  // Each dies as by a power cut while the other works, and again while alerts climb.
  for (const index of [0, 1, 0]) {
    await sleep(2_500);
    const node = fleet.nodes[index];
    await node?.kill();
    await node?.start();
  }
  const climbed = async () =>
    (await fleet.pool.query<{ n: number }>('select count(*)::int as n from alert_climb')).rows[0]?.n ?? 0;
  await expect.poll(climbed, { timeout: 30_000, interval: 200 }).toBe(3 * COUNT);
  const told = await fleet.pool.query<{ rung: number; n: number; late: number }>(
    `select rung, count(*)::int as n, (max(extract(epoch from told_at - due_at)) * 1000)::int as late
     from alert_climb group by rung order by rung`,
  );
  expect(told.rows.map(({ rung, n }) => [rung, n])).toEqual([1, 2, 3].map((rung) => [rung, COUNT]));
  for (const { rung, late } of told.rows) expect(late, `rung ${rung}`).toBeLessThan(PROMPT_MS);
  await expect
    .poll(async () => (await fleet.pool.query('select from alert_update where pos is null')).rowCount, {
      timeout: 5_000,
    })
    .toBe(0);
  const climbs = await fleet.pool.query(`select from alert_update where change = 'CLIMBED'`);
  expect(climbs.rowCount).toBe(2 * COUNT);
  const { rows: all } = await fleet.pool.query<{ n: number; first: number; last: number }>(
    `select count(distinct pos)::int as n, min(pos)::int as first, max(pos)::int as last
     from (select pos from alert union all select pos from alert_update) log`,
  );
  expect(all[0]).toEqual({ n: all[0]?.last, first: 1, last: all[0]?.last });
  const latest = Math.max(...told.rows.map(({ late }) => late));
  reached(22, `${3 * COUNT} rungs, each once, the latest ${latest} ms after its time`, {
    'nodes killed': { injected: 3, least: 1 },
  });
}, 120_000);
