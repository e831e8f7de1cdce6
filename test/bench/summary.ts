// The dashboard's counts, read from what writers add up, against counting the tickets themselves; and what the adding up
// costs the writers. node --import tsx test/bench/summary.ts [tickets]
import pg from 'pg';
import { pino } from 'pino';
import { startSandbox } from '../../server/sandbox/sandbox.ts';
import { administer, startPostgres } from '../support/postgres.ts';

const TICKETS = Number(process.argv[2] ?? 1_000_000);
const CONCURRENCY = 8;
const SECONDS = 2;

const server = await startPostgres({ durable: true });
await administer(server.url, 'create database summary');
const databaseUrl = server.url.replace(/\/[^/]*$/, '/summary');
const { app } = await startSandbox({
  at: new Date(),
  port: 0,
  demo: false,
  databaseUrl,
  plugins: [],
  log: pino({ level: 'error' }),
});
const pool = new pg.Pool({ connectionString: databaseUrl, max: CONCURRENCY });
await pool.query(`
  insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
    select ('33333333-3333-7333-8333-' || lpad(to_hex(n), 12, '0'))::uuid, 'broadband-key-account', 'N' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}', b.id, 1, now(), now()
    from generate_series(1, ${TICKETS} / 4) n, (select id from branch where code = 'BB-A') b;
  insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state, next_due_at, tier_rank, tier_code)
    select ('11111111-1111-7111-8111-' || lpad(to_hex(n), 12, '0'))::uuid, 'broadband-key-account', b.id, ('33333333-3333-7333-8333-' || lpad(to_hex(1 + n % (${TICKETS} / 4)), 12, '0'))::uuid,
      'COMPLAINT', 1, 'x', 'PHONE', (case when n % 10 < 7 then 'CLOSED' else 'NEW' end)::"TicketStatus", 1, now(), s.id,
      (case when n % 10 < 7 then 'NONE' when n % 50 = 7 then 'BREACHED' else 'ON_TRACK' end)::"SlaState",
      case when n % 10 < 7 then null else now() + (n % 100000) * interval '1 minute' end, 1 + n % 3, (array['SILVER', 'GOLD', 'DIAMOND'])[1 + n % 3]
    from generate_series(1, ${TICKETS}) n, (select id from branch where code = 'BB-A') b, (select id from staff where number = 'BB-A-SUPERVISOR') s`);
await pool.query('vacuum analyze');

const COUNTED =
  'select policy_id, tier_code, tier_rank, sla_state, sum(count)::int from ticket_count group by 1, 2, 3, 4';
const LIVE =
  "select policy_id, tier_code, tier_rank, sla_state, count(*)::int from ticket where status <> 'CLOSED' group by 1, 2, 3, 4";

async function read(text: string): Promise<number> {
  const times = [];
  for (let round = 0; round < 15; round++) {
    const from = performance.now();
    await pool.query({ name: text.slice(0, 60), text });
    times.push(performance.now() - from);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
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
console.log('median', ratios.toSorted((a, b) => a - b)[2]?.toFixed(2));
await pool.end();
await app.close();
await server.stop();
