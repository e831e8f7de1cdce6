import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { afterCommit, inTransaction } from '../../server/platform/storage/transaction.ts';
import { administer, createDatabase } from '../support/postgres.ts';

const places = [
  { kind: 'EMBEDDED', settings: async () => ({ memory: true }) as const },
  { kind: 'POSTGRES', settings: async () => ({ url: await createDatabase({ empty: true }), acceptDataLoss: true }) },
];

describe.each(places)('on $kind', ({ kind, settings }) => {
  let database: Database;
  const heard: unknown[] = [];
  beforeAll(async () => {
    database = await openDatabase(await settings(), { onError: (error) => heard.push(error) });
    await database.pool.query('CREATE TABLE lamp (id int PRIMARY KEY, watts int NOT NULL DEFAULT 0)');
  });
  afterAll(() => database.close());

  const lamps = async () =>
    (await database.pool.query<{ id: number }>('SELECT id FROM lamp ORDER BY id')).rows.map(({ id }) => id);

  test('says what it is', () => {
    expect(database.kind).toBe(kind);
    expect(database.describe).toMatch(/PostgreSQL 18\./);
    expect(database.describe).not.toContain('postgres:postgres');
    expect(database.isFull()).toBe(false);
  });

  test('pool and Prisma see the same data', async () => {
    expect(await database.prisma.$queryRaw`SELECT 1 AS one, 'ä' AS text`).toEqual([{ one: 1, text: 'ä' }]);
    for (let n = 0; n < 4; n++) expect(await database.prisma.$queryRaw`SELECT ${n}::int AS n`).toEqual([{ n }]);
  });

  test('commits, then does what was to follow the commit, in order', async () => {
    const done: string[] = [];
    const result = await inTransaction(database, async (tx) => {
      await tx.$executeRaw`INSERT INTO lamp (id) VALUES (1)`;
      afterCommit(async () => {
        done.push(`first ${(await lamps()).length}`);
      });
      afterCommit(() => {
        done.push('second');
      });
      expect(done).toEqual([]);
      return 'result';
    });
    expect(result).toBe('result');
    expect(done).toEqual(['first 1', 'second']);
  });

  test('rolls back on an error, and nothing follows', async () => {
    const done: string[] = [];
    const failing = inTransaction(database, async (tx) => {
      await tx.$executeRaw`INSERT INTO lamp (id) VALUES (2)`;
      afterCommit(() => {
        done.push('never');
      });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(done).toEqual([]);
    expect(await lamps()).not.toContain(2);
  });

  test('an afterCommit that fails is told to the handler, and the rest still run', async () => {
    const errors: unknown[] = [];
    const done: string[] = [];
    await inTransaction(
      database,
      async () => {
        afterCommit(() => {
          throw new Error('no listener');
        });
        afterCommit(() => {
          done.push('ran');
        });
      },
      { onAfterCommitError: (error) => errors.push(error) },
    );
    expect(errors).toEqual([new Error('no listener')]);
    expect(done).toEqual(['ran']);
  });

  test.each([
    { it: 'a model of the shared client', use: () => database.prisma.staff.findMany() },
    { it: 'raw SQL on the shared client', use: () => database.prisma.$queryRaw`SELECT 1` },
    { it: 'a transaction of the shared client', use: () => database.prisma.$transaction([]) },
    { it: 'a query on the pool', use: () => database.pool.query('SELECT 1') },
    { it: 'a connection of the pool', use: () => database.pool.connect() },
    { it: 'a transaction within', use: () => inTransaction(database, async () => {}) },
  ])('inside a transaction is refused at once: $it', async ({ use }) => {
    const started = performance.now();
    const misuse = inTransaction(database, async () => {
      await use();
    });
    await expect(misuse).rejects.toMatchObject({ code: 'OUTSIDE_TRANSACTION' });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('a model that was taken from the client before is refused too', async () => {
    const { staff } = database.prisma;
    await expect(inTransaction(database, () => staff.findMany())).rejects.toMatchObject({
      code: 'OUTSIDE_TRANSACTION',
    });
  });

  test('what a transaction started and left behind may use the client when it has ended', async () => {
    let later: Promise<unknown> = Promise.resolve();
    await inTransaction(database, async () => {
      later = wait(50).then(() => database.pool.query('SELECT 1 AS one'));
    });
    expect(await later).toMatchObject({ rows: [{ one: 1 }] });
  });

  test('refuses to commit when a statement failed and its error was caught', async () => {
    const hiding = inTransaction(database, async (tx) => {
      await tx.$executeRaw`INSERT INTO lamp (id) VALUES (7)`;
      await tx.$executeRaw`INSERT INTO lamp (id) VALUES (7)`.catch(() => {});
    });
    await expect(hiding).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });
    expect(await lamps()).not.toContain(7);
  });

  test('a transaction past its time is rolled back, and the next one works', async () => {
    const slow = inTransaction(
      database,
      async (tx) => {
        await tx.$executeRaw`INSERT INTO lamp (id) VALUES (8)`;
        await wait(400);
        await tx.$executeRaw`INSERT INTO lamp (id) VALUES (9)`;
      },
      { timeoutMs: 200 },
    );
    await expect(slow).rejects.toThrow();
    expect(await lamps()).not.toContain(8);
    await inTransaction(database, (tx) => tx.$executeRaw`INSERT INTO lamp (id) VALUES (10)`);
    expect(await lamps()).toContain(10);
  });

  test('a transaction that waited in vain for a connection does not keep one', async () => {
    const clients = await Promise.all(
      Array.from({ length: kind === 'EMBEDDED' ? 1 : 10 }, () => database.pool.connect()),
    );
    await expect(inTransaction(database, async () => {}, { waitMs: 100 })).rejects.toThrow();
    for (const client of clients) client.release();
    for (let n = 0; n < 12; n++) await inTransaction(database, (tx) => tx.$queryRaw`SELECT 1`, { waitMs: 1_000 });
  });

  test('keeps to the isolation that was asked for', async () => {
    const level = await inTransaction(
      database,
      (tx) => tx.$queryRaw`SELECT current_setting('transaction_isolation') AS level`,
      {
        isolation: 'Serializable',
      },
    );
    expect(level).toEqual([{ level: 'serializable' }]);
  });

  test('hears what is sent to a channel, and nothing more once it stopped listening', async () => {
    const sent: unknown[] = [];
    const listener = await database.listen('Alerts', (payload) => sent.push(payload));
    await database.pool.query(`SELECT pg_notify('Alerts', '42')`);
    await expect.poll(() => sent).toEqual(['42']);
    await listener.close();
    await database.pool.query(`SELECT pg_notify('Alerts', '43')`);
    await wait(50);
    expect(sent).toEqual(['42']);
  });
});

describe('on PostgreSQL alone', () => {
  let database: Database;
  let url: string;
  const heard: unknown[] = [];
  beforeAll(async () => {
    url = await createDatabase({ empty: true });
    database = await openDatabase({ url, acceptDataLoss: true }, { onError: (error) => heard.push(error) });
    await database.pool.query('CREATE TABLE account (id int PRIMARY KEY, amount int NOT NULL)');
    await database.pool.query('INSERT INTO account VALUES (1, 100), (2, 100)');
  });
  afterAll(() => database.close());

  test('sets limits on what a request may take, and warns of a server that may lose data, which was accepted', async () => {
    const { rows } = await database.pool.query(
      "SELECT current_setting('statement_timeout') s, current_setting('lock_timeout') l, current_setting('idle_in_transaction_session_timeout') i",
    );
    expect(rows).toEqual([{ s: '5s', l: '2s', i: '10s' }]);
    expect(database.warnings.join()).toContain('fsync is off');
  });

  test('runs a transaction again that lost to another: serializable', async () => {
    let runs = 0;
    let bothHaveLooked = () => {};
    const looked = new Promise<void>((resolve) => {
      bothHaveLooked = resolve;
    });
    // Each looks at both accounts and empties one of them, which only one of the two may.
    const withdraw = (id: number) =>
      inTransaction(
        database,
        async (tx) => {
          runs++;
          const [row] = await tx.$queryRaw<Array<{ sum: number }>>`SELECT sum(amount)::int AS sum FROM account`;
          if (runs === 2) bothHaveLooked();
          await looked;
          if (row?.sum === 200) await tx.$executeRaw`UPDATE account SET amount = 0 WHERE id = ${id}`;
        },
        { isolation: 'Serializable' },
      );
    await Promise.all([withdraw(1), withdraw(2)]);
    expect(runs).toBeGreaterThan(2);
    const { rows } = await database.pool.query('SELECT sum(amount)::int AS sum FROM account');
    expect(rows).toEqual([{ sum: 100 }]);
  });

  test('runs a transaction again that lost to another: deadlock', async () => {
    let runs = 0;
    const lock = (first: number, second: number) =>
      inTransaction(database, async (tx) => {
        runs++;
        await tx.$executeRaw`UPDATE account SET amount = amount + 1 WHERE id = ${first}`;
        if (runs <= 2) await wait(100);
        await tx.$executeRaw`UPDATE account SET amount = amount + 1 WHERE id = ${second}`;
      });
    await Promise.all([lock(1, 2), lock(2, 1)]);
    expect(runs).toBeGreaterThan(2);
  });

  test('gives up after three tries', async () => {
    let runs = 0;
    const conflict = Object.assign(new Error('conflict'), { code: 'P2034' });
    const failing = inTransaction(database, async () => {
      runs++;
      throw conflict;
    });
    await expect(failing).rejects.toBe(conflict);
    expect(runs).toBe(3);
  });

  test('survives that the server ends its connections: idle, in use, listening', async () => {
    const sent: unknown[] = [];
    const listener = await database.listen('alerts', (payload) => sent.push(payload));
    const client = await database.pool.connect();
    await database.pool.query('SELECT 1');
    const name = new URL(url).pathname.slice(1);
    await administer(
      url.replace(name, 'postgres'),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    // Told to catch up, for it cannot know what it has missed.
    await expect.poll(() => sent, { timeout: 10_000 }).toEqual([undefined]);
    await expect(client.query('SELECT 1')).rejects.toThrow();
    client.release(true);

    await database.pool.query(`SELECT pg_notify('alerts', 'after')`);
    await expect.poll(() => sent).toEqual([undefined, 'after']);
    expect(heard.length).toBeGreaterThan(0);
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard.filter((error) => Object.hasOwn(error as object, 'client'))).toEqual([]);
    await listener.close();
  });

  test('listening to a server that is not there neither throws nor ends', async () => {
    const { listenOn } = await import('../../server/platform/storage/listen.ts');
    const errors: unknown[] = [];
    const listener = await listenOn(
      { connectionString: 'postgres://x@127.0.0.1:1/none' },
      'alerts',
      () => {},
      (error) => errors.push(error),
    );
    expect(errors).toHaveLength(1);
    await listener.close();
  });

  test('refuses a server that cannot be reached', async () => {
    await expect(openDatabase({ url: 'postgres://x@127.0.0.1:1/none' })).rejects.toThrow(/ECONNREFUSED/);
  });
});
