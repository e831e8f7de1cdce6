import { type ChildProcess, spawn } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { sealAll } from '../../server/platform/audit/hash-chain-sealer.ts';
import { verifyAudit } from '../../server/platform/audit/verify.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import { reached } from '../bars/reached.ts';
import { builtCommand } from '../support/built.ts';
import { createDatabase } from '../support/postgres.ts';

// The server as it is started in production, killed in the middle of writes again and again. Whatever it acknowledged is
// there afterwards, nothing is there by half, what was not acknowledged can be sent again without harm, and it starts.

const ROUNDS = process.env.TIERLINE_LONG ? 50 : 3;
const WRITERS = 4;
const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);

let server: ChildProcess | null = null;
let root: string | null = null;
afterEach(() => {
  server?.kill('SIGKILL');
  if (root) rmSync(root, { recursive: true, force: true });
});

interface Sent {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the server answered with; null when it was killed before. */
  id: string | null;
  readonly table: 'customer' | 'ticket' | 'interaction' | 'maintenance_plan';
}

const DOCUMENTS = {
  customer: `mutation ($input: CreateCustomerInput!, $key: String) {
    done: createCustomer(input: $input, idempotencyKey: $key) { ... on Customer { id } ... on Error { code message } }
  }`,
  ticket: `mutation ($input: OpenTicketInput!, $key: String) {
    done: openTicket(input: $input, idempotencyKey: $key) { ... on Ticket { id } ... on Error { code message } }
  }`,
  maintenance_plan: `mutation ($input: DraftPlanInput!, $key: String) {
    done: draftPlan(input: $input, idempotencyKey: $key) { ... on MaintenancePlan { id } ... on Error { code message } }
  }`,
  interaction: `mutation ($input: RecordInteractionInput!) {
    done: recordInteraction(input: $input) { ... on Interaction { id } ... on Error { code message } }
  }`,
} as const;

/** What would be there by half, each as a query that finds it. */
const HALVES: Readonly<Record<string, string>> = {
  'a ticket without its first event':
    "select id from ticket t where not exists (select from ticket_event e where e.ticket_id = t.id and e.kind = 'OPENED')",
  'a ticket without its entry in the trail':
    "select id from ticket t where not exists (select from audit_entry a where a.subject_id = t.id::text and a.action = 'OPEN_TICKET')",
  'a ticket without its clock':
    'select id from ticket t where not exists (select from sla_clock c where c.ticket_id = t.id)',
  'a ticket whose version is not its last event':
    'select id from ticket t where version <> (select max(position) from ticket_event e where e.ticket_id = t.id)',
  'a customer without its entry in the trail':
    "select id from customer t where not exists (select from audit_entry a where a.subject_id = t.id::text and a.action = 'CREATE_CUSTOMER')",
  'a customer without the decision on consent':
    'select id from customer t where vip_consent and not exists (select from consent_decision d where d.customer_id = t.id)',
  'an interaction without its entry in the trail':
    "select id from interaction t where not exists (select from audit_entry a where a.subject_id = t.id::text and a.action = 'RECORD_INTERACTION')",
  'a plan without its measure':
    'select id from maintenance_plan t where not exists (select from plan_measure m where m.plan_id = t.id)',
  'an entry about a ticket that is not there':
    "select id from audit_entry a where action = 'OPEN_TICKET' and not exists (select from ticket t where t.id::text = a.subject_id)",
  'a key whose result is not there': `select key as id from idempotency_key k where result is null or (
      k.mutation = 'openTicket' and not exists (select from ticket t where t.id::text = k.result #>> '{}'))`,
  'a ticket twice': 'select min(id::text) as id from ticket group by subject having count(*) > 1',
};

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}

test.each([{ kind: 'EMBEDDED' }, { kind: 'POSTGRES' }] as const)(
  `$kind: ${ROUNDS} kills lose nothing that was acknowledged and leave nothing by half`,
  async ({ kind }) => {
    root = mkdtempSync(join(tmpdir(), 'tierline-kills-'));
    const issuer = createTokenIssuer(join(root, 'issuer'));
    const key = createPublicKey(readFileSync(join(root, 'issuer', 'demo-token-key.pem')));
    const url = kind === 'POSTGRES' ? await createDatabase() : null;
    const open = () =>
      openDatabase(url ? { url, acceptDataLoss: true } : { folder: join(root ?? '', 'data', 'db') }, {
        onError: () => undefined,
      });
    const port = await freePort();
    const environment = {
      PATH: process.env.PATH ?? '',
      TIERLINE_DATA: join(root, 'data'),
      TIERLINE_DATA_KEY: `k1:${Buffer.alloc(32, 3).toString('base64')}`,
      JWT_PUBLIC_KEY: key.export({ type: 'spki', format: 'pem' }).toString(),
      PORT: String(port),
      LOG_LEVEL: 'error',
      ...(url && { DATABASE_URL: url, TIERLINE_ACCEPT_DATA_LOSS: 'true' }),
    };
    const database = await open();
    await migrate(database.pool, MIGRATIONS);
    const staff = await createOrganisation(database.prisma, new Date());
    await database.close();
    const token = await issuer.sign(staff['BK-A/CUSTOMER_MANAGER'] ?? '');

    const command = await builtCommand();
    const start = async () => {
      const child = spawn(process.execPath, [command, 'start'], {
        env: environment,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      server = child;
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
      });
      for (const patience = Date.now() + 120_000; Date.now() < patience; ) {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said}`);
        const isReady = await fetch(`http://127.0.0.1:${port}/ready`).then(
          ({ status }) => status === 200,
          () => false,
        );
        if (isReady) return child;
        await wait(50);
      }
      throw new Error(`the server was not ready in time: ${said}`);
    };
    const send = async (sent: Sent): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: sent.document, variables: sent.variables }),
      });
      const { data, errors } = (await response.json()) as {
        data: { done: { id?: string; code?: string } } | null;
        errors?: unknown;
      };
      if (!data?.done.id) throw new Error(JSON.stringify({ data, errors }));
      sent.id = Buffer.from(data.done.id, 'base64').toString().split(':')[1] ?? null;
    };

    const all: Sent[] = [];
    let refused = 0;
    const make = (writer: number, round: number, step: number, customerId: string | null): Sent => {
      const name = `${writer}-${round}-${step}`;
      const add = (table: Sent['table'], input: object, key: string | null): Sent => {
        const sent: Sent = { table, document: DOCUMENTS[table], variables: { input, ...(key && { key }) }, id: null };
        all.push(sent);
        return sent;
      };
      if (!customerId || step % 5 === 0) {
        const file = {
          policyId: 'bank-vip',
          branchCode: 'BK-A',
          number: name,
          kind: 'INDIVIDUAL',
          name: 'Wang',
          phone: '13912341234',
        };
        return add('customer', { ...file, consent: { vipService: true } }, name);
      }
      if (step % 5 === 1)
        return add('interaction', { customerId, channel: 'PHONE', purpose: 'CARE', summary: name }, null);
      if (step % 5 === 2) {
        const measures = [{ way: 'PHONE', measure: 'Call', dueAt: '2036-03-09T10:00:00Z' }];
        const plan = {
          objective: name,
          startsOn: '2036-03-02',
          endsOn: '2036-06-30',
          budget: { amount: '1' },
          measures,
        };
        return add('maintenance_plan', { customerId, ...plan }, name);
      }
      return add('ticket', { customerId, type: 'COMPLAINT', subject: name, channel: 'PHONE', level: 1 }, name);
    };
    const check = async (on: Database) => {
      for (const table of ['customer', 'ticket', 'interaction', 'maintenance_plan'] as const) {
        const acknowledged = all.flatMap((sent) => (sent.table === table && sent.id ? [sent.id] : []));
        const { rows } = await on.pool.query(
          `select id from unnest($1::uuid[]) as a (id) where not exists (select from "${table}" t where t.id = a.id)`,
          [acknowledged],
        );
        expect(rows, `${table} that was acknowledged`).toEqual([]);
      }
      for (const [what, sql] of Object.entries(HALVES)) expect((await on.pool.query(sql)).rows, what).toEqual([]);
    };

    let unanswered = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = await start();
      // What the last kill left without an answer is sent again with its key.
      for (const sent of all.filter((one) => one.id === null && one.variables.key)) await send(sent);
      let isOver = false;
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        let customerId: string | null = null;
        for (let step = 0; !isOver; step++) {
          const sent = make(writer, round, step, customerId);
          try {
            await send(sent);
            if (sent.table === 'customer' && sent.id) customerId = toGlobalId('Customer', sent.id);
          } catch (error) {
            // A kill breaks the connection, and a machine may be too busy to answer in time; any other answer would be a fault.
            if (!(error instanceof TypeError) && !String(error).includes('"TIMEOUT"')) {
              refused += 1;
              console.error(String(error).slice(0, 500));
            }
            if (!isOver) await wait(20);
            unanswered += 1;
          }
        }
      });
      // Into the middle of writing, however slow the machine is.
      const before = all.filter(({ id }) => id !== null).length;
      for (let tries = 0; tries < 1_000 && all.filter(({ id }) => id !== null).length < before + 10; tries++)
        await wait(20);
      await wait(Math.random() * 800);
      isOver = true;
      child.kill('SIGKILL');
      await once(child, 'exit');
      await Promise.all(writers);
      const on = await open();
      try {
        await check(on);
      } finally {
        await on.close();
      }
    }
    const last = await start();
    for (const sent of all.filter((one) => one.id === null && one.variables.key)) await send(sent);
    const ended = once(last, 'exit');
    last.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    const on = await open();
    try {
      await check(on);
      await sealAll(on.pool);
      const { sealed, findings } = await verifyAudit(on.pool);
      expect(findings).toEqual([]);
      const acknowledged = all.filter(({ id }) => id !== null).length;
      console.log(
        `${kind}: ${ROUNDS} kills, ${acknowledged} acknowledged, ${unanswered} unanswered, ${sealed} entries sealed, 0 lost`,
      );
      reached(kind === 'EMBEDDED' ? 28 : 34, `${acknowledged} acknowledged, 0 lost`, {
        'kill -9': { injected: ROUNDS, least: ROUNDS },
      });
      expect(acknowledged).toBeGreaterThanOrEqual(ROUNDS * 10);
      expect(refused).toBe(0);
    } finally {
      await on.close();
    }
  },
  process.env.TIERLINE_LONG ? 1_800_000 : 180_000,
);
