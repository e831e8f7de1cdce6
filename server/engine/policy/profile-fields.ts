import { z } from 'zod';

/** A field of a profile as GraphQL has it. */
export interface ProfileField {
  readonly name: string;
  readonly type: 'String' | 'Int' | 'Float' | 'Boolean' | 'JSON';
  readonly list: boolean;
  readonly description: string | null;
}

/** The fields of a profile's zod schema, with the scalars that carry them. */
export function profileFields(schema: z.ZodObject): ProfileField[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const inner = unwrapped(field as z.ZodType);
    const list = inner instanceof z.ZodArray;
    const element = list ? unwrapped(inner.element as z.ZodType) : inner;
    return {
      name,
      type: scalarOf(element),
      list,
      description: (field as z.ZodType).description ?? inner.description ?? null,
    };
  });
}

/** The schema inside optional, nullable and default. */
function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrapped(schema.unwrap() as z.ZodType);
  }
  return schema;
}

function scalarOf(schema: z.ZodType): ProfileField['type'] {
  if (schema instanceof z.ZodNumber) return schema.isInt ? 'Int' : 'Float';
  if (schema instanceof z.ZodBoolean) return 'Boolean';
  if (
    schema instanceof z.ZodString ||
    schema instanceof z.ZodStringFormat ||
    schema instanceof z.ZodEnum ||
    schema instanceof z.ZodLiteral
  )
    return 'String';
  return 'JSON';
}
