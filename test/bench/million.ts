// What lists and the dashboard cost by the number of tickets, through GraphQL's own resolvers over HTTP.
// node --import tsx test/bench/million.ts [small] [large]
import pg from 'pg';
import { pino } from 'pino';
import { startSandbox } from '../../server/sandbox/sandbox.ts';
import { administer, startPostgres } from '../support/postgres.ts';

const SIZES = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 1_000_000)];
const ROUNDS = 15;
const QUERIES: Record<string, string> = {
  'tickets by next due':
    '{ tickets(first: 50, orderBy: { field: NEXT_DUE_AT }) { nodes { id number slaState nextDueAt } pageInfo { endCursor } } }',
  'breached by next due':
    '{ tickets(first: 50, filter: { open: true, slaStates: [BREACHED] }, orderBy: { field: NEXT_DUE_AT }) { nodes { id number slaState nextDueAt } } }',
  'breached of gold and above':
    '{ tickets(first: 50, filter: { open: true, slaStates: [BREACHED], minTierRank: 2 }, orderBy: { field: NEXT_DUE_AT }) { nodes { id number } } }',
  slaSummary: '{ slaSummary { openTickets onTrack atRisk breached byTier { onTrack breached } } }',
};

const server = await startPostgres({ durable: true });
const tables = [];
for (const size of SIZES) {
  const name = `million_${size}`;
  await administer(server.url, `create database ${name}`);
  const databaseUrl = server.url.replace(/\/[^/]*$/, `/${name}`);
  const { app, info } = await startSandbox({
    at: new Date(),
    port: 0,
    demo: false,
    databaseUrl,
    plugins: [],
    log: pino({ level: 'error' }),
  });
  const loader = new pg.Client({ connectionString: databaseUrl });
  await loader.connect();
  await loader.query(`
    insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
      select ('33333333-3333-7333-8333-' || lpad(to_hex(n), 12, '0'))::uuid, 'broadband-key-account', 'N' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}', b.id, 1, now(), now()
      from generate_series(1, ${size} / 4) n, (select id from branch where code = 'BB-A') b;
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state, next_due_at, tier_rank, tier_code)
      select ('11111111-1111-7111-8111-' || lpad(to_hex(n), 12, '0'))::uuid, 'broadband-key-account', b.id, ('33333333-3333-7333-8333-' || lpad(to_hex(1 + n % (${size} / 4)), 12, '0'))::uuid,
        'COMPLAINT', 1, 'x', 'PHONE', (case when n % 10 < 7 then 'CLOSED' else 'NEW' end)::"TicketStatus", 1, now(), s.id,
        (case when n % 10 < 7 then 'NONE' when n % 50 = 7 then 'BREACHED' else 'ON_TRACK' end)::"SlaState",
        case when n % 10 < 7 then null else now() + (n % 100000) * interval '1 minute' end, 1 + n % 3, (array['SILVER', 'GOLD', 'DIAMOND'])[1 + n % 3]
      from generate_series(1, ${size}) n, (select id from branch where code = 'BB-A') b, (select id from staff where number = 'BB-A-SUPERVISOR') s`);
  await loader.query('vacuum analyze');
  await loader.end();
  tables.push({ app, info, size });
}

const times = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { info, size } of tables) {
    for (const [name, query] of Object.entries(QUERIES)) {
      const from = performance.now();
      const response = await fetch(info.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${info.tokens['BB-A/SUPERVISOR']}` },
        body: JSON.stringify({ query }),
      });
      const answer = (await response.json()) as { errors?: unknown };
      if (answer.errors) throw new Error(JSON.stringify(answer.errors));
      const key = `${name} ${size}`;
      times.set(key, [...(times.get(key) ?? []), performance.now() - from]);
    }
  }
}
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
console.log(''.padEnd(30), SIZES.map((size) => `${size} tickets`.padStart(18)).join(''), '   ratio');
for (const name of Object.keys(QUERIES)) {
  const [small = 0, large = 0] = SIZES.map((size) => median(times.get(`${name} ${size}`) ?? []));
  console.log(
    name.padEnd(30),
    [small, large].map((ms) => `${ms.toFixed(1)} ms`.padStart(18)).join(''),
    `   ${(large / small).toFixed(1)}`,
  );
}
for (const { app } of tables) await app.close();
await server.stop();
