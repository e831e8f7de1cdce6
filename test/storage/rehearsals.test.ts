import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { RehearsalOverError } from '../../server/platform/storage/rehearsal/rehearsals.ts';
import { inTransaction } from '../../server/platform/storage/transaction.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

const AT = new Date('2026-03-02T01:00:00Z');

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ url: await createDatabase(), acceptDataLoss: true }, { onError: () => undefined });
});
afterAll(() => database.close());

const branch = (code: string) => ({ id: newId(), code, name: code, policyIds: [], createdAt: AT });
const codes = async () => (await database.prisma.branch.findMany({ orderBy: { code: 'asc' } })).map(({ code }) => code);

test('what is written is read within, told, and gone', async () => {
  const told = await database.rehearsals.run(async (within) => {
    await inTransaction({ ...database, ...within }, (tx) => tx.branch.create({ data: branch('R1') }));
    expect(await within.prisma.branch.count({ where: { code: 'R1' } })).toBe(1);
    return within.written();
  });
  expect(told).toMatchObject([{ table: 'branch', before: null, after: { code: 'R1' } }]);
  expect(await codes()).not.toContain('R1');
});

test('a transaction that fails takes back itself, and a statement that fails no other one', async () => {
  const told = await database.rehearsals.run(async (within) => {
    const rehearsed = { ...database, ...within };
    await within.prisma.branch.create({ data: branch('R2') });
    await expect(within.prisma.branch.create({ data: branch('R2') })).rejects.toThrow();
    await expect(
      inTransaction(rehearsed, async (tx) => {
        await tx.branch.create({ data: branch('R3') });
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    await inTransaction(rehearsed, (tx) => tx.branch.create({ data: branch('R4') }), { isolation: 'Serializable' });
    return within.written();
  });
  expect(told.map(({ after }) => after?.code)).toEqual(['R2', 'R4']);
  expect(await codes()).toEqual([]);
});

test('what is as it was, or came and went, is not told', async () => {
  const kept = branch('KEPT');
  await database.prisma.branch.create({ data: kept });
  const told = await database.rehearsals.run(async ({ prisma, written }) => {
    const passing = branch('R5');
    await prisma.branch.create({ data: passing });
    await prisma.branch.delete({ where: { id: passing.id } });
    await prisma.branch.update({ where: { id: kept.id }, data: { name: 'other' } });
    await prisma.branch.update({ where: { id: kept.id }, data: { name: kept.name } });
    return written();
  });
  expect(told).toEqual([]);
  await database.prisma.branch.delete({ where: { id: kept.id } });
});

test('what was begun in it and goes on after it has nowhere to write', async () => {
  let goOn = () => {};
  const later = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { left } = await database.rehearsals.run(async ({ prisma }) => ({
    left: later.then(() => prisma.branch.create({ data: branch('R6') })),
  }));
  goOn();
  await expect(left).rejects.toThrow(RehearsalOverError);
  await database.rehearsals.run(async ({ written }) => expect(await written()).toEqual([]));
  expect(await codes()).toEqual([]);
});

test('one that fails is over, and the next one goes on', async () => {
  await expect(database.rehearsals.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await database.rehearsals.run(async ({ prisma }) => prisma.branch.count())).toBe(0);
});

/** The platform's own books, which tell nobody what a command brings. */
const BOOKS = [
  '_prisma_migrations',
  'alert_head',
  'audit_entry',
  'data_key',
  'idempotency_key',
  'job_run',
  'lease',
  'policy_decision',
  'policy_version',
  'stored_file_piece',
  'ticket_count',
];

test('every table tells a rehearsal what is written to it, but for the books', async () => {
  const { rows } = await database.pool.query<{ name: string }>(`
    select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
      and not exists (select 1 from pg_trigger where tgrelid = pg_class.oid and tgname = 'tells_rehearsal') order by 1`);
  expect(rows.map(({ name }) => name)).toEqual(BOOKS);
});

test('no column takes its number from a sequence but by next_number', async () => {
  const { rows } = await database.pool.query<{ column: string }>(`
    select table_name || '.' || column_name as column from information_schema.columns
    where table_schema = current_schema() and (column_default like '%nextval(%' or is_identity = 'YES')`);
  expect(rows).toEqual([]);
});
