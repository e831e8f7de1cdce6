import { z } from 'zod';

/**
 * What of a schema can be said as data: which fields there are, and of which kind. What a schema refuses is code of whoever
 * wrote it, and is asked of the thread in which it lives.
 */
export interface Sketch {
  readonly kind: 'string' | 'date' | 'enum' | 'number' | 'boolean' | 'array' | 'object' | 'other';
  /** Whether it may be left out. */
  readonly isOptional: boolean;
  readonly description: string | null;
  /** Of a list. */
  readonly element?: Sketch;
  /** Of an object, by name. */
  readonly fields?: Readonly<Record<string, Sketch>>;
  /** Of an enumeration. */
  readonly values?: readonly string[];
}

/** Deeper than this nobody looks. */
const MAX_DEPTH = 8;

/** Whether a value is a schema, of whichever copy of the library: a plugin may bring its own. */
export function isSchema(value: unknown): value is z.ZodType {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

/** The parts of a schema's definition that are looked at. */
interface Definition {
  readonly type?: string;
  readonly format?: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly values?: readonly unknown[];
}

/** The sketch of a schema. */
export function sketchOf(schema: z.ZodType, depth = 0): Sketch {
  const description = typeof schema.description === 'string' ? schema.description : null;
  const definition = schema._zod.def as Definition;
  const { innerType } = definition;
  if (innerType && ['optional', 'nullable', 'default'].includes(definition.type ?? '')) {
    const inner = sketchOf(innerType, depth + 1);
    const isOptional = definition.type !== 'nullable' || inner.isOptional;
    return { ...inner, isOptional, description: description ?? inner.description };
  }
  return { isOptional: schema._zod.optin === 'optional', description, ...shapeOf(definition, depth) };
}

function shapeOf(definition: Definition, depth: number): Pick<Sketch, 'kind' | 'element' | 'fields' | 'values'> {
  const { type, format, element, shape, entries, values } = definition;
  if (depth > MAX_DEPTH) return { kind: 'other' };
  switch (type) {
    case 'string':
      return { kind: format === 'date' ? 'date' : 'string' };
    case 'number':
    case 'boolean':
      return { kind: type };
    case 'enum':
      return { kind: 'enum', values: Object.values(entries ?? {}).map(String) };
    case 'literal':
      return { kind: 'enum', values: (values ?? []).map(String) };
    case 'array':
      return element ? { kind: 'array', element: sketchOf(element, depth + 1) } : { kind: 'other' };
    case 'object': {
      const fields = Object.entries(shape ?? {}).map(([name, field]) => [name, sketchOf(field, depth + 1)] as const);
      return { kind: 'object', fields: Object.fromEntries(fields) };
    }
    default:
      return { kind: 'other' };
  }
}

/** A schema of the same form, which takes all that looks like it: what is refused, the plugin's own schema says. */
export function formOf(sketch: Sketch): z.ZodType {
  const form = bareForm(sketch);
  const described = sketch.description === null ? form : form.describe(sketch.description);
  return sketch.isOptional ? described.optional() : described;
}

/** The form of an object; a sketch of anything else is one without fields. */
export function objectFormOf({ fields = {} }: Sketch): z.ZodObject {
  return z.object(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, formOf(field)])));
}

function bareForm(sketch: Sketch): z.ZodType {
  const [first, ...others] = sketch.values ?? [];
  switch (sketch.kind) {
    case 'string':
      return z.string();
    case 'date':
      return z.iso.date();
    case 'number':
      return z.number();
    case 'boolean':
      return z.boolean();
    case 'enum':
      return first === undefined ? z.string() : z.enum([first, ...others]);
    case 'array':
      return z.array(sketch.element ? formOf(sketch.element) : z.unknown());
    case 'object':
      return objectFormOf(sketch);
    case 'other':
      // Not `unknown`, which may be left out.
      return z.custom((value) => value !== undefined);
  }
}
