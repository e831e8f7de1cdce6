import { z } from 'zod';
import type { Text } from '../../../platform/values/text.ts';

/** A field as a form draws it, made from its zod schema alone. */
export interface FormField {
  /** Its name, or the way to it: `items[].name`. */
  readonly path: string;
  readonly label: Text | null;
  readonly description: string | null;
  readonly type: 'TEXT' | 'CHOICE' | 'YES_NO' | 'WHOLE' | 'NUMBER' | 'DECIMAL' | 'DATE' | 'INSTANT' | 'JSON';
  readonly list: boolean;
  readonly required: boolean;
  readonly options: readonly { readonly value: string; readonly label: Text | null }[];
  /** The least and most that a number may be; of a text, and of a list, how much of it. */
  readonly min: number | null;
  readonly max: number | null;
}

interface Said {
  readonly label?: Text;
  readonly scalar?: 'Date' | 'DateTime' | 'Decimal';
  readonly options?: Readonly<Record<string, Text>>;
  readonly min?: number;
  readonly max?: number;
}

/** The fields of an object's schema, in the order in which they are declared. */
export function formFields(schema: z.ZodObject): FormField[] {
  return Object.entries(schema.shape).map(([name, field]) => formField(name, field as z.ZodType));
}

function formField(path: string, field: z.ZodType): FormField {
  const inner = unwrapped(field);
  const list = inner instanceof z.ZodArray;
  const element = list ? unwrapped(inner.element as z.ZodType) : inner;
  const said = { ...element.meta(), ...inner.meta(), ...field.meta() } as Said;
  const values = element instanceof z.ZodEnum ? (element.options as unknown[]).map(String) : [];
  return {
    path,
    label: said.label ?? null,
    description: field.description ?? inner.description ?? null,
    type: typeOf(element, said),
    list,
    required: !isOptional(field),
    options: values.map((value) => ({ value, label: said.options?.[value] ?? null })),
    min: bound(said.min, element, 'min'),
    max: bound(said.max, element, 'max'),
  };
}

/** What zod knows of a number; JavaScript's own limits are none. */
function bound(said: number | undefined, element: z.ZodType, which: 'min' | 'max'): number | null {
  if (said !== undefined) return said;
  const known =
    element instanceof z.ZodNumber
      ? element[which === 'min' ? 'minValue' : 'maxValue']
      : element instanceof z.ZodString
        ? element[which === 'min' ? 'minLength' : 'maxLength']
        : null;
  return known === null || known === undefined || Math.abs(known) >= Number.MAX_SAFE_INTEGER ? null : known;
}

function isOptional(field: z.ZodType): boolean {
  return field.safeParse(undefined).success;
}

/** The schema inside optional, nullable and default. */
export function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return unwrapped(schema.unwrap() as z.ZodType);
  return schema;
}

function typeOf(element: z.ZodType, { scalar }: Said): FormField['type'] {
  if (scalar) return ({ Date: 'DATE', DateTime: 'INSTANT', Decimal: 'DECIMAL' } as const)[scalar];
  if (element instanceof z.ZodEnum) return 'CHOICE';
  if (element instanceof z.ZodBoolean) return 'YES_NO';
  if (element instanceof z.ZodNumber) return element.isInt ? 'WHOLE' : 'NUMBER';
  return element instanceof z.ZodString || element instanceof z.ZodStringFormat ? 'TEXT' : 'JSON';
}

/** Fields as a policy may know them: texts are there or not, all else is itself; what is sensitive is there or not, too. */
export function shapeOfFields(
  schema: z.ZodObject,
  fields: Readonly<Record<string, unknown>>,
  sensitive: readonly string[] = [],
): Record<string, unknown> {
  const told = new Set(
    formFields(schema).flatMap(({ path, type }) =>
      type === 'TEXT' || type === 'JSON' || sensitive.includes(path) ? [] : path,
    ),
  );
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      told.has(name) ? value : value !== null && value !== undefined,
    ]),
  );
}
