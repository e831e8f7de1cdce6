// A year on a held clock: so many customers of each line, and managers who do each morning what is planned for the day. Tells
// what fell due, what was late, missed, doubled or beyond a quota. node --import tsx test/bench/care-year.ts [customers] [days]
import { pino } from 'pino';
import { startSandbox } from '../../server/app/sandbox/sandbox.ts';
import { parseGlobalId } from '../../server/platform/values/ids.ts';
import { live } from '../care/year.ts';
import { startPostgres } from '../support/postgres.ts';

const customers = Number(process.argv[2] ?? 1_000);
const days = Number(process.argv[3] ?? 365);
const at = new Date('2026-01-04T16:30:00Z');
const server = await startPostgres();
const log = pino({ level: 'error' });
const { app, info } = await startSandbox({ at, port: 0, demo: false, plugins: [], log, databaseUrl: server.url });
const manager = (code: string) => ({
  staffId: parseGlobalId(info.staff[`${code}/CUSTOMER_MANAGER`] ?? '')?.id ?? '',
  branchCode: code,
});
const from = performance.now();
const told = await live(app.services, {
  customers,
  days,
  from: '2026-01-05',
  managers: { 'bank-vip': manager('BK-A'), 'telecom-vip': manager('TL-A'), 'broadband-key-account': manager('BB-A') },
});
console.log(
  `${customers} customers of each line, ${days} days, ${((performance.now() - from) / 1000).toFixed(0)} s`,
  told,
);
const violated =
  told.overdue +
  told.doubled +
  told.monthsWithoutContact +
  told.quartersWithoutContact +
  told.monthsWithoutService +
  told.monthsAboveQuota;
await app.close();
await server.stop();
if (violated > 0) process.exitCode = 1;
