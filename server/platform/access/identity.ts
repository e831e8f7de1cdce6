import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { readScope, type ScopeName, type TokenScope } from './actor.ts';
import { type Subject, type SubjectKey, type SubjectReader, subjectValue } from './token-subject.ts';

/** What a valid token says. Roles come from the database, never from the token. */
export interface Claims {
  readonly staffId: string;
  /** What the token calls the person, where that is not our id: it has to name the same person for as long as somebody acts with it. */
  readonly subject?: Subject;
  readonly scopes: readonly TokenScope[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Tells who a token belongs to. */
export interface Identity {
  /** Null for every token that is not to be trusted, whatever is wrong with it. Fails where people cannot be looked up. */
  verify(token: string): Promise<Claims | null>;
}

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const SKEW_SECONDS = 60;
const SCOPES: readonly ScopeName[] = ['metrics:write', 'alerts:read', 'customers:read'];

export interface IdentityOptions {
  readonly key: { readonly jwksUrl: string } | { readonly publicKey: KeyObject };
  readonly issuer?: string | undefined;
  readonly audience: string;
  /** Which claim names the person, and what of a person it is; `sub` and our id unless said. */
  readonly subject?: { readonly claim: string; readonly by: SubjectKey } | undefined;
  /** Where people are looked up whom tokens do not name by our id. */
  readonly people?: Pick<SubjectReader, 'find'>;
  /** Milliseconds after which the key set is fetched again, and for which the last one is good while that fails. */
  readonly refreshMs?: number;
  readonly keepMs?: number;
}

/** Ten minutes and a day: a rotated key is known soon, and an outage of the issuer is survived for a day. */
const [REFRESH_MS, KEEP_MS] = [600_000, 86_400_000];

/**
 * The keys at an address: fetched once, again for an unknown key (at most once in half a minute), and again every while in the
 * background. While the address does not answer the last set holds, for a day; a key that is taken out of it ends with it.
 *
 * @param onChange told when a set has come
 */
function remoteKeys(
  jwksUrl: string,
  { refreshMs = REFRESH_MS, keepMs = KEEP_MS }: Pick<IdentityOptions, 'refreshMs' | 'keepMs'>,
  onChange: () => void,
): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    cacheMaxAge: Number.POSITIVE_INFINITY,
  });
  let [loadedAt, triedAt] = [0, 0];
  const refresh = async () => {
    triedAt = performance.now();
    await remote.reload();
    loadedAt = performance.now();
    onChange();
  };
  return async (header, token) => {
    const now = performance.now();
    if (loadedAt === 0) {
      const key = await remote(header, token);
      [loadedAt, triedAt] = [now, now];
      return key;
    }
    if (now - triedAt > refreshMs) refresh().catch(() => undefined);
    if (now - loadedAt > keepMs) throw new Error('the key set is too old');
    return remote(header, token);
  };
}

/**
 * Verifies JWTs: RS256, ES256 or EdDSA, with audience, expiry and a skew of at most a minute. `none`, shared secrets and
 * keys that a token brings along are refused.
 */
export function createIdentity({
  key,
  issuer,
  audience,
  subject = { claim: 'sub', by: 'id' },
  people,
  ...ages
}: IdentityOptions): Identity {
  const known = new Map<string, Said>();
  // What a key signed that is no longer in the set is looked at again.
  const resolveKey: JWTVerifyGetKey =
    'jwksUrl' in key ? remoteKeys(key.jwksUrl, ages, () => known.clear()) : async () => key.publicKey;
  const read = async (token: string): Promise<Said | null> => {
    const cached = known.get(token);
    if (cached) return cached.expiresAt > Date.now() ? cached : null;
    try {
      const { payload } = await jwtVerify(token, resolveKey, {
        algorithms: ALGORITHMS,
        audience,
        ...(issuer && { issuer }),
        clockTolerance: SKEW_SECONDS,
        requiredClaims: [subject.claim, 'exp', 'aud'],
      });
      const said = saidBy(payload, subject);
      if (known.size >= 10_000) known.clear();
      if (said) known.set(token, said);
      return said;
    } catch {
      return null;
    }
  };
  return {
    async verify(token) {
      const said = await read(token);
      if (!said) return null;
      const { value, ...rest } = said;
      const { by } = subject;
      if (by === 'id') return { staffId: value, ...rest };
      const named = { by, value };
      const staffId = await people?.find(named);
      return staffId ? { staffId, subject: named, ...rest } : null;
    },
  };
}

/** What a token says, before it is known who that is. */
interface Said extends Pick<Claims, 'scopes' | 'expiresAt'> {
  readonly value: string;
}

function saidBy(payload: JWTPayload, { claim, by }: { readonly claim: string; readonly by: SubjectKey }): Said | null {
  const { exp, scope } = payload;
  const value = subjectValue(payload[claim], by);
  if (value === null || exp === undefined) return null;
  // Whoever may write any address into an account of theirs would be anybody.
  if (by === 'email' && payload.email_verified === false) return null;
  const named = typeof scope === 'string' ? scope.split(' ') : [];
  return { value, scopes: named.filter(isScope), expiresAt: exp * 1000 };
}

/** A scope that there is, with at most a policy and a branch behind it. */
function isScope(text: string): text is TokenScope {
  return (
    /^[a-z]+:[a-z]+(:[a-z][\w-]{0,63}(:[\w.-]{1,64})?)?$/.test(text) &&
    SCOPES.includes(readScope(text as TokenScope).name)
  );
}

const ISSUER = 'tierline-local';

/** Signs tokens with a key of its own: for the demo and the sandbox, never in production. */
export interface TokenIssuer {
  readonly identity: Identity;
  sign(
    staffId: string,
    options?: { readonly scopes?: readonly TokenScope[]; readonly hours?: number },
  ): Promise<string>;
}

/** @param folder where the key pair is kept over restarts; without it the key lives as long as the process */
export function createTokenIssuer(folder?: string): TokenIssuer {
  const privateKey = folder ? readOrCreateKey(folder) : generateKeyPairSync('ed25519').privateKey;
  const identity = createIdentity({
    key: { publicKey: createPublicKey(privateKey) },
    issuer: ISSUER,
    audience: 'tierline',
  });
  return {
    identity,
    sign: (staffId, { scopes = [], hours = 24 * 30 } = {}) =>
      new SignJWT(scopes.length > 0 ? { scope: scopes.join(' ') } : {})
        .setProtectedHeader({ alg: 'EdDSA' })
        .setSubject(staffId)
        .setIssuer(ISSUER)
        .setAudience('tierline')
        .setIssuedAt()
        .setExpirationTime(`${hours}h`)
        .sign(privateKey),
  };
}

function readOrCreateKey(folder: string): KeyObject {
  const file = join(folder, 'demo-token-key.pem');
  if (existsSync(file)) return createPrivateKey(readFileSync(file));
  const { privateKey } = generateKeyPairSync('ed25519');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return privateKey;
}
