import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Identifiers at rest: AES-256-GCM with a random 96-bit IV, bound to the place where they stand (table|column|row), so that
 * a ciphertext that is moved to another row does not open. A sealed value is `v1.<key id>.<iv>.<tag>.<ciphertext>`.
 */
export interface Sealer {
  seal(value: string, place: string): string;
  /** @throws {Error} it is damaged, from another place, or its key is not known */
  open(sealed: string, place: string): string;
  /** A keyed digest of the normalised value, for exact search; it is never shown. */
  blindIndex(value: string): string;
}

/** Keys by id; the first one seals, the others only open what they sealed. */
export function createSealer(keys: readonly { readonly id: string; readonly secret: Buffer }[]): Sealer {
  const [current] = keys;
  if (!current) throw new Error('at least one data key is needed');
  const derived = new Map(keys.map(({ id, secret }) => [id, derive(secret, 'seal')]));
  // The index key comes from the oldest key, so that a rotation does not lose what is indexed.
  const indexKey = derive((keys.at(-1) ?? current).secret, 'index');
  return {
    seal(value, place) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', derived.get(current.id) as Buffer, iv).setAAD(Buffer.from(place));
      const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return ['v1', current.id, ...[iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join(
        '.',
      );
    },
    open(sealed, place) {
      const [version, id = '', iv = '', tag = '', text = ''] = sealed.split('.');
      const key = derived.get(id);
      if (version !== 'v1' || !key) throw new Error(`the data key ${id} is not known`);
      const part = (encoded: string) => Buffer.from(encoded, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, part(iv)).setAAD(Buffer.from(place)).setAuthTag(part(tag));
      return Buffer.concat([decipher.update(part(text)), decipher.final()]).toString('utf8');
    },
    blindIndex(value) {
      const normal = value.normalize('NFKC').replace(/[\s-]/g, '').toLowerCase();
      return createHmac('sha256', indexKey).update(normal).digest('base64url');
    },
  };
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `tierline ${purpose}`, 32));
}
