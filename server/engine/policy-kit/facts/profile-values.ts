import { z } from 'zod';
import type { Random } from '../random.ts';

/** How often a field is not filled in, per cent. */
const EMPTY = 35;

/** Days that matter to somebody: month ends, a leap day, and days around the kit's today. */
export const DAYS: readonly string[] = [
  '2020-02-29',
  '2024-06-01',
  '2025-12-31',
  '2026-01-31',
  '2026-02-23',
  '2026-03-02',
  '2026-03-09',
  '2026-04-30',
];

/** A profile that the schema could hold, without the fields that never reach a policy. */
export function profileOf(
  schema: z.ZodObject | undefined,
  options: { readonly without: readonly string[]; readonly numbers: readonly number[]; readonly random: Random },
): Record<string, unknown> {
  const { without, numbers, random } = options;
  const profile: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema?.shape ?? {})) {
    if (without.includes(name) || random.chance(EMPTY)) continue;
    const value = fieldValue(field as z.ZodType, numbers, random);
    if (value !== undefined) profile[name] = value;
  }
  return profile;
}

function fieldValue(schema: z.ZodType, numbers: readonly number[], random: Random): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return fieldValue(schema.unwrap() as z.ZodType, numbers, random);
  if (schema instanceof z.ZodArray) {
    const element = schema.element as z.ZodType;
    const values = Array.from({ length: random.int(3) }, () => fieldValue(element, numbers, random));
    return values.filter((value) => value !== undefined);
  }
  const taken = takenBy(schema, numbers);
  return taken.length === 0 ? undefined : random.pick(taken);
}

/** What each schema takes, tried once: the same few fields are filled in again and again. */
const known = new WeakMap<z.ZodType, readonly unknown[]>();

function takenBy(schema: z.ZodType, numbers: readonly number[]): readonly unknown[] {
  const options = schema instanceof z.ZodEnum ? (schema.options as unknown[]) : [];
  const candidates = options.length > 0 ? options : [true, false, 0, 1, 2, 3, 4, 5, ...numbers, ...DAYS, 'text'];
  const taken = known.get(schema) ?? candidates.filter((value) => schema.safeParse(value).success);
  known.set(schema, taken);
  return taken;
}
