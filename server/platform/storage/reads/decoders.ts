import { Prisma } from '../../../../prisma/generated/client/client.ts';
import type { Column } from './data-model.ts';

/** A value of an answer as Prisma would give it. */
export type Decode = (value: unknown) => unknown;

/** Types whose values JSON holds as they are. */
const AS_IT_IS = new Set(['String', 'Int', 'Float', 'Boolean', 'Json']);

const DECODERS: Readonly<Record<string, Decode>> = {
  // Seconds, of a day its beginning in UTC.
  DateTime: (value) => new Date(Math.round(Number(value) * 1_000)),
  BigInt: (value) => BigInt(String(value)),
  Decimal: (value) => new Prisma.Decimal(String(value)),
};

/** Types that JSON has no exact value for, and how a column of one is written. */
const WRITTEN: Readonly<Record<string, (name: string) => string>> = {
  DateTime: (name) => `extract(epoch from ${name})`,
  BigInt: (name) => `${name}::text`,
  Decimal: (name) => `${name}::text`,
};

/** How a column is written into an answer; null where it is not. */
export function writtenAs({ type, isList }: Column, name: string): string | null {
  if (type === 'Bytes') return null;
  if (!isList) return WRITTEN[type]?.(name) ?? name;
  if (type === 'BigInt' || type === 'Decimal') return `${name}::text[]`;
  return name;
}

/** How a value of a column is read; null for one that is as it is. */
export function decoderOf({ type, isList }: Column): Decode | null {
  if (AS_IT_IS.has(type)) return null;
  const decode = DECODERS[type];
  // An enum's value is its name.
  if (!decode) return null;
  if (!isList) return (value) => (value === null ? null : decode(value));
  const each = type === 'DateTime' ? (text: unknown) => new Date(String(text)) : decode;
  return (value) => (value === null ? [] : (value as unknown[]).map(each));
}
