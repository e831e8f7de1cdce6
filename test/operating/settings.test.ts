import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unfitNode } from '../../server/app/cli/node-version.ts';
import { operatorError } from '../../server/app/cli/operator-error.ts';
import { createLog } from '../../server/app/create-log.ts';
import { readEnv, unknownVariables } from '../../server/app/env.ts';
import { startServer } from '../../server/app/serve.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';
import { tierline } from '../support/tierline.ts';

// Whoever sets up a server wrongly hears one sentence that names the setting, and 2 is what the command ends with.

const KEY = `k1:${Buffer.alloc(32, 7).toString('base64')}`;
const JWKS = 'https://id.example/jwks';
let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await createDatabase();
});
afterAll(() => dropDatabase(databaseUrl));

const other = (change: (url: URL) => void) => {
  const url = new URL(databaseUrl);
  change(url);
  return url.href;
};

/** What an operator reads of a start with these settings. */
async function said(settings: Record<string, string>) {
  const given = {
    TIERLINE_DATA_KEY: KEY,
    JWT_JWKS_URL: JWKS,
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    PORT: '0',
    ...settings,
  };
  try {
    const plugins = settings.plugin ? [settings.plugin] : [];
    const { app } = await startServer(readEnv(given), { demo: false, log: createLog('silent'), plugins });
    await app.close();
    return null;
  } catch (error) {
    const { DATABASE_URL, TIERLINE_DATA, HOST, PORT } = given as Record<string, string | undefined>;
    return operatorError(error, { DATABASE_URL, TIERLINE_DATA, HOST, PORT });
  }
}

describe('a wrong setting', () => {
  test.each<{ it: string; settings: () => Record<string, string>; names: RegExp }>([
    {
      it: 'a user whom there is not',
      settings: () => ({ DATABASE_URL: other((url) => Object.assign(url, { username: 'nobody', password: 'x' })) }),
      names: /^DATABASE_URL: /,
    },
    {
      it: 'a database that there is not',
      settings: () => ({ DATABASE_URL: other((url) => Object.assign(url, { pathname: '/nowhere' })) }),
      names: /^DATABASE_URL: .*nowhere/,
    },
    {
      it: 'a port where nothing listens',
      settings: () => ({ DATABASE_URL: other((url) => Object.assign(url, { port: '1' })) }),
      names: /^DATABASE_URL: nothing listens at 127\.0\.0\.1:1 /,
    },
    {
      it: 'TLS where there is none',
      settings: () => ({ DATABASE_URL: `${databaseUrl}?sslmode=require` }),
      names: /^DATABASE_URL: .*TLS/,
    },
    {
      it: 'a key that is none',
      settings: () => ({ DATABASE_URL: databaseUrl, JWT_JWKS_URL: '', JWT_PUBLIC_KEY: '-----BEGIN PUBLIC KEY-----' }),
      names: /^JWT_PUBLIC_KEY: is no public key/,
    },
    {
      it: 'a list of operations that there is not',
      settings: () => ({ DATABASE_URL: databaseUrl, TIERLINE_OPERATIONS: '/nowhere.json' }),
      names: /^TIERLINE_OPERATIONS: .*nowhere/,
    },
    {
      it: 'a folder below a file',
      settings: () => ({ TIERLINE_DATA: '/etc/hosts/data' }),
      names: /^TIERLINE_DATA: /,
    },
    {
      it: 'a plugin that there is not',
      settings: () => ({ DATABASE_URL: databaseUrl, plugin: '/nowhere/plugin' }),
      names: /^--plugin: \/nowhere\/plugin cannot be loaded/,
    },
    { it: 'a word for a port', settings: () => ({ PORT: 'http' }), names: /^PORT: / },
    {
      it: 'a short token of metrics',
      settings: () => ({ TIERLINE_METRICS_TOKEN: 'short' }),
      names: /^TIERLINE_METRICS_TOKEN: /,
    },
  ])('of $it is one sentence with its name', async ({ settings, names }) => {
    const told = await said(settings());
    expect(told).toMatchObject({ code: 2, sentence: expect.stringMatching(names) });
    expect(told?.sentence).not.toContain('\n');
    expect(told?.sentence).not.toMatch(/password=|:\/\/.*:.*@/);
  });

  test('of a port that is taken names PORT', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const PORT = String((taken.address() as AddressInfo).port);
    try {
      expect(await said({ DATABASE_URL: databaseUrl, PORT })).toMatchObject({
        code: 2,
        sentence: expect.stringContaining(`PORT: something else listens at ${PORT}`),
      });
    } finally {
      taken.close();
    }
  });

  test.each([
    { code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed certificate in certificate chain' },
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', message: 'unable to verify the first certificate' },
    { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' },
  ])('of an authority that nobody trusts says where to name it: $code', ({ code, message }) => {
    const told = operatorError(Object.assign(new Error(message), { code }), {
      DATABASE_URL: 'postgres://u:secret@db.bank.example/care',
      TIERLINE_DATA: undefined,
      HOST: undefined,
      PORT: undefined,
    });
    expect(told).toMatchObject({
      code: 2,
      sentence: expect.stringMatching(/^DATABASE_URL: .*db\.bank\.example.*sslrootcert/),
    });
    expect(told?.sentence).not.toContain('secret');
  });
});

test('a defect is none of that, and keeps its stack', () => {
  const place = { DATABASE_URL: 'postgres://db/care', TIERLINE_DATA: undefined, HOST: undefined, PORT: undefined };
  expect(operatorError(new TypeError('x is not a function'), place)).toBeNull();
});

test('the command ends with 2, says nothing but the sentence, and warns of names that nothing reads', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tierline-'));
  const words = ['import', 'customers', join(folder, 'missing.csv')];
  const ran = await tierline(words, { TIERLINE_DATA: join(folder, 'data'), TIERLINE_ORIGIN: 'https://a.example' });
  expect(ran.code).toBe(2);
  expect(ran.err).not.toMatch(/^\s+at /m);
  expect(ran.err).toContain(`file ${join(folder, 'missing.csv')} is not there`);
  expect(ran.err).toContain('TIERLINE_ORIGIN is no setting and is not read; is TIERLINE_ORIGINS meant?');
});

test.each([
  { name: 'TIERLINE_DATAKEY', nearest: 'TIERLINE_DATA_KEY' },
  { name: 'TIERLINE_INTROSPECTON', nearest: 'TIERLINE_INTROSPECTION' },
  { name: 'JWT_ISSUR', nearest: 'JWT_ISSUER' },
  { name: 'TIERLINE_SOMETHING_ELSE_ALTOGETHER', nearest: null },
])('$name is unknown, and $nearest is near', ({ name, nearest }) => {
  expect(unknownVariables({ [name]: '1', TIERLINE_DATA: 'x', PATH: '/bin' })).toEqual([{ name, nearest }]);
});

test.each([
  { version: '18.20.4', isFit: false },
  { version: '20.18.1', isFit: false },
  { version: '20.19.0', isFit: true },
  { version: '21.7.0', isFit: false },
  { version: '22.11.0', isFit: false },
  { version: '22.12.0', isFit: true },
  { version: '24.0.0', isFit: true },
  { version: '26.10.0', isFit: true },
])('Node $version does: $isFit', ({ version, isFit }) => {
  expect(unfitNode(version) === null).toBe(isFit);
});
