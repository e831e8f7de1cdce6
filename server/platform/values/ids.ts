import { randomFillSync } from 'node:crypto';
import { v7, validate } from 'uuid';
import { InvalidInput, NotFound } from './errors.ts';

const ID_BYTES = 16;
/** Random bytes for many ids at once: the call costs more than the bytes. */
const pool = new Uint8Array(256 * ID_BYTES);
let used = pool.length;
let msecs = 0;
let seq = 0;

/** A new id: UUIDv7, so that ids ascend in the order in which this process made them. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + ID_BYTES);
  used += ID_BYTES;
  const now = Date.now();
  // A clock that is set back does not make ids descend.
  if (now > msecs) {
    msecs = now;
    // Room for as many ids as a millisecond can see.
    seq = ((random[6] ?? 0) << 16) | ((random[7] ?? 0) << 8) | (random[8] ?? 0);
  } else {
    seq += 1;
  }
  return v7({ random, msecs, seq });
}

/** A global id as Relay has it: base64 of `Type:uuid`. */
export function toGlobalId(type: string, id: string): string {
  return Buffer.from(`${type}:${id}`).toString('base64');
}

/** The type and uuid in a global id; null when it is none. */
export function parseGlobalId(globalId: string): { type: string; id: string } | null {
  const [type, id, ...rest] = Buffer.from(globalId, 'base64').toString('utf8').split(':');
  return type && id && rest.length === 0 && validate(id) ? { type, id } : null;
}

/**
 * The uuid in a global id of the given type.
 *
 * @throws {NotFound} it is no id, or another type's: the answer is that of an id that does not exist
 */
export function idOf(type: string, globalId: string): string {
  const parsed = parseGlobalId(globalId);
  if (parsed?.type !== type) throw new NotFound(type);
  return parsed.id;
}

/**
 * The uuid in a global id that an input refers to.
 *
 * @throws {InvalidInput} it is no id of the given type
 */
export function referenceOf(type: string, globalId: string, path: string): string {
  const parsed = parseGlobalId(globalId);
  if (parsed?.type !== type) throw new InvalidInput([{ path, message: `is not the id of a ${type}` }]);
  return parsed.id;
}
