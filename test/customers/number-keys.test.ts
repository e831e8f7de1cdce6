import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

const MIGRATION = new URL('../../prisma/migrations/20261201020200_number_keys/migration.sql', import.meta.url);

test('an upgrade keeps files apart whose numbers differ in case or width, and the plain one has the number', async () => {
  const { pool, prisma, close } = await openDatabase({ url: await createDatabase(), acceptDataLoss: true });
  await pool.query(
    'drop trigger customer_number_key on customer; drop function customer_number_key; alter table customer drop column number_key',
  );
  const branchId = newId();
  await prisma.branch.create({ data: { id: branchId, code: 'B', name: 'B', createdAt: new Date() } });
  const insert = (policy: string, number: string) =>
    pool.query(
      `insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
       values ($1, $2, $3, 'INDIVIDUAL', 'FORMAL', 'Ann', '{}', $4, 1, now(), now())`,
      [newId(), policy, number, branchId],
    );
  for (const number of ['k1', 'Ｋ1', 'K1', 'é1']) await insert('bank-vip', number);
  await insert('core', 'k1');
  await pool.query(readFileSync(MIGRATION, 'utf8'));
  const { rows } = await pool.query(
    'select policy_id, number, number_key from customer order by policy_id, number_key',
  );
  expect(rows.map(({ policy_id, number, number_key }) => [policy_id, number, number_key])).toEqual([
    ['bank-vip', 'K1', 'K1'],
    ['bank-vip', 'k1', 'k1'],
    ['bank-vip', 'é1', 'é1'],
    ['bank-vip', 'Ｋ1', 'Ｋ1'],
    ['core', 'k1', 'K1'],
  ]);
  await expect(insert('core', 'K1')).rejects.toMatchObject({ code: '23505' });
  await close();
});
