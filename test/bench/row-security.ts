// What the policies of tables cost a page of 50 customers: a server that reads with them and without, in turn, so that a busy
// machine troubles both alike. Fails where the page takes more than a twentieth longer.
// node --import tsx test/bench/row-security.ts [rounds] [times 30,000 customers]
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { administer, startPostgres } from '../support/postgres.ts';
import { READINGS } from './reads/documents.ts';
import { post, processorMs, type Rival, startProgram } from './reads/rival.ts';

const ROUNDS = Number(process.argv[2] ?? 12);
const TIMES = process.argv[3] ?? '1';
const MOST = 1.05;
const REQUESTS = 40;
const BOUND = 'a page of 50 customers';

interface Said {
  readonly url: string;
  readonly tokens: Readonly<Record<string, string>>;
}

const program = new URL('reads/server.ts', import.meta.url).pathname;
const server = await startPostgres({ durable: true });
await administer(server.url, 'create database reads');
const databaseUrl = server.url.replace(/\/[^/]*$/, '/reads');
const served = await startProgram<Said>(program, [databaseUrl, TIMES]);
const reads = (how: 'with' | 'without') => served.process.kill(how === 'with' ? 'SIGHUP' : 'SIGUSR2');
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
const postmaster = parentOf(rows[0]?.pid ?? 0);
await client.end();
/** By process: what one that has ended took stays in the sum. */
const last = new Map<number, number>();
let isWithin = true;
for (const [role, who] of Object.entries({ director: 'BK-HQ/DIRECTOR', manager: 'BK-A/CUSTOMER_MANAGER' })) {
  const rival: Rival = { name: role, ...served, headers: { authorization: `Bearer ${served.tokens[who]}` } };
  for (const { name, query } of READINGS) {
    const body = JSON.stringify({ query });
    const texts: string[] = [];
    const taken = { with: 0, without: 0 };
    // The first round warms up; which goes first changes.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const how of round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const)) {
        reads(how);
        texts.push((await post(rival, body)).text);
        const before = taking();
        for (let request = 0; request < REQUESTS; request += 1) await post(rival, body);
        if (round > 0) taken[how] += taking() - before;
      }
    }
    if (new Set(texts).size > 1 || texts[0]?.includes('"errors"'))
      throw new Error(`${name}: ${texts[0]?.slice(0, 300)}`);
    const ratio = taken.with / taken.without;
    if (name === BOUND && ratio > MOST) isWithin = false;
    const each = (how: 'with' | 'without') => (taken[how] / REQUESTS / ROUNDS).toFixed(2);
    console.log(
      `${name.padEnd(38)} ${role.padEnd(10)} ${ratio.toFixed(3)} (${each('with')} ms, ${each('without')} ms)`,
    );
  }
}
served.process.kill();
await server.stop();
process.exit(isWithin ? 0 : 1);

/** Milliseconds of processors that the server and the database's processes have taken, which others do not disturb. */
function taking(): number {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const backends = processes.filter((pid) => parentOf(Number(pid)) === postmaster);
  for (const pid of [...backends.map(Number), served.process.pid ?? 0])
    last.set(pid, processorMs(pid) ?? last.get(pid) ?? 0);
  return [...last.values()].reduce((sum, ms) => sum + ms, 0);
}

function parentOf(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return null;
  }
}
