// Opening a ticket with its clocks, event, audit and alert check through the service, against one hand-written CTE that
// writes a ticket, two clocks and an event. node --import tsx test/bench/open-ticket.ts [seconds]
import { openTicket } from '../../server/domain/tickets/open.ts';
import { startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';
import { callerOf, openSandbox } from './sandbox.ts';

const SECONDS = Number(process.argv[2] ?? 3);
/** Tickets that are opened at the same time. */
const CONCURRENCIES = [8, 16];
const ROUNDS = 5;

const server = await startPostgres({ durable: true });
const sandbox = await openSandbox(server, 'tickets');
const { app } = sandbox;
const { services } = app;
const { pool, prisma } = services.database;
const caller = await callerOf(sandbox, 'BB-A/CUSTOMER_MANAGER');
const { id: staffId, branchId } = caller.actor;
await pool.query(
  `insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
   select gen_random_uuid(), 'broadband-key-account', 'N' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}', $1, 1, now(), now() from generate_series(1, 10000) n`,
  [branchId],
);
const customers = (await prisma.customer.findMany({ select: { id: true } })).map(({ id }) => id);
let next = 0;
function customer(): string {
  next += 7919;
  return customers[next % customers.length] ?? '';
}

const CTE = `with t as (
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state)
    values (gen_random_uuid(), 'broadband-key-account', $1, $2, 'COMPLAINT', 1, 'x', 'PHONE', 'NEW', 1, now(), $3, 'ON_TRACK') returning id
  ), k as (
    insert into sla_clock (id, ticket_id, customer_id, policy_id, branch_id, metric, cycle, label, because, state, started_at, due_at, target_ms, counted_ms, at_risk, fire_at, fire_percent, next_fire_at, warn_at_percent, calendar_key, time_zone, audience, policy_version)
    select gen_random_uuid(), t.id, $2, 'broadband-key-account', $1, m::"ClockMetric", 1, '{"en":"R","zh":"R"}', '{"en":"x","zh":"x"}', 'RUNNING', now(), now() + interval '5 hours', 18000000, 0, false, array[now()], '{100}', now() + interval '5 hours', '{80}', 'p/always@1', 'UTC', '{SUPERVISOR}', 'p@1'
    from t, (values ('FIRST_RESPONSE'), ('RESOLUTION')) v(m)
  ) insert into ticket_event (id, ticket_id, position, kind, at, by_id) select gen_random_uuid(), t.id, 1, 'OPENED', now(), $3 from t`;

const ways: Record<string, () => Promise<unknown>> = {
  'one CTE by hand': () => pool.query({ name: 'cte', text: CTE, values: [branchId, customer(), staffId] }),
  openTicket: () =>
    openTicket(services, caller, {
      customerId: customer(),
      type: 'COMPLAINT',
      level: 1,
      subject: 'x',
      channel: 'PHONE',
    }),
};

async function measure(work: () => Promise<unknown>, concurrency: number, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let count = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < until) {
        await work();
        count += 1;
      }
    }),
  );
  return count / seconds;
}

for (const concurrency of CONCURRENCIES) {
  const rates = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (const work of Object.values(ways)) await measure(work, concurrency, 1);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, work] of Object.entries(ways)) rates.get(name)?.push(await measure(work, concurrency, SECONDS));
  const limit = median(rates.get('one CTE by hand') ?? []);
  for (const [name, values] of rates)
    console.log(
      `${concurrency} at a time`.padEnd(15),
      name.padEnd(20),
      `${Math.round(median(values))}`.padStart(7),
      'per second  x limit',
      (median(values) / limit).toFixed(2),
    );
}
await app.close();
await server.stop();
