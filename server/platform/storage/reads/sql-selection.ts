import type { Column, DataModel, Model, Relation } from './data-model.ts';
import { type Decode, decoderOf, writtenAs } from './decoders.ts';
import { conditionOf } from './sql-filter.ts';
import { NotSpeltError, quoted, type Statement } from './statement.ts';

/** What Prisma takes of a list of rows; what is not named here is not spelt. */
export interface ReadArguments {
  readonly where?: unknown;
  readonly select?: unknown;
  readonly include?: unknown;
  readonly orderBy?: unknown;
  readonly take?: unknown;
  readonly skip?: unknown;
}

const SPELT = new Set(['where', 'select', 'include', 'orderBy', 'take', 'skip']);

/** Arguments of one function of PostgreSQL. */
const MOST_PARTS = 100;

/** Rows as one array of JSON, each an array of its parts in their order. */
export interface SpeltRows {
  readonly sql: string;
  /** A row's object of what came for it. */
  readonly decode: (row: readonly unknown[]) => Record<string, unknown>;
}

interface Part {
  readonly key: string;
  readonly sql: string;
  readonly decode: Decode | null;
}

/** A table's rows under a name, and the columns that are read of it. */
interface Table {
  readonly models: DataModel;
  readonly model: Model;
  readonly alias: string;
  readonly columns: Set<string>;
}

/**
 * A read of many rows as a query whose only row and column is their array, or null where there are none.
 *
 * @param among what they have to be beside the filter, as a condition on the name that it is given
 * @throws {NotSpeltError} it has a part that only Prisma knows
 */
export function spellRows(
  to: Statement,
  models: DataModel,
  name: string,
  args: ReadArguments,
  among: (alias: string) => string = () => 'true',
): SpeltRows {
  const model = models.get(name);
  if (!model || Object.keys(args).some((key) => !SPELT.has(key))) throw new NotSpeltError();
  const alias = to.alias();
  const table: Table = { models, model, alias, columns: new Set() };
  const parts = partsOf(to, table, args);
  if (parts.length === 0 || parts.length > MOST_PARTS) throw new NotSpeltError();
  const conditions = [among(alias), conditionOf(to, { models, model, alias, isNegated: false }, args.where)];
  const rest = `${whereOf(conditions)}${orderOf(table, args.orderBy)}${boundsOf(args)}`;
  const row = `json_build_array(${parts.map(({ sql }) => sql).join(', ')})`;
  const from = `${quoted(model.table)} ${alias}`;
  // What hangs on a row is read of the rows of the page alone, once they are found.
  const columns = [...table.columns].map((column) => `${alias}.${quoted(column)}`).join(', ') || '1';
  const sql = `select json_agg(${row}) from (select ${columns} from ${from}${rest}) ${alias}`;
  return { sql, decode: objectOf(parts) };
}

/** A query that counts the rows that a filter finds, up to so many. */
export function spellCount(to: Statement, models: DataModel, name: string, args: ReadArguments): string {
  const model = models.get(name);
  const isSpelt = Object.keys(args).every((key) => key === 'where' || key === 'take');
  if (!model || !isSpelt) throw new NotSpeltError();
  const alias = to.alias();
  const condition = conditionOf(to, { models, model, alias, isNegated: false }, args.where);
  const rows = `select 1 from ${quoted(model.table)} ${alias}${whereOf([condition])}${boundsOf(args)}`;
  return `select count(*) from (${rows}) counted`;
}

function whereOf(conditions: readonly string[]): string {
  const asked = conditions.filter((one) => one !== 'true');
  return asked.length === 0 ? '' : ` where ${asked.join(' and ')}`;
}

function boundsOf({ take, skip }: ReadArguments): string {
  const limit = take === undefined ? '' : ` limit ${wholeOf(take)}`;
  return skip === undefined ? limit : `${limit} offset ${wholeOf(skip)}`;
}

function wholeOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new NotSpeltError();
  return value;
}

function orderOf({ model, alias }: Table, orderBy: unknown): string {
  if (orderBy === undefined) return '';
  const keys = (Array.isArray(orderBy) ? (orderBy as unknown[]) : [orderBy]).flatMap((one) =>
    Object.entries(one as Record<string, unknown>).filter(([, direction]) => direction !== undefined),
  );
  const written = keys.map(([key, direction]) => {
    const field = model.fields.get(key);
    if (field?.is !== 'COLUMN') throw new NotSpeltError();
    return `${alias}.${quoted(field.column)} ${directionOf(direction)}`;
  });
  return written.length === 0 ? '' : ` order by ${written.join(', ')}`;
}

function directionOf(direction: unknown): string {
  if (direction === 'asc' || direction === 'desc') return direction;
  const { sort, nulls } = (direction ?? {}) as { sort?: unknown; nulls?: unknown };
  if (sort !== 'asc' && sort !== 'desc') throw new NotSpeltError();
  if (nulls === undefined) return sort;
  if (nulls !== 'first' && nulls !== 'last') throw new NotSpeltError();
  return `${sort} nulls ${nulls}`;
}

function partsOf(to: Statement, table: Table, { select, include }: ReadArguments): Part[] {
  if (select !== undefined && include !== undefined) throw new NotSpeltError();
  const own = select === undefined ? table.model.columns.map((column) => columnPart(table, column)) : [];
  const chosen = Object.entries((select ?? include ?? {}) as Record<string, unknown>).filter(
    ([, value]) => value !== undefined && value !== false,
  );
  return [...own, ...chosen.map(([key, value]) => partOf(to, table, key, value))];
}

function partOf(to: Statement, table: Table, key: string, value: unknown): Part {
  if (key === '_count') return countsPart(to, table, value);
  const field = table.model.fields.get(key);
  if (!field || (value !== true && (typeof value !== 'object' || value === null))) throw new NotSpeltError();
  if (field.is === 'RELATION') return relationPart(to, table, key, field, value === true ? {} : value);
  if (value !== true) throw new NotSpeltError();
  return columnPart(table, field);
}

function columnPart({ alias, columns }: Table, column: Column): Part {
  const sql = writtenAs(column, `${alias}.${quoted(column.column)}`);
  if (sql === null) throw new NotSpeltError();
  columns.add(column.column);
  return { key: column.name, sql, decode: decoderOf(column) };
}

/** Rows of a relation belong to the row around them. */
function belonging({ alias, columns }: Table, { ours, theirs }: Relation) {
  columns.add(ours);
  return (inner: string) => `${inner}.${quoted(theirs)} = ${alias}.${quoted(ours)}`;
}

function relationPart(to: Statement, table: Table, key: string, relation: Relation, args: ReadArguments): Part {
  const { sql, decode } = spellRows(to, table.models, relation.to, args, belonging(table, relation));
  const rowsIn = (value: unknown) => ((value ?? []) as (readonly unknown[])[]).map(decode);
  return {
    key,
    sql: `(${sql})`,
    decode: relation.isList ? rowsIn : (value) => rowsIn(value)[0] ?? null,
  };
}

function countsPart(to: Statement, table: Table, value: unknown): Part {
  const { select, ...rest } = (value ?? {}) as { select?: Record<string, unknown> };
  if (!select || Object.keys(rest).length > 0) throw new NotSpeltError();
  const counted = Object.entries(select).filter(([, one]) => one !== undefined && one !== false);
  const parts = counted.map(([key, asked]) => {
    const relation = table.model.fields.get(key);
    if (relation?.is !== 'RELATION' || !relation.isList) throw new NotSpeltError();
    const { models } = table;
    const model = models.get(relation.to);
    if (!model) throw new NotSpeltError();
    const alias = to.alias();
    const where = asked === true ? undefined : (asked as { where?: unknown }).where;
    const conditions = [
      belonging(table, relation)(alias),
      conditionOf(to, { models, model, alias, isNegated: false }, where),
    ];
    return { key, sql: `(select count(*) from ${quoted(model.table)} ${alias}${whereOf(conditions)})`, decode: null };
  });
  if (parts.length === 0 || parts.length > MOST_PARTS) throw new NotSpeltError();
  const decode = objectOf(parts);
  return {
    key: '_count',
    sql: `json_build_array(${parts.map(({ sql }) => sql).join(', ')})`,
    decode: (row) => decode(row as readonly unknown[]),
  };
}

function objectOf(parts: readonly Part[]): SpeltRows['decode'] {
  return (row) => {
    const object: Record<string, unknown> = {};
    for (let at = 0; at < parts.length; at += 1) {
      const { key, decode } = parts[at] as Part;
      object[key] = decode ? decode(row[at]) : row[at];
    }
    return object;
  };
}
