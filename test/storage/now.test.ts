import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { nowSql } from '../../server/platform/storage/now-sql.ts';
import { inTransaction } from '../../server/platform/storage/transaction.ts';
import { HeldClock, systemClock } from '../../server/platform/values/wall-clock.ts';
import { createDatabase } from '../support/postgres.ts';

const HELD_AT = new Date('2026-03-02T00:00:00Z');
const clocks = [
  { it: 'a running clock', clock: systemClock },
  { it: 'a held clock', clock: new HeldClock(HELD_AT) },
];
const places = [
  { kind: 'EMBEDDED', settings: async () => ({ memory: true }) as const },
  { kind: 'POSTGRES', settings: async () => ({ url: await createDatabase({ empty: true }), acceptDataLoss: true }) },
];

describe.each(places)('on $kind', ({ settings }) => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase(await settings(), { onError: () => undefined });
    await database.pool.query('create table lamp (id int primary key, next_fire_at timestamptz(3))');
    await database.pool.query('create index on lamp (next_fire_at) where next_fire_at is not null');
  });
  afterAll(() => database.close());

  test.each(clocks)('what is due by $it is found by its index, however much waits', async ({ clock }) => {
    const plan = await inTransaction(database, async (tx) => {
      await tx.$executeRaw`set local enable_seqscan = off`;
      await tx.$executeRaw`set local enable_bitmapscan = off`;
      const rows = await tx.$queryRaw<{ 'QUERY PLAN': string }[]>`
        explain select id from lamp where next_fire_at <= ${nowSql(clock)}
        order by next_fire_at limit 500 for update skip locked`;
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain('Index Cond: (next_fire_at <=');
    expect(plan).not.toContain('Filter');
  });

  test.each(clocks)('$it stands still for a whole statement', async ({ clock }) => {
    const now = nowSql(clock);
    const [row] = await database.prisma.$queryRaw<{ instants: number }[]>`
      select count(distinct at)::int as instants from (select ${now} as at from generate_series(1, 20000)) t`;
    expect(row).toEqual({ instants: 1 });
  });

  test('a running clock goes on between the statements of a transaction', async () => {
    const [first, second] = await inTransaction(database, async (tx) => {
      const read = async () => (await tx.$queryRaw<{ at: Date }[]>`select ${nowSql(systemClock)} as at`)[0]?.at;
      const at = await read();
      await tx.$executeRaw`select pg_sleep(0.05)`;
      return [at, await read()];
    });
    expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(50);
  });
});
