// What lists and the dashboard cost by the number of tickets, through GraphQL's own resolvers over HTTP.
// node --import tsx test/bench/million.ts [small] [large]
import pg from 'pg';
import { startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';
import { openSandbox } from './sandbox.ts';
import { manyTickets } from './tickets.ts';

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
  const { app, info, databaseUrl } = await openSandbox(server, `million_${size}`);
  const loader = new pg.Client({ connectionString: databaseUrl });
  await loader.connect();
  await loader.query(manyTickets(size));
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
