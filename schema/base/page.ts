import { inputError, MAX_PAGE } from './builder.ts';

/** The arguments of a page as Relay has them. */
export interface PageArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
}

/** Rows of a page that names no size. */
export const DEFAULT_PAGE = 20;

/**
 * How many rows, and from which end.
 *
 * @throws {GraphQLError} INVALID_INPUT: `first` and `last` together, or one outside 1 to 100
 */
export function pageSize({ first, last }: PageArguments): { size: number; backward: boolean } {
  for (const [name, count] of Object.entries({ first, last })) {
    if (count !== null && count !== undefined && (count < 1 || count > MAX_PAGE)) {
      throw inputError(name, `is ${count}, a page has 1 to ${MAX_PAGE} rows`);
    }
  }
  if (first != null && last != null) throw inputError('last', 'and first exclude each other');
  return { size: first ?? last ?? DEFAULT_PAGE, backward: last != null };
}

/** The order of a keyset: a column and, for rows that are equal in it, the id. */
export interface KeysetOrder {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
  /** Rows without a value stand at the end, in either direction. */
  readonly nullable: boolean;
}

type Key = string | number | null;
type Row = { id: string };

interface Delegate<R extends Row> {
  findMany(args: {
    where: object;
    orderBy: object[];
    take: number;
    select?: object;
    include?: object;
  }): PromiseLike<R[]>;
  count(args: { where: object }): PromiseLike<number>;
}

/**
 * A page by keyset: its cost does not grow with its distance from the start, and rows that come or go elsewhere neither
 * repeat nor skip one.
 */
export async function keysetPage<R extends Row>(
  delegate: Delegate<R>,
  options: { where: object; order: KeysetOrder; page: PageArguments; selection: object },
) {
  const { where, order, page, selection } = options;
  const { size, backward } = pageSize(page);
  const from = (backward ? page.before : page.after) ?? null;
  const ascending = (order.direction === 'ASC') !== backward;
  const direction = ascending ? 'asc' : 'desc';
  const nulls = backward ? 'first' : 'last';
  const sort = order.nullable ? { sort: direction, nulls } : direction;
  const bound = from === null ? [] : [beyond(readCursor(from, order), order, { ascending, backward })];
  const rows = await delegate.findMany({
    where: { AND: [where, ...bound] },
    orderBy: order.field === 'id' ? [{ id: direction }] : [{ [order.field]: sort }, { id: direction }],
    take: size + 1,
    ...selection,
  });
  const hasMore = rows.length > size;
  const taken = rows.slice(0, size);
  if (backward) taken.reverse();
  const edges = taken.map((node) => ({ cursor: writeCursor(node, order), node }));
  return {
    edges,
    totalCount: async () => delegate.count({ where }),
    pageInfo: {
      hasNextPage: backward ? from !== null : hasMore,
      hasPreviousPage: backward ? hasMore : from !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The rows behind a cursor in the order of reading. */
function beyond(
  { key, id }: { key: Key; id: string },
  { field, nullable }: KeysetOrder,
  { ascending, backward }: { ascending: boolean; backward: boolean },
): object {
  const past = ascending ? 'gt' : 'lt';
  if (field === 'id') return { id: { [past]: id } };
  const sameKey = { [field]: key, id: { [past]: id } };
  if (key === null) return backward ? { OR: [sameKey, { [field]: { not: null } }] } : sameKey;
  const farther = { [field]: { [past]: key } };
  // Rows without a value come last, so reading forward they lie beyond every key.
  return nullable && !backward ? { OR: [farther, sameKey, { [field]: null }] } : { OR: [farther, sameKey] };
}

function writeCursor(row: Row, { field, direction }: KeysetOrder): string {
  const value = (row as Readonly<Record<string, unknown>>)[field];
  const key = value instanceof Date ? value.toISOString() : typeof value === 'bigint' ? Number(value) : (value ?? null);
  return Buffer.from(JSON.stringify([field, direction, key, row.id])).toString('base64url');
}

function readCursor(cursor: string, order: KeysetOrder): { key: Key; id: string } {
  try {
    const [field, direction, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const isKey = key === null || typeof key === 'string' || typeof key === 'number';
    if (field === order.field && direction === order.direction && isKey && typeof id === 'string') return { key, id };
  } catch {
    // Falls through to the one answer for every cursor that is none of ours.
  }
  throw inputError('after', 'is not a cursor of this list in this order');
}
