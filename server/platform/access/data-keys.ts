import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DataKey {
  readonly id: string;
  readonly secret: Buffer;
}

/** The keys of `TIERLINE_DATA_KEY`; the first one seals. */
export function parseDataKeys(list: string): DataKey[] {
  return list.split(',').map((entry) => {
    const [id = '', secret = ''] = entry.split(':');
    return { id, secret: Buffer.from(secret, 'base64') };
  });
}

/**
 * The key of an embedded database whose operator gave none: made at first start and kept beside the data, so that the
 * demo needs no settings. A backup of the folder then contains the key; production sets `TIERLINE_DATA_KEY`.
 */
export function readOrCreateDataKey(folder: string): DataKey {
  const found = readDataKey(folder);
  if (found) return found;
  const secret = randomBytes(32);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'data-key'), secret.toString('base64'), { mode: 0o600 });
  return { id: 'k1', secret };
}

/** The key that was made there; null before the first start. */
export function readDataKey(folder: string): DataKey | null {
  const file = join(folder, 'data-key');
  return existsSync(file) ? { id: 'k1', secret: Buffer.from(readFileSync(file, 'utf8'), 'base64') } : null;
}
