import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorError } from '../../server/app/cli/operator-error.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { TransactionPooler } from '../support/pooler.ts';
import { administer, createDatabase, dropDatabase, type PostgresServer, startPostgres } from '../support/postgres.ts';

// What is no server of one's own that takes writes is refused before anything is written, in a sentence that says what to name.

let url: string;
beforeAll(async () => {
  url = await createDatabase();
});
afterAll(() => dropDatabase(url));

/** What an operator reads, and the exit code. */
async function said(databaseUrl: string): Promise<unknown> {
  try {
    await (await openDatabase({ url: databaseUrl, acceptDataLoss: true }, { onError: () => {} })).close();
    return null;
  } catch (error) {
    return operatorError(error, {
      DATABASE_URL: databaseUrl,
      TIERLINE_DATA: undefined,
      HOST: undefined,
      PORT: undefined,
    });
  }
}

test('a server of one’s own is opened', async () => {
  expect(await said(url)).toBeNull();
});

test('a standby is refused, and the primary asked for', async () => {
  const standby: PostgresServer = await startPostgres({ standby: true });
  try {
    const client = new pg.Client({ connectionString: standby.url });
    await client.connect();
    expect((await client.query('select pg_is_in_recovery() as is')).rows).toEqual([{ is: true }]);
    await client.end();
    expect(await said(standby.url)).toEqual({
      code: 2,
      sentence: expect.stringMatching(/^DATABASE_URL: this PostgreSQL is a standby.*Name the primary\.$/),
    });
  } finally {
    await standby.stop();
  }
});

test('a database on which the user only reads is refused', async () => {
  const reads = await createDatabase();
  await administer(
    reads,
    `ALTER DATABASE "${new URL(reads).pathname.slice(1)}" SET default_transaction_read_only = on`,
  );
  expect(await said(reads)).toMatchObject({
    code: 2,
    sentence: expect.stringContaining('default_transaction_read_only'),
  });
  await dropDatabase(reads);
});

test.each([
  { it: 'loses settings of the connection', refuses: false },
  { it: 'refuses settings of the connection', refuses: true },
])('a pooler by transactions that $it is refused, and PostgreSQL itself asked for', async ({ refuses }) => {
  const pooler = await TransactionPooler.open(url, { refuses });
  try {
    expect(await said(pooler.url)).toEqual({
      code: 2,
      sentence: expect.stringMatching(/^DATABASE_URL: a pooler \(PgBouncer\).*Name PostgreSQL itself/),
    });
  } finally {
    pooler.close();
  }
});

test('the pooler of these tests shares sessions, as PgBouncer does', async () => {
  const pooler = await TransactionPooler.open(url);
  const clients = [new pg.Client({ connectionString: pooler.url }), new pg.Client({ connectionString: pooler.url })];
  try {
    const pids: number[] = [];
    for (const client of clients) {
      await client.connect();
      pids.push((await client.query('select pg_backend_pid() as pid')).rows[0].pid);
    }
    expect(pids[0]).toBe(pids[1]);
  } finally {
    for (const client of clients) await client.end();
    pooler.close();
  }
});
