import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Identifiers at rest: AES-256-GCM with a random 96-bit IV, bound to the place where they stand (table|column|row), so that
 * a ciphertext that is moved to another row does not open. A sealed value is `v1.<key id>.<iv>.<tag>.<ciphertext>`.
 */
export interface FieldCipher {
  seal(value: string, place: string): string;
  /** @throws {Error} it is damaged, from another place, or its key is not known */
  open(sealed: string, place: string): string;
  /** What is no text: the same, as `v1.<key id>.` and then the bytes of IV, tag and ciphertext. */
  sealBytes(value: Uint8Array, place: string): Buffer;
  /** @throws {Error} as `open` */
  openBytes(sealed: Uint8Array, place: string): Buffer;
  /** How all bytes begin that the key that seals now sealed. */
  readonly currentHead: Buffer;
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
    sealBytes(value, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', derived.get(current.id) as Buffer, iv).setAAD(Buffer.from(place));
      const sealed = [cipher.update(value), cipher.final()];
      return Buffer.concat([Buffer.from(`v1.${current.id}.`), iv, cipher.getAuthTag(), ...sealed]);
    },
    openBytes(sealed, place) {
      const { id, rest } = headed(sealed);
      const key = derived.get(id);
      if (!key) throw new Error(`the data key ${id} is not known`);
      const [iv, tag, bytes] = [
        rest.subarray(0, IV_BYTES),
        rest.subarray(IV_BYTES, IV_BYTES + TAG_BYTES),
        rest.subarray(IV_BYTES + TAG_BYTES),
      ];
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
      return Buffer.concat([decipher.update(bytes), decipher.final()]);
    },
    currentHead: Buffer.from(`v1.${current.id}.`),
    blindIndex: (value) => digest(indexKeys[0] as Buffer, value),
    blindIndexes: (value) => indexKeys.map((key) => digest(key, value)),
    isCurrent: (sealed) => sealed.startsWith(`v1.${current.id}.`),
  };
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The key that sealed some bytes, and what comes behind its name. */
function headed(sealed: Uint8Array): { readonly id: string; readonly rest: Buffer } {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const end = bytes.indexOf('.', 'v1.'.length);
  if (end < 0 || bytes.toString('latin1', 0, 3) !== 'v1.') throw new Error('these are no sealed bytes');
  return { id: bytes.toString('latin1', 3, end), rest: bytes.subarray(end + 1) };
}

function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `tierline ${purpose}`, 32));
}
