import type { Column, DataModel, Model, Relation } from './data-model.ts';
import { NotSpeltError, quoted, type Statement } from './statement.ts';

type Filter = Readonly<Record<string, unknown>>;

const isFilter = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && isPlain(value);

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Where a filter is read: a model's rows under a name. */
interface Place {
  readonly models: DataModel;
  readonly model: Model;
  readonly alias: string;
  /** Within a negation what is unknown of a row that is not there would count otherwise than Prisma counts it. */
  readonly isNegated: boolean;
}

/**
 * A Prisma filter as a condition; `true` where it asks for nothing.
 *
 * @throws {NotSpeltError} it has a part that only Prisma knows
 */
export function conditionOf(to: Statement, place: Place, filter: unknown): string {
  if (filter === undefined) return 'true';
  if (!isFilter(filter)) throw new NotSpeltError();
  const parts = Object.entries(filter).flatMap(([key, value]) =>
    value === undefined ? [] : [partOf(to, place, key, value)],
  );
  const conditions = parts.filter((part) => part !== 'true');
  return conditions.length === 0
    ? 'true'
    : conditions.length === 1
      ? `${conditions[0]}`
      : `(${conditions.join(' and ')})`;
}

function partOf(to: Statement, place: Place, key: string, value: unknown): string {
  if (key === 'AND')
    return joined(
      listed(value).map((one) => conditionOf(to, place, one)),
      ' and ',
    );
  if (key === 'OR') return either(to, place, value);
  if (key === 'NOT') {
    const negated = { ...place, isNegated: true };
    return joined(
      listed(value).map((one) => `not ${conditionOf(to, negated, one)}`),
      ' and ',
    );
  }
  const field = place.model.fields.get(key);
  if (!field) throw new NotSpeltError();
  return field.is === 'COLUMN' ? ofColumn(to, place.alias, field, value) : ofRelation(to, place, field, value);
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);

function joined(conditions: readonly string[], by: ' and ' | ' or '): string {
  const asked = by === ' and ' ? conditions.filter((one) => one !== 'true') : conditions;
  if (asked.length === 0) return 'true';
  return asked.length === 1 ? `${asked[0]}` : `(${asked.join(by)})`;
}

function either(to: Statement, place: Place, value: unknown): string {
  // Prisma drops an empty one in some places, and a part that asks for nothing in others.
  if (!Array.isArray(value) || value.length === 0) throw new NotSpeltError();
  const conditions = (value as unknown[]).map((one) => conditionOf(to, place, one));
  if (conditions.includes('true')) throw new NotSpeltError();
  return joined(conditions, ' or ');
}

const COMPARED: Readonly<Record<string, string>> = { equals: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

function ofColumn(to: Statement, alias: string, column: Column, value: unknown): string {
  if (column.type === 'Json' || column.type === 'Bytes') throw new NotSpeltError();
  const name = `${alias}.${quoted(column.column)}`;
  if (!isFilter(value)) return column.isList ? unspelt() : equal(to, name, value);
  const { mode, ...operators } = value;
  const parts = Object.entries(operators).flatMap(([operator, operand]) =>
    operand === undefined
      ? []
      : [
          column.isList
            ? ofList(to, name, operator, operand)
            : ofValue(to, name, { operator, operand, isInsensitive: mode === 'insensitive' }),
        ],
  );
  return joined(parts, ' and ');
}

function unspelt(): never {
  throw new NotSpeltError();
}

function equal(to: Statement, name: string, value: unknown): string {
  return value === null ? `${name} is null` : `${name} = ${to.value(plain(value))}`;
}

interface Asked {
  readonly operator: string;
  readonly operand: unknown;
  readonly isInsensitive: boolean;
}

function ofValue(to: Statement, name: string, { operator, operand, isInsensitive }: Asked): string {
  if (operator === 'not') {
    if (isFilter(operand)) throw new NotSpeltError();
    return operand === null ? `${name} is not null` : `${name} <> ${to.value(plain(operand))}`;
  }
  if (operator === 'in' || operator === 'notIn') return among(to, name, operator, operand);
  if (operator === 'contains' || operator === 'startsWith') {
    if (typeof operand !== 'string') throw new NotSpeltError();
    // As Prisma has it: who wants a sign of patterns as itself has written so.
    const pattern = operator === 'contains' ? `%${operand}%` : `${operand}%`;
    return `${name} ${isInsensitive ? 'ilike' : 'like'} ${to.value(pattern)}`;
  }
  const sign = COMPARED[operator];
  if (!sign || isInsensitive) throw new NotSpeltError();
  if (operand === null) return operator === 'equals' ? `${name} is null` : unspelt();
  return `${name} ${sign} ${to.value(plain(operand))}`;
}

function among(to: Statement, name: string, operator: 'in' | 'notIn', operand: unknown): string {
  if (!Array.isArray(operand) || operand.some((one) => one === null || one === undefined)) throw new NotSpeltError();
  const values = (operand as unknown[]).map(plain);
  if (values.length === 0) return operator === 'in' ? 'false' : 'true';
  if (values.length === 1) return `${name} ${operator === 'in' ? '=' : '<>'} ${to.value(values[0])}`;
  return operator === 'in' ? `${name} = any(${to.value(values)})` : `${name} <> all(${to.value(values)})`;
}

function ofList(to: Statement, name: string, operator: string, operand: unknown): string {
  if (operator === 'has' && operand !== null) return `${name} @> ${to.value([plain(operand)])}`;
  if (!Array.isArray(operand)) throw new NotSpeltError();
  const values = (operand as unknown[]).map(plain);
  if (operator === 'hasSome') return `${name} && ${to.value(values)}`;
  if (operator === 'hasEvery') return `${name} @> ${to.value(values)}`;
  throw new NotSpeltError();
}

/** A value as PostgreSQL reads it, whatever the column is. */
function plain(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : unspelt();
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? unspelt() : value.toISOString();
  throw new NotSpeltError();
}

function ofRelation(to: Statement, place: Place, relation: Relation, value: unknown): string {
  if (place.isNegated) throw new NotSpeltError();
  if (value === null) {
    // A key that is here tells by itself whether there is one.
    if (relation.isList || relation.theirs !== 'id') throw new NotSpeltError();
    return `${place.alias}.${quoted(relation.ours)} is null`;
  }
  if (!isFilter(value)) throw new NotSpeltError();
  if (!relation.isList) {
    if ('is' in value || 'isNot' in value) throw new NotSpeltError();
    return exists(to, place, relation, value);
  }
  const asked = Object.entries(value).filter(([, filter]) => filter !== undefined);
  return joined(
    asked.map(([quantifier, filter]) => {
      if (quantifier === 'some') return exists(to, place, relation, filter);
      if (quantifier === 'none') return `not ${exists(to, place, relation, filter)}`;
      throw new NotSpeltError();
    }),
    ' and ',
  );
}

function exists(to: Statement, { models, alias, isNegated }: Place, relation: Relation, filter: unknown): string {
  const model = models.get(relation.to);
  if (!model) throw new NotSpeltError();
  const inner = to.alias();
  const condition = conditionOf(to, { models, model, alias: inner, isNegated }, filter);
  const met = condition === 'true' ? '' : ` and ${condition}`;
  return `exists (select 1 from ${quoted(model.table)} ${inner} where ${inner}.${quoted(relation.theirs)} = ${alias}.${quoted(relation.ours)}${met})`;
}
