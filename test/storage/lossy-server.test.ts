import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { administer, createDatabase, type PostgresServer, startPostgres } from '../support/postgres.ts';

describe('a server that may lose what it acknowledged', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ durable: true });
    await administer(server.url, "create role clerk login password 'clerk' in role pg_read_all_data");
  });
  afterAll(() => server.stop());

  const open = async (settings: { user?: string; acceptDataLoss?: boolean } = {}) => {
    const { user = 'postgres', ...rest } = settings;
    const url = Object.assign(new URL(server.url), { username: user, password: user }).href;
    const database = await openDatabase({ url, ...rest }, { onError: () => {} });
    await database.close();
    return database.warnings;
  };
  const LOSSES = {
    code: 'DATA_LOSS',
    message: expect.stringMatching(/synchronous_commit is off.*TIERLINE_ACCEPT_DATA_LOSS=true/),
  };

  test('as it is installed it is opened without a word', async () => {
    expect(await open()).toEqual([]);
  });

  test.each([
    {
      where: 'for the server',
      off: 'alter system set synchronous_commit = off',
      on: 'alter system reset synchronous_commit',
    },
    {
      where: 'for the database',
      off: 'alter database postgres set synchronous_commit = off',
      on: 'alter database postgres reset synchronous_commit',
    },
    {
      where: 'for the role',
      off: 'alter role clerk set synchronous_commit = off',
      on: 'alter role clerk reset synchronous_commit',
    },
  ])(
    'is refused where commits do not wait for the disk $where, and opened where that is accepted',
    async ({ off, on }) => {
      await administer(server.url, off);
      await administer(server.url, 'select pg_reload_conf()');
      try {
        await expect.poll(() => open({ user: 'clerk' }).catch((error: unknown) => error)).toMatchObject(LOSSES);
        expect(await open({ user: 'clerk', acceptDataLoss: true })).toEqual([
          expect.stringContaining('synchronous_commit'),
        ]);
      } finally {
        await administer(server.url, on);
        await administer(server.url, 'select pg_reload_conf()');
      }
      await expect.poll(() => open({ user: 'clerk' }).catch((error: unknown) => error)).toEqual([]);
    },
  );

  test('is refused where pages that are half written are not made good', async () => {
    await administer(server.url, 'alter system set full_page_writes = off');
    await administer(server.url, 'select pg_reload_conf()');
    await expect
      .poll(() => open().catch((error: unknown) => error))
      .toMatchObject({ code: 'DATA_LOSS', message: expect.stringContaining('full_page_writes is off') });
  });
});

test('the server of these tests, which loses everything, is refused by all three', async () => {
  const url = await createDatabase({ empty: true });
  await expect(openDatabase({ url })).rejects.toThrow(
    /fsync is off.*full_page_writes is off.*synchronous_commit is off/,
  );
});
