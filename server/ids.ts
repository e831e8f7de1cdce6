import { v7, validate } from 'uuid';
import { InvalidInput, NotFound } from './errors.ts';

/** A new id: UUIDv7, so that ids ascend with the time at which they were made. */
export function newId(): string {
  return v7();
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
