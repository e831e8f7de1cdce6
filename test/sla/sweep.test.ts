import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built } from '../support/built.ts';
import { createDatabase } from '../support/postgres.ts';
import { addClocks, addCustomer } from './sweeping.ts';

// `TIERLINE_LONG=1` is the run of the documents: 10,000 clocks due within a minute or so, 30 kills.
const LONG = process.env.TIERLINE_LONG === '1';
const KILLS = LONG ? 30 : 8;
// Clocks fall due in waves, one before each kill: however slowly nodes start, each is killed with work before it.
const WAVE = LONG ? 334 : 375;
const CLOCKS = KILLS * WAVE;
const WAVE_SECONDS = 3;

let url: string;
let pool: pg.Pool;
beforeAll(async () => {
  url = await createDatabase();
  pool = new pg.Pool({ connectionString: url, max: 3 });
});
afterAll(() => pool.end());

/** Tickets with a clock each, at risk and due at instants spread over the coming seconds. */
function addWave(wave: number): Promise<void> {
  const due = `now() + interval '2 seconds' + ((n % ${WAVE}) * ${WAVE_SECONDS}.0 / ${WAVE}) * interval '1 second'`;
  return addClocks(pool, { from: wave * WAVE + 1, to: (wave + 1) * WAVE, due, warnedBefore: '2 seconds' });
}

const PROGRAM = await built('test/sla/programs/sweeper.ts');

function start(): ChildProcess {
  return spawn(process.execPath, [PROGRAM, url], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test(`${CLOCKS} clocks fire exactly once each while two nodes are killed ${KILLS} times`, async () => {
  await addCustomer(pool);
  const nodes = [start(), start()];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const index = kill % nodes.length;
    const node = nodes[index] as ChildProcess;
    await addWave(kill);
    // Killed at a random moment of its work, never before it has begun.
    await once(node.stdout as NodeJS.ReadableStream, 'data');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000));
    node.kill('SIGKILL');
    nodes[index] = start();
  }
  const settled = Date.now() + 30_000;
  for (;;) {
    const { rows } = await pool.query('select count(*)::int as left from sla_clock where next_fire_at is not null');
    if (rows[0].left === 0 || Date.now() > settled) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  for (const node of nodes) node.kill('SIGKILL');

  const { rows } = await pool.query<{ kind: string; alerts: number; clocks: number }>(
    'select kind::text, count(*)::int as alerts, count(distinct clock_id)::int as clocks from alert group by 1 order by 1',
  );
  expect(rows).toEqual([
    { kind: 'SLA_AT_RISK', alerts: CLOCKS, clocks: CLOCKS },
    { kind: 'SLA_BREACHED', alerts: CLOCKS, clocks: CLOCKS },
  ]);
  const early = await pool.query(
    "select count(*)::int as n from alert a join sla_clock k on k.id = a.clock_id where a.kind = 'SLA_BREACHED' and a.raised_at < k.due_at",
  );
  expect(early.rows[0].n).toBe(0);
  const clocks = await pool.query(
    "select count(*)::int as n from sla_clock where state = 'BREACHED' and breached_at = due_at and at_risk",
  );
  expect(clocks.rows[0].n).toBe(CLOCKS);
  const tickets = await pool.query("select count(*)::int as n from ticket where sla_state = 'BREACHED'");
  expect(tickets.rows[0].n).toBe(CLOCKS);
}, 180_000);
