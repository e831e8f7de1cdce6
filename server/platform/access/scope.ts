import { Prisma } from '../../../prisma/generated/client/client.ts';
import { Forbidden } from '../values/errors.ts';
import type { Actor, ScopeName } from './actor.ts';

/**
 * The one rule for rows. Every list, node, relation, count, aggregate and subscription takes its filter from here: as a
 * Prisma filter, as SQL, or as a check of one row.
 */

interface Bound {
  readonly policyId: string;
  readonly branchId: string;
}

/** An actor's rows for what a program's token has to name by itself; a person's are the same for everything. */
export function rowsFor(actor: Actor, scope: ScopeName): Actor {
  const reach = actor.reach?.[scope];
  return reach ? { ...actor, rows: reach } : actor;
}

/**
 * Who would see customers and has not signed the confidentiality agreement is told so: it is no secret of a customer.
 *
 * @throws {Forbidden} there is nothing else that the actor may see
 */
export function requireAgreement({ rows }: Actor): void {
  if (rows.lines.length === 0 && rows.withoutAgreement)
    throw new Forbidden('Sign the confidentiality agreement first: customer data are not shown before.');
}

/** Whether the actor may see a row of the given policy and branch. */
export function maySee(actor: Pick<Actor, 'rows'>, row: Bound): boolean {
  return actor.rows.lines.some(
    ({ policyId, branchIds }) => policyId === row.policyId && (branchIds === 'ALL' || branchIds.has(row.branchId)),
  );
}

interface BoundWhere {
  OR: { policyId: string; branchId?: { in: string[] } }[];
}

/** Finds no row. An empty `OR` would do by itself, but Prisma drops it where it stands inside of another one. */
const NONE = { policyId: '', branchId: { in: [] } };

/** The filter for rows that carry `policyId` and `branchId` themselves. */
export function visible(actor: Actor): BoundWhere {
  requireAgreement(actor);
  const lines = actor.rows.lines.map(({ policyId, branchIds }) =>
    branchIds === 'ALL' ? { policyId } : { policyId, branchId: { in: [...branchIds] } },
  );
  return { OR: lines.length > 0 ? lines : [NONE] };
}

/** Places of a line up to which each is a part of its own. */
const FEW_PLACES = 4;

/** Parts of which each may be read by itself; what has more is read as its lines. */
const MOST_PARTS = 8;

/**
 * The same rule, for lines and places that are asked for, in parts. Rows of a part are together in the indexes that begin with
 * line and place, and in a list's order there, which those of all parts are not.
 */
export function visibleParts(actor: Actor, asked: AskedPlaces = {}): Part[] {
  requireAgreement(actor);
  const policyId = asked.policyId ?? null;
  const branchIds = asked.branchIds ?? null;
  const placesOf = (seen: 'ALL' | ReadonlySet<string>) => {
    if (seen === 'ALL') return branchIds && [...branchIds];
    return [...seen].filter((branchId) => branchIds === null || branchIds.includes(branchId));
  };
  const lines = actor.rows.lines
    .filter((line) => policyId === null || line.policyId === policyId)
    .map((line) => ({ policyId: line.policyId, branchIds: placesOf(line.branchIds) }))
    .filter((line) => line.branchIds === null || line.branchIds.length > 0);
  const ofLines = lines.map(
    (line): Part => ({
      policyId: line.policyId,
      ...(line.branchIds !== null && { branchId: { in: line.branchIds } }),
    }),
  );
  const ofPlaces = lines.flatMap((line, index): Part[] => {
    const isFew = line.branchIds !== null && line.branchIds.length <= FEW_PLACES;
    return isFew
      ? (line.branchIds ?? []).map((branchId) => ({ policyId: line.policyId, branchId }))
      : ofLines.slice(index, index + 1);
  });
  const parts = ofPlaces.length <= MOST_PARTS ? ofPlaces : ofLines;
  return parts.length > 0 ? parts : [NONE];
}

/** Which line, and which branches, are asked for; all where it is left out. */
export interface AskedPlaces {
  readonly policyId?: string | null | undefined;
  readonly branchIds?: readonly string[] | null | undefined;
}

interface Part {
  readonly policyId: string;
  readonly branchId?: string | { in: string[] };
}

/** The filter for rows that belong to a customer. */
export function visibleThroughCustomer(actor: Actor): { customer: BoundWhere } {
  return { customer: visible(actor) };
}

/** The same rule as SQL over the columns `policy_id` and `branch_id` of the table aliased `alias`. */
export function visibleSql(actor: Actor, alias: string): Prisma.Sql {
  requireAgreement(actor);
  const table = Prisma.raw(alias);
  if (actor.rows.lines.length === 0) return Prisma.sql`false`;
  const lines = actor.rows.lines.map(({ policyId, branchIds }) =>
    branchIds === 'ALL'
      ? Prisma.sql`${table}.policy_id = ${policyId}`
      : Prisma.sql`(${table}.policy_id = ${policyId} and ${table}.branch_id = any(${[...branchIds]}::uuid[]))`,
  );
  return Prisma.sql`(${Prisma.join(lines, ' or ')})`;
}
