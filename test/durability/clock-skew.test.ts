import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createApp } from '../../server/app/compose.ts';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { keptThreads } from '../support/kept-threads.ts';
import { createDatabase } from '../support/postgres.ts';

// A node with all its jobs on a real server, whose machine's clock is wrong: what is done once or removes something goes by
// the database's time or not at all.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function startNode(ms: number) {
  let off = ms;
  const said: { level: number; msg: string; err?: { code?: string } }[] = [];
  const issuer = createTokenIssuer();
  const app = await createApp({
    database: { url: await createDatabase(), acceptDataLoss: true },
    clock: { now: () => new Date(Date.now() + off), held: false },
    dataKeys: [{ id: 'k', secret: Buffer.alloc(32, 1) }],
    identity: issuer.identity,
    isOpen: true,
    log: pino({ level: 'info' }, { write: (line: string) => void said.push(JSON.parse(line)) }),
    policyThreads: keptThreads,
  });
  const staff = await createOrganisation(app.services.database.prisma, new Date(Date.now() - 20 * DAY));
  const port = await app.listen(0, '127.0.0.1');
  const token = await issuer.sign(staff['BK-A/CUSTOMER_MANAGER'] ?? '');
  const ask = async (query: string, variables: object) => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: Record<string, { id: string }>; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return Object.values(data)[0] as { id: string } & Record<string, string>;
  };
  const { pool } = app.services.database;
  const count = async (table: string) => (await pool.query(`select from ${table}`)).rowCount;
  return {
    app,
    pool,
    said,
    ask,
    count,
    ready: async () => (await fetch(`http://127.0.0.1:${port}/ready`)).json(),
    setOff: (to: number) => {
      off = to;
    },
    skews: () => said.filter(({ err }) => err?.code === 'CLOCK_SKEW'),
    async [Symbol.asyncDispose]() {
      await app.close();
    },
  };
}

const CUSTOMER = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on Customer { id } ... on Error { code message } } }`;
const TICKET = `mutation ($input: OpenTicketInput!) {
  openTicket(input: $input) { ... on Ticket { id openedAt clocks { dueAt } } ... on Error { code message } } }`;

test.each([
  { it: '40 days ahead', ms: 40 * DAY },
  { it: 'an hour ahead', ms: HOUR },
  { it: 'an hour behind', ms: -HOUR },
])('a node whose clock is $it writes the right time, removes nothing and runs no day', async ({ ms }) => {
  await using node = await startNode(ms);
  const file = {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    number: 'C-1',
    kind: 'INDIVIDUAL',
    name: 'Wang',
    phone: '13912341234',
    consent: { vipService: true },
  };
  const customer = await node.ask(CUSTOMER, { input: file });
  expect(customer.id).toBeDefined();
  const branch = await node.app.services.database.prisma.branch.findFirstOrThrow({ where: { code: 'BK-A' } });
  await node.pool.query(
    `insert into alert (id, dedupe_key, kind, severity, raised_at, message, audience, policy_id, branch_id)
     select gen_random_uuid(), 'old' || n, 'SLA_BREACHED', 'CRITICAL', now() - interval '25 days', '{"en":"","zh":""}', '{SUPERVISOR}', 'bank-vip', $1
     from generate_series(1, 5) n`,
    [branch.id],
  );
  const before = Date.now();
  const ticket = await node.ask(TICKET, {
    input: { customerId: customer.id, type: 'COMPLAINT', subject: 'Noise', channel: 'PHONE', level: 1 },
  });
  expect(Date.parse(ticket.openedAt ?? '')).toBeGreaterThan(before - 1_000);
  expect(Date.parse(ticket.openedAt ?? '')).toBeLessThan(Date.now() + 1_000);
  await wait(4_000);

  expect(await node.count("alert where dedupe_key like 'old%'")).toBe(5);
  expect([await node.count('care_run'), await node.count('job_run')]).toEqual([0, 0]);
  expect(node.skews()).toHaveLength(1);
  expect(node.skews()[0]?.level).toBe(50);
  expect(await node.ready()).toEqual({
    status: 'ready',
    jobs: { code: 'CLOCK_SKEW', message: expect.stringContaining(`${Math.abs(ms) / 1_000} s`) },
  });

  // Once somebody has set the clock, the jobs of today run.
  node.setOff(0);
  await expect.poll(() => node.count('job_run'), { timeout: 30_000 }).toBeGreaterThan(0);
  expect(await node.count("alert where dedupe_key like 'old%'")).toBe(5);
  const { rows } = await node.pool.query<{ future: boolean }>('select bool_or(due_at > now()) as future from job_run');
  expect(rows).toEqual([{ future: false }]);
  expect(await node.ready()).toEqual({ status: 'ready' });
  expect(node.skews()).toHaveLength(1);
});

test('a node whose clock is four seconds off runs its jobs', async () => {
  await using node = await startNode(4_000);
  await expect.poll(() => node.count('job_run'), { timeout: 30_000 }).toBeGreaterThan(0);
  expect(node.skews()).toEqual([]);
});
