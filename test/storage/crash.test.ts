import { expect, test } from 'vitest';
import { openEmbedded } from '../../server/platform/storage/embedded/embedded.ts';
import { DatabaseCrashedError } from '../../server/platform/storage/errors.ts';
import { withoutTimeout } from '../../server/platform/storage/without-timeout.ts';

const endless = 'SELECT count(*) FROM generate_series(1, 1000000000) a, generate_series(1, 1000) b';

test('a statement that does not end costs the thread; it and all later ones fail, which is told once', async () => {
  const crashes: DatabaseCrashedError[] = [];
  const database = await openEmbedded({ memory: true }, { limitMs: 500, onCrash: (error) => crashes.push(error) });
  const running = database.pool.query(endless);
  const waiting = database.pool.query('SELECT 1');
  await expect(running).rejects.toThrow('a statement ran for more than 0.5 s');
  await expect(waiting).rejects.toBeInstanceOf(DatabaseCrashedError);
  await expect(database.pool.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseCrashedError);
  await expect(database.dump()).rejects.toBeInstanceOf(DatabaseCrashedError);
  expect(crashes).toHaveLength(1);
  expect(crashes[0]).toBeInstanceOf(DatabaseCrashedError);
  await database.close();
});

test('a thread that dies while its client is idle is told to the handlers, and nothing is left unhandled', async () => {
  const heard: unknown[] = [];
  let crash: (error: DatabaseCrashedError) => void = () => {};
  const crashed = new Promise<DatabaseCrashedError>((resolve) => {
    crash = resolve;
  });
  const database = await openEmbedded(
    { memory: true },
    { limitMs: 300, onCrash: crash, onError: (error) => heard.push(error) },
  );
  const client = await database.pool.connect();
  client.query(endless).catch(() => {});
  client.release();
  await crashed;
  await expect(database.pool.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseCrashedError);
  expect(heard.length).toBeGreaterThan(0);
  await database.close();
});

test('work that asks for patience may take longer', async () => {
  const database = await openEmbedded({ memory: true }, { limitMs: 2_000 });
  const { rows } = await withoutTimeout(database.pool, (client) => client.query('SELECT pg_sleep(2.5), 1 AS done'));
  expect(rows).toMatchObject([{ done: 1 }]);
  await database.close();
});
