import { afterAll, beforeAll, expect, test } from 'vitest';
import { tablesOf } from '../../server/app/operations/write-backup.ts';
import type { ImportRequest } from '../../server/domain/import/import-file.ts';
import { Files, importText, ORGANISATION, openServices } from './support.ts';

// A dry run says what the run would, and writes nothing.

let services: Awaited<ReturnType<typeof openServices>>;
const files = new Files();
beforeAll(async () => {
  services = await openServices({ memory: true }, '2026-03-02T11:00:00+08:00');
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

/** All rows of all tables. */
async function contents(): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  const { pool } = services.database;
  for (const table of await tablesOf(pool)) {
    const { rows } = await pool.query<{ text: string }>(`select t::text as text from "${table}" t`);
    all[table] = rows.map(({ text }) => text).sort();
  }
  return all;
}

interface Case {
  readonly it: string;
  readonly kind: ImportRequest['kind'];
  readonly text: string;
  readonly policyId?: string;
}

const CUSTOMERS = 'number,kind,name,branchCode\nC1,INDIVIDUAL,Ann,BK-A\nC2,INDIVIDUAL,Bob,BK-A\n';
const FIGURES = 'customerNumber,key,value,asOf\nC1,TOTAL_BALANCE,100,2026-01-31\n';
const TICKETS =
  'externalNumber,customerNumber,type,level,subject,channel,openedAt,assigneeNumber\nX-1,C1,INQUIRY,1,Asks,PHONE,2026-03-02 08:00,BK-A-CM1\n';

/** Each is new, then there already, then partly new: the files build on one another as they would in life. */
const CASES: readonly Case[] = [
  { it: 'branches and staff', kind: 'organisation', text: ORGANISATION },
  { it: 'the same once more', kind: 'organisation', text: ORGANISATION },
  { it: 'customers', kind: 'customers', text: CUSTOMERS, policyId: 'bank-vip' },
  {
    it: 'customers, of whom one is new',
    kind: 'customers',
    text: `${CUSTOMERS}C3,INDIVIDUAL,Cem,BK-A\n`,
    policyId: 'bank-vip',
  },
  {
    it: 'customers with a bad one',
    kind: 'customers',
    text: `${CUSTOMERS}C4,INDIVIDUAL,Dan,BK-Z\n`,
    policyId: 'bank-vip',
  },
  { it: 'figures', kind: 'metrics', text: FIGURES, policyId: 'bank-vip' },
  {
    it: 'figures, of which one is corrected and one is new',
    kind: 'metrics',
    text: `${FIGURES.replace(',100,', ',101,')}C2,TOTAL_BALANCE,5,2026-01-31\n`,
    policyId: 'bank-vip',
  },
  {
    it: 'figures, of which one is there already',
    kind: 'metrics',
    text: `${FIGURES.replace(',100,', ',101,')}C2,TOTAL_BALANCE,6,2026-01-31\n`,
    policyId: 'bank-vip',
  },
  { it: 'tickets', kind: 'tickets', text: TICKETS, policyId: 'bank-vip' },
  { it: 'tickets that are there already', kind: 'tickets', text: TICKETS, policyId: 'bank-vip' },
];

test.each(CASES)('of $it', async ({ kind, text, policyId }) => {
  for (const mode of ['ALL_OR_NOTHING', 'SKIP_BAD'] as const) {
    const options = { mode, ...(policyId && { policyId }) };
    // A correction is told from what it corrects by its instant.
    services.clock.set(new Date(services.clock.now().getTime() + 60_000));
    const before = await contents();
    const { rejectFile: _listed, ...dry } = await importText(services, files, kind, text, {
      ...options,
      isDryRun: true,
    });
    expect(await contents()).toEqual(before);
    const { rejectFile: _rejected, ...run } = await importText(services, files, kind, text, options);
    expect(dry).toEqual(run);
  }
});

test('the cases are what they say', async () => {
  const { prisma } = services.database;
  expect(await prisma.customer.count()).toBe(3);
  expect(await prisma.ticket.count()).toBe(1);
  expect(await prisma.figure.count()).toBe(4);
});
