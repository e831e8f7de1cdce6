import { inputError, MAX_PAGE, MOST_COUNTED } from './builder.ts';
import { type KeysetOrder, readCursor, writeCursor } from './page-cursor.ts';
import { stretchesOf } from './page-stretches.ts';

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

/** The rows that a list finds: those of any part that pass the filter. */
export interface Found {
  /** At least one. Of each, an index has the rows in the list's order. */
  readonly parts: readonly object[];
  readonly where: object;
}

type Row = { id: string };

interface Asked {
  where: object;
  orderBy: object[];
  take: number;
  select?: object;
  include?: object;
}

interface Delegate<R extends Row> {
  findMany(args: Asked): PromiseLike<R[]>;
  count(args: { where: object; take: number }): PromiseLike<number>;
}

/**
 * A page by keyset: its cost does not grow with its distance from the start, and rows that come or go elsewhere neither
 * repeat nor skip one.
 */
export async function keysetPage<R extends Row>(
  delegate: Delegate<R>,
  options: { found: Found; order: KeysetOrder; page: PageArguments; selection: { select?: object } },
) {
  const { found, order, page } = options;
  const { size, backward } = pageSize(page);
  const cursor = (backward ? page.before : page.after) ?? null;
  const from = cursor === null ? null : readCursor(cursor, order, backward ? 'before' : 'after');
  const selection = withCursor(options.selection, order);
  const rows: R[] = [];
  for (const stretch of stretchesOf(order, from, backward)) {
    if (rows.length > size) break;
    rows.push(...(await readStretch(delegate, { found, selection }, { ...stretch, take: size + 1 - rows.length })));
  }
  const hasMore = rows.length > size;
  const taken = rows.slice(0, size);
  if (backward) taken.reverse();
  const edges = taken.map((node) => ({ cursor: writeCursor(node, order), node }));
  return {
    edges,
    totalCount: async () => delegate.count({ where: allOf(found), take: MOST_COUNTED }),
    pageInfo: {
      hasNextPage: backward ? from !== null : hasMore,
      hasPreviousPage: backward ? hasMore : from !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The selection, and what the cursors are made of. */
const withCursor = (selection: { readonly select?: object }, { field }: KeysetOrder) =>
  selection.select ? { ...selection, select: { ...selection.select, id: true, [field]: true } } : selection;

const allOf = ({ parts, where }: Found) => ({
  AND: [parts.length === 1 ? (parts[0] ?? {}) : { OR: [...parts] }, where],
});

/** The first rows of a stretch. Of several parts the first ones of each are found by their indexes, and of those the first of all. */
async function readStretch<R extends Row>(
  delegate: Delegate<R>,
  { found, selection }: { found: Found; selection: object },
  { where, orderBy, take }: Asked,
): Promise<R[]> {
  if (found.parts.length === 1)
    return delegate.findMany({ where: { AND: [allOf(found), where] }, orderBy, take, ...selection });
  const ofParts = await Promise.all(
    found.parts.map((part) =>
      delegate.findMany({ where: { AND: [part, found.where, where] }, orderBy, take, select: { id: true } }),
    ),
  );
  const ids = [...new Set(ofParts.flatMap((rows) => rows.map(({ id }) => id)))];
  if (ids.length === 0) return [];
  return delegate.findMany({ where: { AND: [{ id: { in: ids } }, allOf(found)] }, orderBy, take, ...selection });
}
