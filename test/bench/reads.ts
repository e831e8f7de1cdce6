// What reads cost a client: through HTTP and GraphQL, with rights, of 51 branches, against one hand-written statement behind a bare
// HTTP server, in turn, so that a busy machine troubles both alike.
// node --import tsx test/bench/reads.ts [rounds] [times 30,000 customers]
import pg from 'pg';
import { administer, startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';
import { READINGS } from './reads/documents.ts';
import { measure, post, type Rival, startProgram } from './reads/rival.ts';

const ROUNDS = Number(process.argv[2] ?? 5);
const TIMES = process.argv[3] ?? '3.4';
const LINE = 'bank-vip';
const ROLES = {
  director: { who: 'BK-HQ/DIRECTOR', branch: null },
  manager: { who: 'BK-A/CUSTOMER_MANAGER', branch: 'BK-A' },
};

interface Said {
  readonly url: string;
  readonly tokens: Readonly<Record<string, string>>;
}

const path = (name: string) => new URL(`reads/${name}`, import.meta.url).pathname;
const server = await startPostgres({ durable: true });
await administer(server.url, 'create database reads');
const databaseUrl = server.url.replace(/\/[^/]*$/, '/reads');
const ours = await startProgram<Said>(path('server.ts'), [databaseUrl, TIMES]);
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
const { rows: branches } = await client.query<{ id: string; code: string }>('select id, code from branch');
await client.end();

console.log(
  ''.padEnd(38),
  'role'.padEnd(10),
  'answers/s'.padStart(10),
  'of limit'.padStart(9),
  'from..to'.padStart(14),
  'ms a request, limit'.padStart(22),
);
const children = [ours.process];
for (const [role, { who, branch }] of Object.entries(ROLES)) {
  const place = branches.find(({ code }) => code === branch)?.id ?? '-';
  const limit = await startProgram<{ url: string }>(path('limit.ts'), [databaseUrl, LINE, place]);
  children.push(limit.process);
  const tierline: Rival = { name: 'tierline', ...ours, headers: { authorization: `Bearer ${ours.tokens[who]}` } };
  const bare: Rival = { name: 'limit', ...limit, headers: {} };
  for (const reading of READINGS) {
    const asked = { tierline: JSON.stringify({ query: reading.query }), bare: JSON.stringify({ name: reading.name }) };
    const first = await post(tierline, asked.tierline);
    const least = await post(bare, asked.bare);
    if (first.status !== 200 || first.text.includes('"errors"') || least.status !== 200)
      throw new Error(`${reading.name}: ${first.text.slice(0, 300)}`);
    const runs: {
      ratio: number;
      here: Awaited<ReturnType<typeof measure>>;
      there: Awaited<ReturnType<typeof measure>>;
    }[] = [];
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const here = await measure(tierline, asked.tierline);
      const there = await measure(bare, asked.bare);
      if (round > 0) runs.push({ ratio: here.perSecond / there.perSecond, here, there });
    }
    const ratios = runs.map(({ ratio }) => ratio);
    const cpu = (side: 'here' | 'there') => median(runs.map((run) => run[side].processor ?? Number.NaN)).toFixed(2);
    console.log(
      reading.name.padEnd(38),
      role.padEnd(10),
      median(runs.map(({ here }) => here.perSecond))
        .toFixed(0)
        .padStart(10),
      median(ratios).toFixed(2).padStart(9),
      `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`.padStart(14),
      `${cpu('here')}, ${cpu('there')}`.padStart(22),
    );
  }
}
for (const child of children) child.kill();
await server.stop();
process.exit(0);
