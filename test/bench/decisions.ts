// Opening a ticket through GraphQL with its decisions kept, against the same without: at most 1.10 of the time.
// node --import tsx test/bench/decisions.ts [tickets a round]
import { WriteSet } from '../../server/platform/storage/write-set.ts';
import { askAt } from '../support/ask.ts';
import { startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';
import { openSandbox } from './sandbox.ts';

const TICKETS = Number(process.argv[2] ?? 200);
const ROUNDS = 9;
/** Tickets that are opened at the same time. */
const AT_ONCE = 8;

const server = await startPostgres({ durable: true });
const { app, info } = await openSandbox(server, 'decisions');
const token = info.tokens['TL-A/CUSTOMER_MANAGER'] ?? '';
const OPEN = `mutation($id: ID!) { openTicket(input: { customerId: $id, type: "COMPLAINT", subject: "x", channel: PHONE }) { __typename ... on Ticket { id clocks { dueAt } } } }`;
const CREATE = `mutation { createCustomer(input: { policyId: "telecom-vip", branchCode: "TL-A", number: "1", kind: INDIVIDUAL, name: "C" }) { ... on Customer { id } } }`;
const { id } = (await askAt(info.url, token, CREATE)).data.createCustomer;

// What is left out for the comparison: the rows, from where they become JSON on.
const { insert } = WriteSet.prototype;
const without: typeof insert = function (this: WriteSet, table, ...rows) {
  return table === 'policy_decision' ? this : insert.call(this, table, ...rows);
};

async function open(keeps: boolean): Promise<number> {
  WriteSet.prototype.insert = keeps ? insert : without;
  const began = performance.now();
  let left = TICKETS;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const { data } = await askAt(info.url, token, OPEN, { id });
        if (data.openTicket.__typename !== 'Ticket') throw new Error(JSON.stringify(data));
      }
    }),
  );
  return (performance.now() - began) / TICKETS;
}

for (const keeps of [true, false]) await open(keeps);
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  // Who comes first alternates: tables grow, and machines warm up.
  const first = round % 2 === 0;
  const times = new Map([[first, await open(first)]]);
  times.set(!first, await open(!first));
  ratios.push((times.get(true) ?? 0) / (times.get(false) ?? 1));
}
const { rows } = await app.services.database.pool.query(
  'select count(*)::int as kept, round(avg(pg_column_size(d.*)))::int as bytes from policy_decision d',
);
console.log(`${rows[0]?.kept} decisions kept, ${rows[0]?.bytes} bytes each`);
console.log(
  `with decisions x without: ${median(ratios).toFixed(3)} (${ratios.map((one) => one.toFixed(2)).join(' ')})`,
);
await app.close();
await server.stop();
process.exitCode = median(ratios) <= 1.1 ? 0 : 1;
