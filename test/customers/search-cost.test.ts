import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { identifiedBy, searchedFor } from '../../server/domain/customers/customer-search.ts';
import { searchColumns } from '../../server/domain/customers/name-search.ts';
import { createFieldCipher } from '../../server/platform/access/encryption.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

// Among 100,000 customers a search reads what an index finds, never the table and never one customer after the other.

const CUSTOMERS = 100_000;
const CITIES = ['北京', '上海', '广州', '成都', '武汉', '杭州', '南京', '重庆', '西安', '苏州'];
const sealer = createFieldCipher([{ id: 'k1', secret: Buffer.alloc(32, 7) }]);

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: await createDatabase(), acceptDataLoss: true });
  const branchId = newId();
  await database.prisma.branch.create({ data: { id: branchId, code: 'B', name: 'B', createdAt: new Date() } });
  const han = (n: number) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000));
  for (let from = 0; from < CUSTOMERS; from += 10_000) {
    const rows = Array.from({ length: 10_000 }, (_, index) => {
      const n = from + index;
      const name = n === 777 ? '北京远大贸易有限公司' : `${CITIES[n % 10]}${han(n)}${han(n + 5)}有限公司 Acme ${n}`;
      const { nameWords, searchText } = searchColumns(name);
      return { id: newId(), number: `N${n}`, name, name_words: nameWords, search_text: searchText };
    });
    await database.pool.query(
      `insert into customer (id, policy_id, number, kind, stage, name, name_words, search_text, search_form, branch_id, version, created_at, updated_at)
       select id, 'bank-vip', number, 'INDIVIDUAL', 'FORMAL', name, name_words, search_text, 1, $2, 1, now(), now()
       from jsonb_to_recordset($1::jsonb) as r(id uuid, number text, name text, name_words text[], search_text text)`,
      [JSON.stringify(rows), branchId],
    );
  }
  await database.pool.query('vacuum analyze customer');
}, 240_000);
afterAll(() => database.close());

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** The plan of the statement that Prisma sends for a page of customers. */
async function planOf(where: ReturnType<typeof searchedFor>) {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  const found = await database.prisma.customer.findMany({
    where: { AND: [{ policyId: { in: ['bank-vip'] } }, { erasedAt: null }, where] },
    orderBy: [{ number: 'asc' }, { id: 'asc' }],
    take: 51,
  });
  const sent = spy.mock.calls.map(([query]) => query as unknown as { text?: string; values?: unknown[] });
  spy.mockRestore();
  const { text, values } = sent.find((query) => query.text?.includes('"customer"')) ?? {};
  const { rows } = await database.pool.query(`explain (analyze, format json) ${text}`, values);
  const nodes = nodesOf(rows[0]['QUERY PLAN'][0].Plan);
  const read = nodes.reduce((sum, node) => sum + node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0), 0);
  return { found: found.map(({ number }) => number), types: nodes.map((node) => node['Node Type']), read };
}

test.each([
  { it: 'a part of a Chinese name', where: searchedFor('远大'), found: ['N777'] },
  { it: 'a longer part of a Chinese name', where: searchedFor('京远大贸'), found: ['N777'] },
  { it: 'a number', where: searchedFor('n54321'), found: ['N54321'] },
  { it: 'words', where: searchedFor('ACME 54321'), found: ['N54321'] },
  { it: 'a name that nobody has', where: searchedFor('Goldf'), found: [] },
  { it: 'an identifier', where: identifiedBy(sealer, '13912349999'), found: [] },
])('$it is looked up in an index', async ({ where, found }) => {
  const plan = await planOf(where);
  expect(plan.found).toEqual(found);
  expect(plan.types).not.toContain('Seq Scan');
  expect(plan.read).toBeLessThan(3_000);
});
