import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { difference } from '../../server/platform/storage/migrations/diff.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { createDatabase } from '../support/postgres.ts';

const schema = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');
const migrations = new URL('../../prisma/migrations/', import.meta.url);

test('the migrations add up to the schema, on the embedded database', async () => {
  expect(await difference({ migrations }, schema)).toBe('');
});

test('the migrations add up to the same tables on a PostgreSQL server', async () => {
  const columns = `
    select table_name, column_name, data_type, udt_name, is_nullable, column_default, numeric_precision, numeric_scale, datetime_precision
    from information_schema.columns where table_schema = 'public' and table_name not like '\\_%' order by 1, 2`;
  const indexes = "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2";
  const shapeOf = async (settings: Parameters<typeof openDatabase>[0]) => {
    const database = await openDatabase(settings, { onError: () => undefined });
    try {
      await migrate(database.pool, migrations);
      return [(await database.pool.query(columns)).rows, (await database.pool.query(indexes)).rows];
    } finally {
      await database.close();
    }
  };
  const served = await shapeOf({ url: await createDatabase({ empty: true }), acceptDataLoss: true });
  expect(served[0]?.length).toBeGreaterThan(200);
  expect(served).toEqual(await shapeOf({ memory: true }));
});
