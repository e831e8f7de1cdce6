import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operatorError } from '../../server/app/cli/operator-error.ts';
import { createLog } from '../../server/app/create-log.ts';
import { readEnv } from '../../server/app/env.ts';
import { holdDataKeys, keyFault } from '../../server/app/operations/key-canary.ts';
import { rotateKeys } from '../../server/app/operations/rotate-keys.ts';
import { startServer } from '../../server/app/serve.ts';
import { contactPlace } from '../../server/domain/customers/contacts.ts';
import type { DataKey } from '../../server/platform/access/data-keys.ts';
import { createFieldCipher } from '../../server/platform/access/encryption.ts';
import { type Database, openDatabase } from '../../server/platform/storage/database.ts';
import { newId } from '../../server/platform/values/ids.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';
import { tierline } from '../support/tierline.ts';

// Whoever comes with another key under the same id is told before anything is sealed with it.

const key = (id: string): DataKey => ({ id, secret: randomBytes(32) });
const K1 = key('k1');
const OTHER_K1 = key('k1');
const K2 = key('k2');
const listed = (...keys: readonly DataKey[]) =>
  keys.map(({ id, secret }) => `${id}:${secret.toString('base64')}`).join(',');

let url: string;
let database: Database;
let pool: Pool;
beforeEach(async () => {
  url = await createDatabase();
  database = await openDatabase({ url, acceptDataLoss: true });
  pool = database.pool;
});
afterEach(async () => {
  await database.close();
  await dropDatabase(url);
});

/** A contact whose telephone number the key has sealed, as it was before there were canaries. */
async function plantSealed(by: DataKey): Promise<void> {
  const id = newId();
  const sealed = createFieldCipher([by]).seal('13912345678', contactPlace(id));
  // Whose contact it is does not matter here.
  await pool.query('alter table contact disable trigger all');
  await pool.query(
    `insert into contact (id, customer_id, name, role, phone_sealed, created_at) values ($1, $1, 'Ann', 'buyer', $2, now())`,
    [id, sealed],
  );
}

async function start(keys: readonly DataKey[]) {
  const env = readEnv({
    DATABASE_URL: url,
    TIERLINE_DATA_KEY: listed(...keys),
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    JWT_JWKS_URL: 'https://id.example/jwks',
    PORT: '0',
  });
  try {
    await (await startServer(env, { demo: false, log: createLog('silent') })).app.close();
    return null;
  } catch (error) {
    return operatorError(error, { DATABASE_URL: url, TIERLINE_DATA: undefined, HOST: undefined, PORT: undefined });
  }
}

test('the first start takes any key, later ones that key alone', async () => {
  expect(await start([K1])).toBeNull();
  expect(await start([K1])).toBeNull();
  expect(await start([OTHER_K1])).toEqual({
    code: 2,
    sentence: expect.stringMatching(/^TIERLINE_DATA_KEY: the key k1 is not the one that has sealed these data/),
  });
  expect(await start([K1])).toBeNull();
});

test('a command that opens sealed data is refused, too, and writes nothing', async () => {
  await holdDataKeys(pool, [K1]);
  const ran = await tierline(['keys', 'rotate'], {
    DATABASE_URL: url,
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    TIERLINE_DATA_KEY: listed(K2, OTHER_K1),
  });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('TIERLINE_DATA_KEY: the key k1 is not the one');
  expect((await pool.query('select id from data_key')).rows).toEqual([{ id: 'k1' }]);
});

test('data that are older than their canary tell the true key as well', async () => {
  await plantSealed(K1);
  await expect(holdDataKeys(pool, [OTHER_K1])).rejects.toThrow('the key k1 is not the one');
  expect((await pool.query('select from data_key')).rowCount).toBe(0);
  await holdDataKeys(pool, [K1]);
  expect(await keyFault(pool, [OTHER_K1])).toContain('the key k1 is not the one');
});

test('a new key comes before the old one; the old one is missed until everything is sealed anew', async () => {
  await plantSealed(K1);
  await holdDataKeys(pool, [K1]);
  await holdDataKeys(pool, [K2, K1]);
  expect(await keyFault(pool, [K2])).toMatch(/the key k1 has sealed some of these data and is not among the keys/);
  await rotateKeys({ database, sealer: createFieldCipher([K2, K1]) });
  expect(await keyFault(pool, [K2])).toBeNull();
  await holdDataKeys(pool, [K2, K1]);
  expect(await keyFault(pool, [K2])).toBeNull();
});

test('of two nodes that start first with different keys one is refused', async () => {
  const came = await Promise.allSettled([holdDataKeys(pool, [K1]), holdDataKeys(pool, [OTHER_K1])]);
  expect(came.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
