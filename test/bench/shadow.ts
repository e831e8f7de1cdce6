// What a shadow costs those who ask the policy in force: opening tickets through GraphQL while a candidate is asked the same, and while
// one hangs, against without; medians of single tickets. node --import tsx test/bench/shadow.ts [tickets a round]
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { startSandbox } from '../../server/app/sandbox/sandbox.ts';
import { followShadows } from '../../server/domain/decisions/follow-shadows.ts';
import { startShadow, stopShadow } from '../../server/domain/decisions/shadow.ts';
import { askAt } from '../support/ask.ts';
import { administer, startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';
import { callerOf } from './sandbox.ts';

const TICKETS = Number(process.argv[2] ?? 100);
const ROUNDS = 3;

const server = await startPostgres({ durable: true });
await administer(server.url, 'create database shadow');
const databaseUrl = server.url.replace(/\/[^/]*$/, '/shadow');
const plugins = [fileURLToPath(new URL('../decisions/plugins/moody.ts', import.meta.url))];
const sandbox = await startSandbox({
  at: new Date(),
  port: 0,
  demo: false,
  databaseUrl,
  plugins,
  log: pino({ level: 'silent' }),
});
const { app, info } = sandbox;
const admin = await callerOf({ ...sandbox, databaseUrl }, 'SYS/ADMIN');
const token = info.tokens['MOODY-A/CUSTOMER_MANAGER'] ?? '';
const OPEN = `mutation($id: ID!) { openTicket(input: { customerId: $id, type: "COMPLAINT", subject: "x", channel: PHONE }) { __typename } }`;
const CREATE = `mutation { createCustomer(input: { policyId: "moody", branchCode: "MOODY-A", number: "1", kind: INDIVIDUAL, name: "C" }) { ... on Customer { id } } }`;
const { id } = (await askAt(info.url, token, CREATE)).data.createCustomer;
const job = followShadows();

/** The median of opening a ticket, in ms; what runs beside runs once a second, as in production. */
async function open(mood: string | null): Promise<number> {
  const { services } = app;
  const parameters = [{ key: 'mood', value: mood }];
  const shadow = mood && (await startShadow(services, admin, { policyId: 'moody', parameters, reason: 'measured' }));
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => (running = running.then(() => job.run(services))), 1_000);
  const times: number[] = [];
  for (let n = 0; n < TICKETS; n += 1) {
    const began = performance.now();
    const { data } = await askAt(info.url, token, OPEN, { id });
    times.push(performance.now() - began);
    if (data.openTicket.__typename !== 'Ticket') throw new Error(JSON.stringify(data));
  }
  clearInterval(timer);
  await running;
  if (shadow) await stopShadow(services, admin, shadow);
  return median(times);
}

await open(null);
const ratios = new Map<string, number[]>([
  ['THROWS', []],
  ['HANGS', []],
]);
for (let round = 0; round < ROUNDS; round += 1) {
  const without = await open(null);
  for (const [mood, found] of ratios) found.push((await open(mood)) / without);
}
for (const [mood, found] of ratios)
  console.log(`with a candidate that ${mood.toLowerCase()} x without: ${median(found).toFixed(2)}`);
await app.close();
await server.stop();
process.exitCode = [...ratios.values()].every((found) => median(found) <= 1.25) ? 0 : 1;
