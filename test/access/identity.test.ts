import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentity, type Identity } from '../../server/platform/access/identity.ts';
import { newId } from '../../server/platform/values/ids.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'tierline';
const STAFF = newId();

const KEYS = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
} as const;
type Algorithm = keyof typeof KEYS;
const foreign = generateKeyPairSync('ed25519').privateKey;

let server: Server;
let url: string;
let fetches = 0;
let isDown = false;
/** What is served, where it is not all keys. */
let served: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA'];
let identity: Identity;

beforeAll(async () => {
  const keys = await Promise.all(
    Object.entries(KEYS).map(async ([alg, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      alg,
      kid: alg,
      use: 'sig',
    })),
  );
  server = createServer((_request, response) => {
    fetches += 1;
    response.writeHead(isDown ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: keys.filter(({ kid }) => served.includes(kid as Algorithm)) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  identity = createIdentity({ key: { jwksUrl: url }, issuer: ISSUER, audience: AUDIENCE });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;
const GOOD = { sub: STAFF, iss: ISSUER, aud: AUDIENCE, exp: seconds(600) };

function sign(
  claims: JWTPayload = GOOD,
  { alg = 'EdDSA', key, header = {} }: { alg?: Algorithm; key?: KeyObject; header?: Record<string, unknown> } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg, kid: alg, ...header }).sign(key ?? KEYS[alg].privateKey);
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token whose signature is an HMAC with something that is public. */
function confused(secret: string | Buffer, kid: string): string {
  const head = `${encode({ alg: 'HS256', kid })}.${encode(GOOD)}`;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

test.each(Object.keys(KEYS) as Algorithm[])('%s is accepted', async (alg) => {
  expect(await identity.verify(await sign(GOOD, { alg }))).toEqual({
    staffId: STAFF,
    scopes: [],
    expiresAt: GOOD.exp * 1000,
  });
});

test('only scopes that exist are taken from a token', async () => {
  const claims = await identity.verify(await sign({ ...GOOD, scope: 'metrics:write admin customers:read *' }));
  expect(claims?.scopes).toEqual(['metrics:write', 'customers:read']);
});

test.each([
  { it: 'expired', claims: { ...GOOD, exp: seconds(-120) } },
  { it: 'without an end', claims: { sub: STAFF, iss: ISSUER, aud: AUDIENCE } },
  { it: 'not yet valid', claims: { ...GOOD, nbf: seconds(120) } },
  { it: 'for another audience', claims: { ...GOOD, aud: 'other' } },
  { it: 'without an audience', claims: { sub: STAFF, iss: ISSUER, exp: GOOD.exp } },
  { it: 'of another issuer', claims: { ...GOOD, iss: 'https://other.example' } },
  { it: 'of no issuer', claims: { sub: STAFF, aud: AUDIENCE, exp: GOOD.exp } },
  { it: 'of nobody', claims: { iss: ISSUER, aud: AUDIENCE, exp: GOOD.exp } },
  { it: 'of somebody who is no uuid', claims: { ...GOOD, sub: "' or 1=1 --" } },
])('a token $it is refused', async ({ claims }) => {
  expect(await identity.verify(await sign(claims))).toBeNull();
});

test('a minute of skew is forgiven, more is not', async () => {
  expect(await identity.verify(await sign({ ...GOOD, nbf: seconds(50) }))).not.toBeNull();
  expect(await identity.verify(await sign({ ...GOOD, nbf: seconds(75) }))).toBeNull();
});

test('signatures that prove nothing are refused', async () => {
  const good = await sign();
  const [head, payload, signature = ''] = good.split('.');
  const pem = KEYS.RS256.publicKey.export({ type: 'spki', format: 'pem' });
  const jwk = await exportJWK(generateKeyPairSync('ed25519').publicKey);
  const forged = [
    `${encode({ alg: 'none' })}.${payload}.`,
    `${encode({ alg: 'none', kid: 'EdDSA' })}.${payload}.${signature}`,
    `${encode({ alg: 'None' })}.${payload}.`,
    confused(pem, 'RS256'),
    confused(JSON.stringify(await exportJWK(KEYS.RS256.publicKey)), 'RS256'),
    confused('', 'EdDSA'),
    await sign(GOOD, { key: foreign }),
    await sign(GOOD, { key: foreign, header: { jwk } }),
    await sign(GOOD, { key: foreign, header: { jku: url } }),
    await sign(GOOD, { key: foreign, header: { kid: 'ES256' } }),
    await sign(GOOD, { header: { kid: 'RS256' } }),
    `${head}.${encode({ ...GOOD, sub: newId() })}.${signature}`,
    `${head}.${payload}.`,
    `${head}.${payload}`,
    `${good}.${signature}`,
    '',
    'a.b.c',
  ];
  for (const token of forged) expect(await identity.verify(token), token).toBeNull();
  expect(await identity.verify(good)).not.toBeNull();
});

test('unknown extensions that a token calls critical refuse it', async () => {
  const head = encode({ alg: 'EdDSA', kid: 'EdDSA', crit: ['urgent'], urgent: true });
  const [, payload, signature] = (await sign()).split('.');
  expect(await identity.verify(`${head}.${payload}.${signature}`)).toBeNull();
});

test('a flood of unknown keys fetches the key set at most once within the cooldown, and known keys go on', async () => {
  const before = fetches;
  const fresh = createIdentity({ key: { jwksUrl: url }, issuer: ISSUER, audience: AUDIENCE });
  expect(await fresh.verify(await sign())).not.toBeNull();
  for (let index = 0; index < 200; index++) {
    expect(await fresh.verify(await sign(GOOD, { key: foreign, header: { kid: `unknown-${index}` } }))).toBeNull();
  }
  expect(fetches - before).toBe(1);
  isDown = true;
  expect(await fresh.verify(await sign({ ...GOOD, exp: seconds(500) }))).not.toBeNull();
  isDown = false;
});

test('a token in its minute of skew is not kept as good beyond its end', async () => {
  const token = await sign({ ...GOOD, exp: seconds(-58) });
  expect(await identity.verify(token)).not.toBeNull();
  expect(await identity.verify(token)).toBeNull();
});

const until = async (isSo: () => Promise<boolean>) => {
  for (let tries = 0; tries < 200 && !(await isSo()); tries++) await new Promise((next) => setTimeout(next, 10));
  return isSo();
};

test('keys are exchanged without a word: the new one is taken up, what the old one signed ends', async () => {
  served = ['RS256'];
  const fresh = createIdentity({ key: { jwksUrl: url }, issuer: ISSUER, audience: AUDIENCE, refreshMs: 20 });
  const [old, next] = [await sign(GOOD, { alg: 'RS256' }), await sign(GOOD, { alg: 'ES256' })];
  expect(await fresh.verify(old)).not.toBeNull();
  expect(await fresh.verify(next)).toBeNull();
  served = ['RS256', 'ES256'];
  expect(await until(async () => (await fresh.verify(next)) !== null)).toBe(true);
  expect(await fresh.verify(old)).not.toBeNull();
  served = ['ES256'];
  // A token that was seen before is not asked about again until somebody brings another one.
  expect(
    await until(async () => {
      await fresh.verify(await sign({ ...GOOD, jti: String(Math.random()) }, { alg: 'ES256' }));
      return (await fresh.verify(old)) === null;
    }),
  ).toBe(true);
  served = ['RS256', 'ES256', 'EdDSA'];
});

test('while the key set is away the last one holds, and not for ever', async () => {
  const options = { key: { jwksUrl: url }, issuer: ISSUER, audience: AUDIENCE };
  const patient = createIdentity({ ...options, refreshMs: 10 });
  const strict = createIdentity({ ...options, refreshMs: 10, keepMs: 300 });
  const one = () => sign({ ...GOOD, jti: String(Math.random()) });
  expect([await patient.verify(await one()), await strict.verify(await one())]).not.toContain(null);
  isDown = true;
  for (let tries = 0; tries < 10; tries++) {
    await new Promise((next) => setTimeout(next, 40));
    expect(await patient.verify(await one())).not.toBeNull();
  }
  expect(await until(async () => (await strict.verify(await one())) === null)).toBe(true);
  isDown = false;
  expect(await until(async () => (await strict.verify(await one())) !== null)).toBe(true);
});
