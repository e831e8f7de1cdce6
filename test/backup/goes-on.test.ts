import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type App, createApp } from '../../server/app/compose.ts';
import { makeBackup } from '../../server/app/operations/backup.ts';
import { proveRestored } from '../../server/app/operations/prove-restored.ts';
import { restoreBackup } from '../../server/app/operations/restore.ts';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { sweepClocks } from '../../server/engine/sla/sweep-clocks.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { ownedSequences } from '../../server/platform/storage/sequences.ts';
import { HeldClock } from '../../server/platform/values/wall-clock.ts';
import { operation, type Person } from '../support/app.ts';
import type { OperationName, RootOf, VariablesOf } from '../support/ask.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { createDatabase } from '../support/postgres.ts';

const issuer = createTokenIssuer();
const NOW = new Date('2026-03-02T09:00:00+08:00');

/** The real server on a database, at an hour. */
async function serve(url: string, at: Date): Promise<{ app: App; port: number; clock: HeldClock }> {
  const clock = new HeldClock(at);
  const app = await createApp({
    database: { url, acceptDataLoss: true },
    clock,
    dataKeys: [{ id: 'test', secret: Buffer.alloc(32, 7) }],
    identity: issuer.identity,
    isOpen: true,
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    runsJobs: false,
  });
  return { app, port: await app.listen(0, '127.0.0.1'), clock };
}

async function somebody(port: number, staffId: string): Promise<Person> {
  const token = await issuer.sign(staffId);
  const does: Person['does'] = async <Name extends OperationName>(name: Name, variables?: VariablesOf<Name>) => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: operation(name), variables }),
    });
    const { data, errors } = (await response.json()) as { data: Record<string, RootOf<Name>>; errors?: unknown };
    if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    return Object.values(data)[0] as RootOf<Name>;
  };
  return { does } as Person;
}

test('a restored server goes on: tickets are opened, clocks fire, alerts are numbered, no number is given twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-goes-on-'));
  const file = join(folder, 'all.backup');
  const before = await serve(await createDatabase(), NOW);
  const { database } = before.app.services;
  const staff = await createOrganisation(database.prisma, NOW);
  const managerId = staff['BK-A/CUSTOMER_MANAGER'] ?? '';
  const manager = await somebody(before.port, managerId);
  const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  for (let n = 0; n < 5; n++) await givenTicket(manager, { customerId: customer.id });
  // The number of a ticket that is gone is nobody else's either.
  await database.pool.query("select nextval(pg_get_serial_sequence('ticket', 'serial'))");
  await makeBackup(database.pool, file, NOW);
  const serials = 'select max(serial)::int as most from ticket';
  const most = (await database.pool.query<{ most: number }>(serials)).rows[0]?.most ?? 0;
  await before.app.close();

  const url = await createDatabase();
  const restored = await openDatabase({ url, acceptDataLoss: true });
  expect((await restoreBackup(restored.pool, file)).findings).toEqual([]);
  await restored.close();
  const { app, port, clock } = await serve(url, NOW);
  try {
    const again = await somebody(port, managerId);
    for (let n = 0; n < 3; n++) await givenTicket(again, { customerId: customer.id });
    const { pool } = app.services.database;
    const { rows } = await pool.query<{ least: number }>(
      'select min(serial)::int as least from ticket where serial > $1',
      [most],
    );
    expect(rows[0]?.least).toBe(most + 2);
    clock.set(new Date(NOW.getTime() + 30 * 86_400_000));
    expect(await sweepClocks(app.services)).toBeGreaterThan(0);
    await app.services.alerts.numberAll();
    const { rows: alerts } = await pool.query<{ count: number; places: number; most: number }>(
      'select count(*)::int as count, count(distinct pos)::int as places, max(pos)::int as most from alert',
    );
    expect(alerts[0]?.count).toBeGreaterThan(0);
    expect(alerts[0]).toEqual({ count: alerts[0]?.count, places: alerts[0]?.count, most: alerts[0]?.count });
    const clocks = await pool.query(`select from sla_clock where next_fire_at <= $1`, [clock.now()]);
    expect(clocks.rowCount).toBe(0);
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the proof of a backup finds what rows do not show, and leaves nothing behind', async () => {
  const url = await createDatabase();
  const { app, port } = await serve(url, NOW);
  try {
    const { pool, prisma } = app.services.database;
    const staff = await createOrganisation(prisma, NOW);
    const manager = await somebody(port, staff['BK-A/CUSTOMER_MANAGER'] ?? '');
    const customer = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
    for (let n = 0; n < 3; n++) await givenTicket(manager, { customerId: customer.id });
    const rows = async () =>
      (
        await pool.query(
          'select (select count(*) from ticket), (select sum(count) from ticket_count), (select pos from alert_head)',
        )
      ).rows;
    const there = await rows();
    await proveRestored(pool);
    expect(await rows()).toEqual(there);

    const sequences = await ownedSequences(pool);
    expect(sequences.map(({ table, column }) => `${table}.${column}`)).toEqual(
      expect.arrayContaining(['ticket.serial', 'ticket_count.id']),
    );
    for (const { sequence, table } of sequences) {
      // Where nothing is numbered yet, to begin with 1 is right.
      const { rows: numbered } = await pool.query(`select from "${table}" limit 1`);
      if (numbered.length === 0) continue;
      const { rows: last } = await pool.query<{ last: string }>(`select last_value as last from ${sequence}`);
      await pool.query('select setval($1, 1, false)', [sequence]);
      await expect(proveRestored(pool), sequence).rejects.toMatchObject({ name: 'BackupError' });
      await pool.query('select setval($1, $2)', [sequence, last[0]?.last]);
    }
    await proveRestored(pool);
    await pool.query('alter table ticket disable trigger ticket_counts_added');
    await expect(proveRestored(pool)).rejects.toThrow(/open tickets/);
  } finally {
    await app.close();
  }
});

test('every sequence numbers a column, so that none is left where it stood', async () => {
  const { pool, close } = await openDatabase({ url: await createDatabase(), acceptDataLoss: true });
  const { rows } = await pool.query<{ count: number }>(
    "select count(*)::int as count from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace",
  );
  expect((await ownedSequences(pool)).length).toBe(rows[0]?.count);
  await close();
});
