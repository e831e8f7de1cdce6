import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '../../server/app/create-log.ts';
import { readEnv } from '../../server/app/env.ts';
import { addStaff, dismissStaff, grantStaff, listStaff } from '../../server/app/operations/people.ts';
import { type Running, startServer } from '../../server/app/serve.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';
import { tierline } from '../support/tierline.ts';

// From an empty database to people who sign in with tokens of an identity provider, with nothing but the command and settings.

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
let env: Record<string, string>;
beforeAll(async () => {
  env = {
    DATABASE_URL: await createDatabase({ empty: true }),
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    TIERLINE_DATA_KEY: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
    JWT_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    PORT: '0',
  };
});
afterAll(() => dropDatabase(env.DATABASE_URL ?? ''));

const sign = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA' })
    .setAudience('tierline')
    .setExpirationTime('1h')
    .sign(privateKey);

async function viewer({ url }: Running, claims: Record<string, unknown>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await sign(claims)}` },
    body: JSON.stringify({ query: '{ viewer { name roles } }' }),
  });
  const { data, errors } = (await response.json()) as {
    data: { viewer: { name: string } } | null;
    errors?: { extensions: { code: string } }[];
  };
  return data?.viewer.name ?? errors?.[0]?.extensions.code;
}

const start = (more: Record<string, string>) =>
  startServer(readEnv({ ...env, ...more }), { demo: false, log: createLog('silent') });

let id: string;

test('the first administrator is made by a command on an empty database', async () => {
  const words = ['0017', '--name', 'Chen Li', '--branch', 'HQ', '--role', 'ADMIN', '--email', 'Chen@bank.example'];
  const added = await tierline(['staff', 'add', ...words, '--json'], env);
  expect(added.code).toBe(0);
  const person = JSON.parse(added.out);
  expect(person).toMatchObject({ number: '0017', branch: 'HQ', roles: ['ADMIN'], email: 'chen@bank.example' });
  id = person.id;
});

test('the commands go by the same rules as the mutations', async () => {
  const { app } = await start({});
  const { services } = app;
  try {
    const wrong = { number: '0018', name: 'Wu', branch: 'NOWHERE', roles: ['ADMIN'], by: 'a test' };
    await expect(addStaff(services, wrong)).rejects.toThrow('--branch NOWHERE is no branch');
    await expect(addStaff(services, { ...wrong, branch: 'HQ', roles: ['BOSS'] })).rejects.toThrow('BOSS is none of');
    const grant = { roles: ['auditor'], revoke: [], externalId: 'auth0|chen', by: 'a test' };
    expect(await grantStaff(services, '0017', grant)).toMatchObject({
      roles: ['ADMIN', 'AUDITOR'],
      externalId: 'auth0|chen',
    });
    await expect(dismissStaff(services, '0017', 'leaves')).rejects.toThrow('Nobody else administers this place');
    await addStaff(services, { ...wrong, branch: 'HQ' });
    expect(await dismissStaff(services, '0018', 'leaves')).toMatchObject({ person: { active: false }, held: [] });
    expect((await listStaff(services, false)).map(({ number }) => number)).toEqual(['0017']);
    const trail = await services.database.prisma.auditEntry.findMany({ where: { subjectType: 'Staff' } });
    expect(trail.map(({ action, actorId, reason }) => ({ action, actorId, reason }))).toContainEqual({
      action: 'END_STAFF',
      actorId: null,
      reason: 'leaves',
    });
  } finally {
    await app.close();
  }
});

test.each<{ it: string; settings: Record<string, string>; claims: () => Record<string, unknown> }>([
  { it: 'our id', settings: {}, claims: () => ({ sub: id }) },
  { it: 'the external id', settings: { JWT_SUBJECT_IS: 'externalId' }, claims: () => ({ sub: 'auth0|chen' }) },
  {
    it: 'the e-mail address in any case',
    settings: { JWT_SUBJECT_CLAIM: 'email' },
    claims: () => ({ sub: 'x', email: 'CHEN@bank.example' }),
  },
  {
    it: 'the staff number of another claim',
    settings: { JWT_SUBJECT_CLAIM: 'employee_number', JWT_SUBJECT_IS: 'number' },
    claims: () => ({ sub: 'x', employee_number: '0017' }),
  },
])('a token names its person by $it', async ({ settings, claims }) => {
  const running = await start(settings);
  try {
    expect(await viewer(running, claims())).toBe('Chen Li');
    expect(await viewer(running, { sub: 'somebody', email: 'other@bank.example', employee_number: '9' })).toBe(
      'UNAUTHENTICATED',
    );
  } finally {
    await running.app.close();
  }
});

test('an address that the provider has not verified, and one that somebody has no longer, sign nobody in', async () => {
  const running = await start({ JWT_SUBJECT_CLAIM: 'email' });
  try {
    const claims = { sub: 'x', email: 'chen@bank.example' };
    expect(await viewer(running, { ...claims, email_verified: false })).toBe('UNAUTHENTICATED');
    expect(await viewer(running, claims)).toBe('Chen Li');
    await running.app.services.database.prisma.staff.update({ where: { id }, data: { email: 'li@bank.example' } });
    await expect.poll(() => viewer(running, claims), { timeout: 3_000 }).toBe('UNAUTHENTICATED');
    expect(await viewer(running, { ...claims, email: 'li@bank.example' })).toBe('Chen Li');
  } finally {
    await running.app.close();
  }
});

test('a claim of which nobody knows what it is stops the start with a sentence', async () => {
  await expect(start({ JWT_SUBJECT_CLAIM: 'oid' })).rejects.toThrow(/^JWT_SUBJECT_IS: .*oid.*externalId/);
});
