// What a normal client feels while others attack: the p99 of one query, quiet and under each attack, and the memory of the
// server before and after.
//
//   npx tsx test/bench/attacks.ts [seconds for each attack = 2]
//
// The server is a sandbox in a process of its own. So are the attackers, who take what processor the server and the client leave:
// what the client feels is then the server's doing, and not that of a machine which attackers share with it.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { ATTACKS, type Target } from '../attacks/attacks.ts';

const LAUNCH = resolve(import.meta.dirname, '../../server/app/cli/launch.mjs');
const ATTACKER = resolve(import.meta.dirname, '../attacks/attacker.ts');

/** A process of the lowest priority that attacks. */
function startAttacker(): ChildProcess {
  const child = fork(ATTACKER, { execArgv: ['--import', 'tsx'] });
  if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  return child;
}

/** Begins an attack. @returns ends it; what the attacker was answered, by status */
async function attackWith(
  attacker: ChildProcess,
  attack: string,
  target: Target,
): Promise<() => Promise<Record<string, number>>> {
  attacker.send({ attack, target });
  await once(attacker, 'message');
  return async () => {
    attacker.send('stop');
    const [answers] = (await once(attacker, 'message')) as [Record<string, number>];
    return answers;
  };
}

export interface Figures {
  readonly attack: string;
  readonly p50: number;
  readonly p99: number;
  readonly served: number;
  /** Answers by status, `cut` where the connection was ended. */
  readonly answers: Readonly<Record<string, number>>;
  readonly rssMb: number;
}

/** Starts a sandbox with a few customers in it. */
async function startTarget(): Promise<{ child: ChildProcess; target: Target; printed: readonly string[] }> {
  const child = spawn(
    process.execPath,
    [LAUNCH, 'sandbox', '--json', '--port', '0', '--at', '2026-03-02T08:00:00+08:00'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const printed: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    if (!line.startsWith('{')) printed.push(line);
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { url, wsUrl, tokens } = JSON.parse(line) as { url: string; wsUrl: string; tokens: Record<string, string> };
  const target: Target = {
    url,
    wsUrl,
    attacker: tokens['BK-A/SUPERVISOR'] ?? '',
    victim: tokens['BK-A/CUSTOMER_MANAGER'] ?? '',
  };
  for (let index = 0; index < 40; index++) {
    const file = {
      policyId: 'bank-vip',
      branchCode: 'BK-A',
      number: `N-${index}`,
      kind: 'INDIVIDUAL',
      name: `Wang ${index}`,
    };
    const input = { ...file, consent: { vipService: true } };
    await ask(target, 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename } }', {
      input,
    });
  }
  return { child, target, printed };
}

async function ask({ url, victim }: Target, query: string, variables: object = {}): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${victim}` },
    body: JSON.stringify({ query, variables }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(`the client's own query failed: ${JSON.stringify(errors)}`);
  return response.status;
}

const QUERY = '{ customers(first: 20) { totalCount nodes { id number name stage grade { since } } } }';

/** The latencies of one client that asks again and again, milliseconds. */
async function feel(target: Target, ms: number): Promise<number[]> {
  const latencies: number[] = [];
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const started = performance.now();
    await ask(target, QUERY);
    latencies.push(performance.now() - started);
    await new Promise((next) => setTimeout(next, 5));
  }
  return latencies.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

function rssMb({ pid }: ChildProcess): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}

/** Runs all attacks against a fresh server. @returns the figures, and what the server printed that is no entry of its log */
export async function measure(
  seconds: number,
  onFigures: (figures: Figures) => void = () => undefined,
): Promise<{ readonly figures: readonly Figures[]; readonly printed: readonly string[] }> {
  const { child, target, printed } = await startTarget();
  const attacker = startAttacker();
  try {
    await feel(target, 3_000);
    const all: Figures[] = [];
    const quiet = async (attack: string) => {
      const latencies = await feel(target, Math.max(3_000, seconds * 1_000));
      return {
        attack,
        p50: at(latencies, 0.5),
        p99: at(latencies, 0.99),
        served: latencies.length,
        answers: {},
        rssMb: rssMb(child),
      };
    };
    const add = (figures: Figures) => {
      all.push(figures);
      onFigures(figures);
    };
    add(await quiet('(quiet)'));
    for (const attack of Object.keys(ATTACKS)) {
      const stop = await attackWith(attacker, attack, target);
      await new Promise((begun) => setTimeout(begun, 200));
      const latencies = await feel(target, seconds * 1_000);
      const answers = await stop();
      add({
        attack,
        p50: at(latencies, 0.5),
        p99: at(latencies, 0.99),
        served: latencies.length,
        answers,
        rssMb: rssMb(child),
      });
    }
    await new Promise((rest) => setTimeout(rest, 1_500));
    add(await quiet('(quiet again)'));
    return { figures: all, printed };
  } finally {
    attacker.disconnect();
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { figures } = await measure(Number(process.argv[2] ?? 2), ({ attack, p50, p99, served, answers, rssMb }) => {
    const told = Object.entries(answers).map(([answer, count]) => `${answer}: ${count}`);
    console.log(
      `${attack.padEnd(36)} p50 ${p50.toFixed(1).padStart(6)} ms  p99 ${p99.toFixed(1).padStart(7)} ms  ${String(served).padStart(5)} served  ${String(rssMb).padStart(5)} MB  ${told.join(', ')}`,
    );
  });
  const [first] = figures;
  const worst = Math.max(...figures.map(({ p99 }) => p99));
  console.log(`\nThe worst p99 is ${(worst / (first?.p99 ?? 1)).toFixed(1)} times the quiet one.`);
}
