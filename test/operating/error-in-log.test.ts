import { Writable } from 'node:stream';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorInLog } from '../../server/app/error-in-log.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase } from '../support/postgres.ts';

const NAME = '王小明-SECRET';
let database: Database;
let pool: pg.Pool;
beforeAll(async () => {
  const url = await createDatabase();
  database = await openDatabase({ url, acceptDataLoss: true });
  pool = new pg.Pool({ connectionString: url, max: 1 });
  await pool.query('create table person (name text primary key check (length(name) < 30), age int not null)');
  await pool.query('insert into person values ($1, 1)', [NAME]);
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

const branch = (over: object = {}) => ({
  id: newId(),
  code: NAME,
  name: NAME,
  policyIds: [],
  createdAt: new Date(),
  ...over,
});

test.each<{ it: string; fails(): Promise<unknown>; tells: object }>([
  {
    it: 'a row that is there already',
    fails: () => pool.query('insert into person values ($1, 2)', [NAME]),
    tells: { code: '23505', constraint: 'person_pkey', table: 'person' },
  },
  {
    it: 'a row that breaks a rule',
    fails: () => pool.query('insert into person values ($1, 2)', [NAME.repeat(5)]),
    tells: { code: '23514', table: 'person' },
  },
  { it: 'a value of another type', fails: () => pool.query('select $1::text::int', [NAME]), tells: { code: '22P02' } },
  {
    it: 'the same through Prisma',
    async fails() {
      await database.prisma.branch.create({ data: branch() });
      await database.prisma.branch.create({ data: branch() });
    },
    tells: { code: 'P2002' },
  },
  {
    it: 'a call that Prisma does not understand',
    fails: () => database.prisma.branch.create({ data: branch({ nobody: NAME }) as never }),
    tells: { message: expect.stringContaining('prisma.branch.create') },
  },
])('the log tells of $it without what it says', async ({ fails, tells }) => {
  const error = await fails().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  let written = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  const log = pino({ serializers: { err: errorInLog } }, sink);
  log.error({ err: new Error('a job failed', { cause: error }) }, 'a job failed');
  log.error({ err: new AggregateError([error], 'two failed') }, 'two failed');
  expect(errorInLog(error)).toMatchObject(tells);
  expect(written).toContain('at ');
  expect(written).not.toContain('SECRET');
});
