import type { Prisma } from '../../../prisma/generated/client/client.ts';

/**
 * A plain value as a JSON column takes it. Interfaces have no index signature, so TypeScript does not see that theirs are JSON.
 *
 * @param value made of strings, numbers, booleans, null, arrays and plain objects alone
 */
export function jsonOf(value: object): Prisma.InputJsonObject {
  return value as Prisma.InputJsonObject;
}
