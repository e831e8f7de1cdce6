import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { givenApprovedPlan } from '../support/plans.ts';

// On a real server, where requests do run at the same time.

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({
    now: '2026-03-02T08:00:00+08:00',
    database: 'POSTGRES',
    settings: { limits: { runningPerPerson: 50 } },
  });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

test('30 keys, each sent 20 times at once: 30 effects, and the same answer to each', async () => {
  const { id: customerId } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const sent = Array.from({ length: 600 }, (_, index) => {
    const key = `k${index % 30}`;
    const input = { customerId, type: 'COMPLAINT', subject: key, channel: 'PHONE' };
    return manager.does('OpenTicket', { input, idempotencyKey: key }).then(({ id }) => [key, id] as const);
  });
  const ids = new Map<string, Set<string>>();
  for (const [key, id] of await Promise.all(sent)) ids.set(key, (ids.get(key) ?? new Set()).add(id));
  expect([...ids.values()].map((one) => one.size)).toEqual(Array.from({ length: 30 }, () => 1));
  const { pool } = app.app.services.database;
  const { rows } = await pool.query(`select
    (select count(*)::int from ticket) as tickets,
    (select count(*)::int from ticket_event) as events,
    (select count(*)::int from audit_entry where action = 'OPEN_TICKET') as entries,
    (select count(*)::int from idempotency_key where mutation = 'openTicket') as keys`);
  expect(rows[0]).toEqual({ tickets: 30, events: 30, entries: 30, keys: 30 });
});

test('a key that was used for something else is refused, also while it is being used', async () => {
  const { id: customerId } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const input = { customerId, type: 'COMPLAINT', subject: `other ${index}`, channel: 'PHONE' };
      return manager.does('OpenTicket', { input, idempotencyKey: 'one' });
    }),
  );
  const names = answers.map(({ __typename }) => __typename).sort();
  expect(names).toEqual([...Array.from({ length: 19 }, () => 'Conflict'), 'Ticket']);
  expect(await app.app.services.database.prisma.ticket.count({ where: { subject: { startsWith: 'other' } } })).toBe(1);
});

test('twenty who repeat a spending at once get its answer, though a second one would pass the authority', async () => {
  const supervisor = app.as('BK-A/SUPERVISOR');
  const { id: customerId } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const budget = { amount: '30000' };
  const { id: planId } = await givenApprovedPlan(supervisor, [app.as('BK-A/COMMAND_CENTER')], { customerId, budget });
  const input = { planId, amount: { amount: '6000' }, purpose: 'Dinner' };
  const spend = () => manager.does('SpendPlanBudget', { input, idempotencyKey: 'dinner' });
  const answers = await Promise.all(Array.from({ length: 20 }, spend));
  expect(answers.map(({ __typename, id }) => `${__typename} ${id}`)).toEqual(
    Array.from({ length: 20 }, () => `MaintenancePlan ${planId}`),
  );
  const { ledger } = await supervisor.does('PlanHistory', { id: planId });
  expect(ledger.map(({ kind }: { kind: string }) => kind)).toEqual(['RESERVE', 'CONSUME']);
});

test('one file is deleted once, however many ask at the same time', async () => {
  const { id } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      manager.does('DeleteCustomer', { input: { id, expectedVersion: 1, reason: 'moved away' } }),
    ),
  );
  expect(answers.filter(({ __typename }) => __typename === 'Customer')).toHaveLength(1);
  const trail = await app.as('BK-A/SUPERVISOR').does('AuditTrail', { filter: { customerId: id }, first: 100 });
  expect(trail.nodes.filter(({ action }: { action: string }) => action === 'DELETE_CUSTOMER')).toHaveLength(1);
});

test('no more files than the quota are revealed, however many ask at the same time', async () => {
  const { id } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A', phone: '13912345678' });
  const supervisor = app.as('BK-A/SUPERVISOR');
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => supervisor.does('RevealCustomer', { id, reason: 'calls back' })),
  );
  const revealed = answers.filter(({ __typename }) => __typename === 'RevealedCustomer');
  expect(revealed).toHaveLength(30);
  expect(answers.filter(({ __typename }) => __typename === 'Refused')).toHaveLength(90);
  expect(revealed[0]).toMatchObject({ phone: '13912345678', expiresAt: '2026-03-02T00:05:00.000Z' });
  await app.advance('2026-03-02T09:00:01+08:00');
  expect(await supervisor.does('RevealCustomer', { id, reason: 'calls back' })).toMatchObject({ phone: '13912345678' });
});

test('a statement that takes too long is ended by the database, and the client is told', async () => {
  const { pool } = app.app.services.database;
  const { rows } = await pool.query<{ url: string }>('select current_database() as url');
  const options = (pool as unknown as { options: { connectionString: string } }).options;
  const other = new pg.Client({ connectionString: options.connectionString });
  await other.connect();
  expect(rows[0]?.url).toBeTruthy();
  await other.query('begin');
  await other.query('lock table customer in access exclusive mode');
  const started = performance.now();
  const { errors } = await manager.ask('{ customers { totalCount } }');
  expect(errors?.[0]?.extensions?.code).toBe('TIMEOUT');
  expect(performance.now() - started).toBeLessThan(9_000);
  const running = await other.query(
    "select count(*)::int as count from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid() and query ilike '%customer%'",
  );
  expect(running.rows[0].count).toBe(0);
  await other.query('rollback');
  await other.end();
  expect((await manager.ask('{ customers { totalCount } }')).errors).toBeUndefined();
});
