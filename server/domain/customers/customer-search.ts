import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import { IDENTIFIERS, indexesOf } from './identifiers.ts';
import { literal, nameQuery, numberKey } from './name-search.ts';

/** Customers whose number begins so, or whose name has it. Both are looked up in an index of their own. */
export function searchedFor(search: string): Prisma.CustomerWhereInput {
  const number = numberKey(search);
  const name = nameQuery(search);
  const byNumber = number === '' ? [] : [{ numberKey: { gte: number, lt: `${number}\u{10ffff}` } }];
  const byName = name && {
    nameWords: { hasEvery: [...name.tokens] },
    AND: name.parts.map((part) => ({ searchText: { contains: literal(part) } })),
  };
  return { OR: byName ? [...byNumber, byName] : byNumber };
}

/** Customers who have the identifier in any of its fields, however it is written. */
export function identifiedBy(sealer: FieldCipher, identifier: string): Prisma.CustomerWhereInput {
  return {
    OR: IDENTIFIERS.map((field) => ({ [`${field}Index`]: { in: indexesOf(sealer, field, identifier) } })),
  };
}
