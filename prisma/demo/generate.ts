// Writes the demo files beside this one, the same each time: node --import tsx prisma/demo/generate.ts
import { writeFileSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import type { Cells } from './cells.ts';
import { bankCustomers, bankMetrics, broadbandCustomers, telecomCustomers, telecomMetrics } from './customers.ts';
import { organisation } from './organisation.ts';
import { Random } from './random.ts';
import { bankTickets, broadbandTickets, liveTickets, telecomTickets } from './tickets.ts';

function write(name: string, rows: readonly Cells[], { bom = false } = {}): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cast = { boolean: (value: boolean) => (value ? 'yes' : 'no') };
  writeFileSync(new URL(name, import.meta.url), stringify([...rows], { header: true, columns, bom, cast }));
  console.log(`${name}: ${rows.length} rows`);
}

const random = new Random(20_261_101);
const bank = bankCustomers(random);
const telecom = telecomCustomers(random);
const broadband = broadbandCustomers(random);

write('organisation.csv', organisation(random));
write('bank-customers.csv', bank);
write('bank-metrics.csv', bankMetrics(random, bank));
// As a spreadsheet in Chinese exports it: with a byte order mark and Chinese column names.
write('telecom-customers.csv', telecom, { bom: true });
write('telecom-metrics.csv', telecomMetrics(random, telecom), { bom: true });
write('broadband-customers.csv', broadband);
write('bank-tickets.csv', bankTickets(random, bank));
write('telecom-tickets.csv', telecomTickets(random, telecom), { bom: true });
write('broadband-tickets.csv', broadbandTickets(random, broadband));
write('live-tickets.csv', liveTickets({ bank, telecom, broadband }));
