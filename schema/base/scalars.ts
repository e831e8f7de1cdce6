import { Decimal } from 'decimal.js';
import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { DurationResolver, JSONResolver } from 'graphql-scalars';
import type { Builder } from './builder.ts';

const DECIMAL = /^-?\d{1,18}(\.\d{1,6})?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/;

function text(node: ValueNode): unknown {
  return node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : null;
}

/** The day of a date that is a day of the calendar: 2026-02-30 is none. */
function day(value: string): Date | null {
  const date = DATE.test(value) ? new Date(`${value}T00:00:00Z`) : null;
  return date && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? date : null;
}

function parseDecimal(value: unknown): string {
  const written = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof written !== 'string' || !DECIMAL.test(written)) {
    throw new TypeError('A Decimal is a string of at most 18 digits before and 6 after the point.');
  }
  return new Decimal(written).toFixed();
}

function parseDate(value: unknown): Date {
  const date = typeof value === 'string' ? day(value) : null;
  if (!date) throw new TypeError('A Date is a day of the calendar, YYYY-MM-DD.');
  return date;
}

/** Between them an instant is of a year with four digits in every zone: of others no day can be written. */
const [FIRST, LAST] = [new Date('0001-01-02T00:00:00Z'), new Date('9999-12-31T00:00:00Z')];

function parseInstant(value: unknown): Date {
  const instant = typeof value === 'string' && INSTANT.test(value) && day(value.slice(0, 10)) ? new Date(value) : null;
  // A time that is none lies nowhere.
  if (!instant || !(instant >= FIRST && instant < LAST))
    throw new TypeError('A DateTime is RFC 3339, with a zone or Z.');
  return instant;
}

const decimalScalar = new GraphQLScalarType({
  name: 'Decimal',
  description: 'An exact decimal, sent as a string.',
  serialize: (value) => new Decimal(String(value)).toFixed(),
  parseValue: parseDecimal,
  parseLiteral: (node) => parseDecimal(text(node)),
});

const dateScalar = new GraphQLScalarType({
  name: 'Date',
  description: 'A day, YYYY-MM-DD.',
  serialize: (value) => (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)),
  parseValue: parseDate,
  parseLiteral: (node) => parseDate(text(node)),
});

const dateTimeScalar = new GraphQLScalarType({
  name: 'DateTime',
  description: 'An instant, RFC 3339, sent in UTC; of the years 1 to 9999.',
  serialize: (value) => (value instanceof Date ? value : new Date(String(value))).toISOString(),
  parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(text(node)),
});

/** The scalars of the contract. */
export function addScalars(builder: Builder): void {
  builder.addScalarType('Decimal', decimalScalar);
  builder.addScalarType('Date', dateScalar);
  builder.addScalarType('DateTime', dateTimeScalar);
  builder.addScalarType('Duration', DurationResolver);
  builder.addScalarType('JSON', JSONResolver);
}
