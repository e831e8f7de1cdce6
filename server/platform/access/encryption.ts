import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Identifiers at rest: AES-256-GCM with a random 96-bit IV, bound to the place where they stand (table|column|row), so that
 * a ciphertext that is moved to another row does not open. A sealed value is `v1.<key id>.<iv>.<tag>.<ciphertext>`.
 */
export interface FieldCipher {
  seal(value: string, place: string): string;
  /** @throws {Error} it is damaged, from another place, or its key is not known */
  open(sealed: string, place: string): string;
  /** A keyed digest of a value in its normal form (customers/identifiers.ts), for exact search; it is never shown. */
  blindIndex(value: string): string;
  /** The digests under all keys, to find what was stored before the key was changed. */
  blindIndexes(value: string): string[];
  /** Whether the key that seals now sealed the value, too. */
  isCurrent(sealed: string): boolean;
}

/** Keys by id; the first one seals, the others only open what they sealed. */
export function createFieldCipher(keys: readonly { readonly id: string; readonly secret: Buffer }[]): FieldCipher {
  const [current] = keys;
  if (!current) throw new Error('at least one data key is needed');
  const derived = new Map(keys.map(({ id, secret }) => [id, derive(secret, 'seal')]));
  const indexKeys = keys.map(({ secret }) => derive(secret, 'index'));
  const digest = (key: Buffer, value: string) => createHmac('sha256', key).update(value).digest('base64url');
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
    blindIndex: (value) => digest(indexKeys[0] as Buffer, value),
    blindIndexes: (value) => indexKeys.map((key) => digest(key, value)),
    isCurrent: (sealed) => sealed.startsWith(`v1.${current.id}.`),
  };
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `tierline ${purpose}`, 32));
}
