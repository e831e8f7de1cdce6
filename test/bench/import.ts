// How long an import of many rows takes, and what memory it needs.
//
//   npx tsx test/bench/import.ts [rows = 100000] [pglite]
//
// On a PostgreSQL server of its own, or with `pglite` on the embedded database in memory, whose own memory then counts
// too. Memory is the process's resident set: in constant memory the later quarters of a file take no more than the
// earlier ones. V8 lets garbage stand as long as there is room; with `--max-old-space-size=200` it does not.
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type ImportRequest, importFile } from '../../server/domain/import/import-file.ts';
import { ORGANISATION, openServices } from '../import/support.ts';
import { startPostgres } from '../support/postgres.ts';

const rows = Number(process.argv[2] ?? 100_000);
const onPGlite = process.argv[3] === 'pglite';

const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;
const peak = () => process.resourceUsage().maxRSS * 1024;

const folder = mkdtempSync(join(tmpdir(), 'tierline-bench-'));
const server = onPGlite ? undefined : await startPostgres();
const services = await openServices(
  server ? { url: server.url, acceptDataLoss: true } : { memory: true },
  '2026-03-02T09:00:00+08:00',
);

async function write(name: string, header: string, row: (index: number) => string): Promise<string> {
  const file = join(folder, name);
  const stream = createWriteStream(file);
  stream.write(`${header}\n`);
  for (let index = 0; index < rows; index += 1) {
    if (!stream.write(`${row(index)}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
  return file;
}

async function measure(title: string, request: Pick<ImportRequest, 'kind' | 'file' | 'mode'>): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const highest = [before, before, before, before];
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const { read, imported, unchanged, rejected } = await importFile(services, {
    ...request,
    policyId: 'bank-vip',
    onProgress: ({ bytes, totalBytes }) => {
      const quarter = Math.min(3, Math.floor((4 * bytes) / totalBytes));
      highest[quarter] = Math.max(highest[quarter] ?? 0, process.memoryUsage.rss());
    },
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const speed = `${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of CPU here), ${Math.round(read / seconds)} rows/s`;
  console.log(`${title}, ${megabytes(statSync(request.file).size)}: ${speed}`);
  console.log(`  ${imported} imported, ${unchanged} unchanged, ${rejected} rejected`);
  console.log(
    `  memory ${megabytes(before)} before, highest by quarter ${highest.map(megabytes).join(', ')}, of the process ${megabytes(peak())}`,
  );
}

try {
  const organisation = join(folder, 'organisation.csv');
  const stream = createWriteStream(organisation).end(ORGANISATION);
  await finished(stream);
  await importFile(services, { kind: 'organisation', file: organisation, mode: 'ALL_OR_NOTHING' });

  const customers = await write(
    'customers.csv',
    'number,kind,stage,name,phone,email,idNumber,birthday,branchCode,managerNumber,consentVip,consentMarketing,scheme,tier,profile.employer,profile.riskTolerance,profile.realNameVerified',
    (index) =>
      `N${String(index).padStart(7, '0')},INDIVIDUAL,FORMAL,陈晨${index},129${String(index).padStart(8, '0')},n${index}@example.com,` +
      `990101199003${String(index).padStart(6, '0')},1990-03-07,BK-A,BK-A-CM1,yes,no,${index % 4 === 0 ? 'personal,GOLD' : ','},远大集团,3,yes`,
  );
  await measure('customers, all or nothing (two passes)', {
    kind: 'customers',
    file: customers,
    mode: 'ALL_OR_NOTHING',
  });
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
    (index) =>
      `T${index},N${String(index).padStart(7, '0')},COMPLAINT,Fee,PHONE,2026-02-0${(index % 9) + 1} 10:00,2026-02-12 11:00,2026-02-13 12:00,2026-02-14 12:00`,
  );
  await measure('tickets, skip bad (one pass)', { kind: 'tickets', file: tickets, mode: 'SKIP_BAD' });
} finally {
  await services[Symbol.asyncDispose]();
  await server?.stop();
  rmSync(folder, { recursive: true });
}
