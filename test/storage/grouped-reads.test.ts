import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { GroupedReads } from '../../server/platform/storage/grouped-reads.ts';
import { inTransaction } from '../../server/platform/storage/transaction.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

const TEXT = 'select id, code from branch where id = any($1::uuid[])';
const OTHER = 'select id, name from branch where id = any($1::uuid[])';

let database: Database;
const ids: string[] = [];
beforeAll(async () => {
  database = await openDatabase({ url: await createDatabase(), acceptDataLoss: true });
  for (let n = 0; n < 40; n++) {
    const id = newId();
    ids.push(id);
    await database.prisma.branch.create({ data: { id, code: `B${n}`, name: `N${n}`, createdAt: new Date() } });
  }
});
afterAll(() => database.close());

/** Reads, and with how many ids each statement was sent. */
function counted() {
  const sent: number[] = [];
  const query = ((config: pg.QueryConfig & { readonly values: [string[]] }) => {
    sent.push(config.values[0].length);
    return database.pool.query(config);
  }) as unknown as pg.Pool['query'];
  return { reads: new GroupedReads({ pool: { query } as pg.Pool }), sent };
}

test('rows that are asked for at once share statements, and each comes to who asked', async () => {
  const { reads, sent } = counted();
  const rows = await Promise.all(ids.map((id) => reads.byId<{ id: string; code: string }>(TEXT, id)));
  expect(rows).toEqual(ids.map((id, n) => ({ id, code: `B${n}` })));
  expect(sent).toEqual([32, 8]);
});

test('one row for two is read once, in any spelling of its id, and another statement is another one', async () => {
  const { reads, sent } = counted();
  const [id = ''] = ids;
  const answers = await Promise.all([
    reads.byId(TEXT, id),
    reads.byId(TEXT, id),
    reads.byId(TEXT, id.toUpperCase()),
    reads.byId(TEXT, newId()),
    reads.byId(OTHER, id),
  ]);
  const row = { id, code: 'B0' };
  expect(answers).toEqual([row, row, row, null, { id, name: 'N0' }]);
  expect(sent).toEqual([3, 1]);
});

test('an id that is none fails alone', async () => {
  const { reads } = counted();
  const [good, bad] = await Promise.allSettled([reads.byId(TEXT, ids[1] ?? ''), reads.byId(TEXT, 'nonsense')]);
  expect(good).toMatchObject({ status: 'fulfilled', value: { code: 'B1' } });
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: '22P02' } });
});

test('inside a transaction it refuses', async () => {
  await inTransaction(database, async () => {
    await expect(database.reads.byId(TEXT, ids[0] ?? '')).rejects.toThrow('transaction');
  });
});
