import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MIGRATIONS } from '../../server/app/operations/migrations.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { openViewerRole } from '../../server/platform/storage/viewers/viewer-role.ts';
import { asViewer, sendForViewer } from '../../server/platform/storage/viewers/viewer-rows.ts';
import { administer, createDatabase, dropDatabase } from '../support/postgres.ts';

// An operator with one role, which owns its database and may make no roles.

const role = `operator_${randomUUID().slice(0, 8)}`;
let administrators: string;
let pool: pg.Pool;

beforeAll(async () => {
  administrators = await createDatabase({ empty: true });
  const url = new URL(administrators);
  await administer(administrators, `create role ${role} login password 'operator'`);
  await administer(administrators, `alter database "${url.pathname.slice(1)}" owner to ${role}`);
  await administer(administrators, `alter schema public owner to ${role}`);
  pool = new pg.Pool({ connectionString: Object.assign(url, { username: role, password: 'operator' }).href });
  await migrate(pool, MIGRATIONS);
});
afterAll(async () => {
  await pool.end();
  await dropDatabase(administrators);
  await administer(administrators.replace(/\/[^/]*$/, '/postgres'), `drop role ${role}`);
});

const customers = (rows: string) =>
  asViewer(rows, () => sendForViewer<{ id: string }>(pool, { text: 'select policy_id from customer' })).then(
    ({ rowCount }) => rowCount,
  );

test('migrations need no other role, and the second net opens once an administrator gives the role', async () => {
  await pool.query(
    `insert into branch (id, code, name, policy_ids, created_at) values ('${randomUUID()}', 'X', 'X', '{bank-vip}', now())`,
  );
  await pool.query(
    `insert into customer (id, policy_id, number, name, kind, branch_id, stage, created_at, updated_at)
     select gen_random_uuid(), 'bank-vip', '1', 'Wang', 'INDIVIDUAL', id, 'FORMAL', now(), now() from branch`,
  );
  await administer(administrators, 'create role tierline_viewer nologin').catch(() => undefined);
  expect(await openViewerRole(pool)).toBe(false);
  expect(await customers('{}')).toBe(1);

  await administer(administrators, `grant tierline_viewer to ${role}`);
  expect(await openViewerRole(pool)).toBe(true);
  expect(await customers('{}')).toBe(0);
  expect(await customers('{"bank-vip":["*"]}')).toBe(1);
  // The application, a dump and a migration see all of it, for it owns its tables.
  const client = await pool.connect();
  try {
    await client.query('set row_security = off');
    expect((await client.query('select from customer')).rowCount).toBe(1);
  } finally {
    client.release(true);
  }
});
