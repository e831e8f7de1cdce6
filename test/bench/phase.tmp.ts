// How long an import of many rows takes, and what memory it needs.
//
//   npx tsx test/bench/import.ts [rows = 100000] [pglite]
//
// On a PostgreSQL server of its own, or with `pglite` on the embedded database in memory, whose own memory then counts
// too. Memory is the process's largest resident set so far; an import in constant memory moves it little after the first
// rows, however many follow.
import { createWriteStream } from 'node:fs';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importFile, type ImportRequest } from '../../server/import/import-file.ts';
import { openServices, ORGANISATION } from '../import/support.ts';
import { startPostgres } from '../support/postgres.ts';

const rows = Number(process.argv[2] ?? 100_000);
const onPGlite = process.argv[3] === 'pglite';

const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;
const peak = () => process.resourceUsage().maxRSS * 1024;

const times: Record<string, number> = {};
function timed(target: any, name: string, label = name) {
  const f = target[name].bind(target);
  target[name] = async (...a: any[]) => { const t = performance.now(); try { return await f(...a); } finally { times[label] = (times[label] ?? 0) + performance.now() - t; } };
}
const folder = mkdtempSync(join(tmpdir(), 'tierline-bench-'));
const server = onPGlite ? undefined : await startPostgres();
const services = await openServices(server ? { url: server.url } : { memory: true }, '2026-03-02T09:00:00+08:00');

timed(services.policies, 'askMany');
const tx = (await import('../../server/storage/guard.ts')).unguarded(services.database.prisma) as any;
const orig = tx.$transaction.bind(tx);
Object.defineProperty(tx, '$transaction', { value: async (f: any, o: any) => { const t = performance.now(); try { return await orig(async (c: any) => { const t1 = performance.now(); const p = new Proxy(c, { get(t: any, k) { const v = t[k]; if (k === '$executeRawUnsafe' || k === '$executeRaw') return async (...a: any[]) => { const s = performance.now(); try { return await v.apply(t, a); } finally { const l = String(k) + (typeof a[0] === 'string' ? a[0].slice(0, 12) : ''); times[l] = (times[l] ?? 0) + performance.now() - s; } }; return v; } }); try { return await f(p); } finally { times.inTx = (times.inTx ?? 0) + performance.now() - t1; } }, o); } finally { times.tx = (times.tx ?? 0) + performance.now() - t; } } });
async function write(name: string, header: string, row: (index: number) => string): Promise<string> {
  const file = join(folder, name);
  const stream = createWriteStream(file);
  stream.write(`${header}\n`);
  for (let index = 0; index < rows; index += 1) {
    if (!stream.write(`${row(index)}\n`)) await new Promise((resolve) => stream.once('drain', resolve));
  }
  stream.end();
  await finished(stream);
  return file;
}

async function measure(title: string, request: Pick<ImportRequest, 'kind' | 'file' | 'mode'>): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let highest = before;
  const start = performance.now();
  const { read, imported, unchanged, rejected } = await importFile(services, {
    ...request,
    policyId: 'bank-vip',
    onProgress: () => {
      highest = Math.max(highest, process.memoryUsage.rss());
    },
  });
  const seconds = (performance.now() - start) / 1000;
  const size = megabytes(statSync(request.file).size);
  console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([k, v]) => [k, Math.round(v)])))); for (const k of Object.keys(times)) delete times[k];
  console.log(
    `${title.padEnd(46)} ${size.padStart(6)} ${seconds.toFixed(1).padStart(6)} s ${Math.round(read / seconds).toString().padStart(7)} rows/s  ` +
      `RSS before ${megabytes(before)}, highest ${megabytes(highest)}, of the process so far ${megabytes(peak())}  ` +
      `(${imported} imported, ${unchanged} unchanged, ${rejected} rejected)`,
  );
}

try {
  const organisation = join(folder, 'organisation.csv');
  const stream = createWriteStream(organisation).end(ORGANISATION);
  await finished(stream);
  await importFile(services, { kind: 'organisation', file: organisation, mode: 'ALL_OR_NOTHING' });

  const customers = await write(
    'customers.csv',
    'number,kind,stage,name,phone,email,idNumber,birthday,branchCode,managerNumber,consentVip,consentMarketing,scheme,tier,profile.employer,profile.riskTolerance',
    (index) =>
      `N${String(index).padStart(7, '0')},INDIVIDUAL,FORMAL,陈晨${index},129${String(index).padStart(8, '0')},n${index}@example.com,` +
      `990101199003${String(index).padStart(6, '0')},1990-03-07,BK-A,BK-A-CM1,yes,no,${index % 4 === 0 ? 'personal,GOLD' : ','},远大集团,3`,
  );
  await measure('customers, all or nothing (two passes)', { kind: 'customers', file: customers, mode: 'ALL_OR_NOTHING' });
  await measure('the same again', { kind: 'customers', file: customers, mode: 'ALL_OR_NOTHING' });
  await measure('the same again, skip bad (one pass)', { kind: 'customers', file: customers, mode: 'SKIP_BAD' });

  const metrics = await write(
    'metrics.csv',
    'customerNumber,key,value,asOf,source',
    (index) => `N${String(index).padStart(7, '0')},TOTAL_BALANCE,${index}.25,2026-02-28,core`,
  );
  await measure('metrics, all or nothing (two passes)', { kind: 'metrics', file: metrics, mode: 'ALL_OR_NOTHING' });
  await measure('the same again, skip bad (one pass)', { kind: 'metrics', file: metrics, mode: 'SKIP_BAD' });

  const tickets = await write(
    'tickets.csv',
    'externalNumber,customerNumber,type,subject,channel,openedAt,acknowledgedAt,resolvedAt,closedAt',
    (index) => `T${index},N${String(index).padStart(7, '0')},COMPLAINT,Fee,PHONE,2026-02-0${(index % 9) + 1} 10:00,2026-02-12 11:00,2026-02-13 12:00,2026-02-14 12:00`,
  );
  await measure('tickets, skip bad (one pass)', { kind: 'tickets', file: tickets, mode: 'SKIP_BAD' });
} finally {
  await services[Symbol.asyncDispose]();
  await server?.stop();
  rmSync(folder, { recursive: true });
}
