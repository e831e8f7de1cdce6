import { inputError } from './builder.ts';

/** The order of a keyset: a column and, for rows that are equal in it, the id. */
export interface KeysetOrder {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
  /** Many rows have the same value, so that those behind one of them are a stretch of their own. */
  readonly alike?: boolean;
  /** No two rows have the same value, so that the id is not needed. */
  readonly unique?: boolean;
  /** Rows without a value stand at the end, in either direction. */
  readonly nullable: boolean;
}

/** Where a row stands in an order. */
export interface Place {
  readonly key: string | number | null;
  readonly id: string;
}

/** The cursor of a row in an order. */
export function writeCursor(row: { readonly id: string }, { field, direction }: KeysetOrder): string {
  const value = (row as Readonly<Record<string, unknown>>)[field];
  const key = value instanceof Date ? value.toISOString() : typeof value === 'bigint' ? Number(value) : (value ?? null);
  return Buffer.from(JSON.stringify([field, direction, key, row.id])).toString('base64url');
}

/**
 * What a cursor says.
 *
 * @param argument whose cursor it is
 * @throws {GraphQLError} INVALID_INPUT: it is none of this order
 */
export function readCursor(cursor: string, order: KeysetOrder, argument: 'after' | 'before'): Place {
  try {
    const [field, direction, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const isKey = (key === null && order.nullable) || typeof key === 'string' || typeof key === 'number';
    if (field === order.field && direction === order.direction && isKey && typeof id === 'string') return { key, id };
  } catch {
    // Falls through to the one answer for every cursor that is none of ours.
  }
  throw inputError(argument, 'is not a cursor of this list in this order');
}
