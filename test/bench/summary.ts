// The dashboard's counts, read from what writers add up, against counting the tickets themselves; and what the adding up
// costs the writers. node --import tsx test/bench/summary.ts [tickets]
import pg from 'pg';
import { startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';
import { openSandbox } from './sandbox.ts';
import { manyTickets } from './tickets.ts';

const TICKETS = Number(process.argv[2] ?? 1_000_000);
const CONCURRENCY = 8;
const SECONDS = 2;

const server = await startPostgres({ durable: true });
const { app, databaseUrl } = await openSandbox(server, 'summary');
const pool = new pg.Pool({ connectionString: databaseUrl, max: CONCURRENCY });
await pool.query(manyTickets(TICKETS));
await pool.query('vacuum analyze');

const COUNTED =
  'select policy_id, tier_code, tier_rank, sla_state, sum(count)::int from ticket_count group by 1, 2, 3, 4';
const LIVE =
  "select policy_id, tier_code, tier_rank, sla_state, count(*)::int from ticket where status <> 'CLOSED' group by 1, 2, 3, 4";

async function read(text: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 15; round++) {
    const from = performance.now();
    await pool.query({ name: text.slice(0, 60), text });
    times.push(performance.now() - from);
  }
  return median(times);
}

const INSERT = `
  insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state, tier_code, tier_rank)
  select gen_random_uuid(), policy_id, branch_id, customer_id, type, level, subject, channel, 'NEW', 1, opened_at, first_receiver_id, 'ON_TRACK', 'GOLD', 2
  from ticket where id = $1`;

/** Tickets opened in a second. */
async function write(): Promise<number> {
  let count = 0;
  const until = performance.now() + SECONDS * 1_000;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() < until) {
        const n = 1 + ((count * 7_919) % TICKETS);
        count += 1;
        await pool.query({
          name: 'insert',
          text: INSERT,
          values: [`11111111-1111-7111-8111-${n.toString(16).padStart(12, '0')}`],
        });
      }
    }),
  );
  return count / SECONDS;
}

const counted = await read(COUNTED);
const live = await read(LIVE);
console.log(`read: ${counted.toFixed(2)} ms, live aggregate ${live.toFixed(1)} ms: 1/${Math.round(live / counted)}`);
const ratios: number[] = [];
await write();
for (let round = 0; round < 5; round++) {
  const on = await write();
  await pool.query('alter table ticket disable trigger user');
  const off = await write();
  await pool.query('alter table ticket enable trigger user');
  ratios.push(on / off);
  console.log(
    `writes with / without counting: ${on.toFixed(0)} / ${off.toFixed(0)} a second, ${(on / off).toFixed(2)}`,
  );
}
console.log('median', median(ratios).toFixed(2));
await pool.end();
await app.close();
await server.stop();
