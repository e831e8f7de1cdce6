import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeFinding } from '../../server/app/cli/audit.ts';
import { writeAudit } from '../../server/platform/audit/audit.ts';
import { HashChainSealer, sealAll, sealBatch } from '../../server/platform/audit/hash-chain-sealer.ts';
import { verifyAudit } from '../../server/platform/audit/verify.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);
const ENTRIES = 40;
const REASONS = ['because', '他的要求', 'a "quoted"\nline', null];

let database: Database;
let pool: Pool;

async function write(count: number): Promise<void> {
  const entries = Array.from({ length: count }, (_, index) => ({
    at: new Date(Date.UTC(2026, 2, 2, 8, 0, 0, index)),
    actorId: null,
    action: 'TEST',
    subject: { type: 'Test', id: newId() },
    customerId: newId(),
    reason: REASONS[index % REASONS.length] ?? null,
    changes: [{ field: 'state', before: String(index), after: null }],
  }));
  await writeAudit(database.prisma, ...entries);
}

/** As the owner of the database, whom no trigger stops. */
async function tamper(...statements: readonly string[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set session_replication_role = replica');
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.query('set session_replication_role = origin');
    client.release();
  }
}

beforeAll(async () => {
  database = await openDatabase({ memory: true });
  pool = database.pool;
  await migrate(pool, MIGRATIONS);
  await write(ENTRIES);
  await sealAll(pool, 7);
});
afterAll(() => database.close());

test('a trail that nobody touched is found whole, also across batches and pages', async () => {
  const { sealed, waiting, head, findings } = await verifyAudit(pool);
  expect({ sealed, waiting, seq: head?.seq, findings }).toEqual({
    sealed: ENTRIES,
    waiting: 0,
    seq: ENTRIES,
    findings: [],
  });
});

test.each([
  { it: 'a reason', statement: "update audit_entry set reason = 'other' where seq = 5" },
  { it: 'who did it', statement: 'update audit_entry set actor_id = gen_random_uuid() where seq = 5' },
  { it: 'a seal', statement: 'update audit_entry set seq = null, hash = null where seq = 5' },
  { it: 'an entry', statement: 'delete from audit_entry where seq = 5' },
  { it: 'all', statement: 'truncate audit_entry' },
])('nobody changes or removes $it', async ({ statement }) => {
  await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501', message: 'audit_entry is append-only' });
  expect((await verifyAudit(pool)).findings).toEqual([]);
});

const COPY = 'create temp table kept as select * from audit_entry';
const RESTORE = ['delete from audit_entry', 'insert into audit_entry select * from kept', 'drop table kept'];

describe('what the owner of the database does to it is found and named', () => {
  const idAt = async (seq: number) => (await pool.query('select id from audit_entry where seq = $1', [seq])).rows[0].id;

  test.each(
    ['reason', 'action', 'subject_id', 'request_id', 'policy_id', 'subject_type']
      .map((column) => ({
        it: column,
        statement: (seq: number) => `update audit_entry set ${column} = 'other' where seq = ${seq}`,
      }))
      .concat([
        { it: 'at', statement: (seq) => `update audit_entry set at = at + interval '1 ms' where seq = ${seq}` },
        { it: 'changes', statement: (seq) => `update audit_entry set changes = '[]' where seq = ${seq}` },
        { it: 'customer_id', statement: (seq) => `update audit_entry set customer_id = null where seq = ${seq}` },
        {
          it: 'actor_id',
          statement: (seq) => `update audit_entry set actor_id = gen_random_uuid() where seq = ${seq}`,
        },
        {
          it: 'branch_id',
          statement: (seq) => `update audit_entry set branch_id = gen_random_uuid() where seq = ${seq}`,
        },
      ]),
  )('an edit of $it, at the start, in the middle and at the end', async ({ statement }) => {
    for (const seq of [1, 20, ENTRIES]) {
      const id = await idAt(seq);
      await tamper(COPY, statement(seq));
      expect((await verifyAudit(pool)).findings).toEqual([{ kind: 'CHANGED', seq, toSeq: seq, id }]);
      await tamper(...RESTORE);
    }
  });

  test('removal of any entry but the last, and of several', async () => {
    for (let seq = 1; seq < ENTRIES; seq++) {
      await tamper(COPY, `delete from audit_entry where seq = ${seq}`);
      expect((await verifyAudit(pool)).findings).toEqual([{ kind: 'MISSING', seq, toSeq: seq, id: null }]);
      await tamper(...RESTORE);
    }
    await tamper(COPY, 'delete from audit_entry where seq between 10 and 12');
    const { findings } = await verifyAudit(pool);
    expect(findings.map(describeFinding)).toEqual(['Entries 10 to 12 are missing.']);
    await tamper(...RESTORE);
  });

  test('two entries that changed places', async () => {
    for (const [a, b] of [
      [3, 4],
      [1, ENTRIES],
      [8, 30],
    ] as const) {
      await tamper(COPY, `create temp table pair as select id, seq, hash from audit_entry where seq in (${a}, ${b})`);
      await tamper(
        `update audit_entry set seq = -seq where seq in (${a}, ${b})`,
        `update audit_entry e set seq = o.seq, hash = o.hash from pair p, pair o where e.id = p.id and o.id <> p.id`,
      );
      expect((await verifyAudit(pool)).findings.map(({ kind, seq }) => ({ kind, seq }))).toEqual([
        { kind: 'CHANGED', seq: a },
        { kind: 'CHANGED', seq: b },
      ]);
      await tamper('drop table pair', ...RESTORE);
    }
  });

  test('an entry that was slipped in: at the end, before the start, or half sealed', async () => {
    const insert = (seq: string, hash: string) =>
      `insert into audit_entry (id, at, action, subject_type, changes, seq, hash) values (gen_random_uuid(), now(), 'FORGED', 'X', '[]', ${seq}, ${hash})`;
    for (const [statement, seq] of [
      [insert(String(ENTRIES + 1), "repeat('a', 43)"), ENTRIES + 1],
      [insert('0', "repeat('a', 43)"), 0],
      [insert('null', "repeat('a', 43)"), 0],
      [insert(String(ENTRIES + 1), 'null'), ENTRIES + 1],
    ] as const) {
      await tamper(COPY, statement);
      expect((await verifyAudit(pool)).findings).toMatchObject([{ kind: 'CHANGED', seq }]);
      await tamper(...RESTORE);
    }
  });

  test('a cut at the end and a trail written anew, by the anchor that was noted', async () => {
    const { head } = await verifyAudit(pool);
    expect(head).not.toBeNull();
    expect((await verifyAudit(pool, head)).findings).toEqual([]);
    await tamper(COPY, `delete from audit_entry where seq > ${ENTRIES - 3}`);
    expect((await verifyAudit(pool)).findings).toEqual([]);
    expect((await verifyAudit(pool, head)).findings).toMatchObject([{ kind: 'ANCHOR', seq: ENTRIES }]);
    await tamper(...RESTORE);
    await tamper(COPY, "update audit_entry set reason = 'other', seq = null, hash = null");
    await sealAll(pool);
    expect((await verifyAudit(pool)).findings).toEqual([]);
    expect((await verifyAudit(pool, head)).findings).toMatchObject([{ kind: 'ANCHOR', seq: ENTRIES }]);
    await tamper(...RESTORE);
    expect((await verifyAudit(pool, head)).findings).toEqual([]);
  });
});

test('entries are sealed within a second while the sealer runs, and it stops when told', async () => {
  const sealer = new HashChainSealer({ pool, everyMs: 50 });
  sealer.start();
  await write(5);
  const until = Date.now() + 5_000;
  while (Date.now() < until && (await verifyAudit(pool)).waiting > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await sealer.stop();
  expect(await verifyAudit(pool)).toMatchObject({ sealed: ENTRIES + 5, waiting: 0, findings: [] });
  await write(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await verifyAudit(pool)).waiting).toBe(1);
});

test('on a server, four sealers among writers number densely and break no chain', async () => {
  const server = await openDatabase({ url: await createDatabase(), acceptDataLoss: true });
  const sealers = Array.from({ length: 4 }, () => new HashChainSealer({ pool: server.pool, everyMs: 5, batch: 3 }));
  try {
    for (const sealer of sealers) sealer.start();
    const entry = (index: number) => ({
      at: new Date(index),
      actorId: null,
      action: 'TEST',
      subject: { type: 'Test', id: null },
    });
    await Promise.all(Array.from({ length: 200 }, (_, index) => writeAudit(server.prisma, entry(index))));
    await Promise.all(sealers.map((sealer) => sealer.stop()));
    await sealAll(server.pool);
    expect(await verifyAudit(server.pool)).toMatchObject({ sealed: 200, waiting: 0, head: { seq: 200 }, findings: [] });
    expect(await sealBatch(server.pool, 10)).toBe(0);
  } finally {
    await server.close();
  }
});
