import { z } from 'zod';
import type { Policy } from '../contract.ts';
import { formOf, isSchema, objectFormOf, type Sketch, sketchOf } from './sketch.ts';

/** What marks a sketch among the data of a declaration. */
const MARK = '$sketch';

/** Places that are code, by their path in the declaration: they stay in the plugin's thread. */
const FUNCTIONS = ['completeProfile', 'checkParameters'] as const;

/** The largest declaration that is taken, in characters of JSON. */
export const MAX_DECLARATION = 4 * 1024 * 1024;

/** A declaration as data: schemas are sketches, functions are named. */
export interface DeclarationData {
  readonly data: unknown;
  /** The questions that it answers by a function of its own. */
  readonly answers: readonly string[];
  readonly functions: readonly string[];
}

/** @throws {Error} the module's default export is no policy */
export function policyOf(loaded: unknown): Policy {
  const policy = loaded as Partial<Policy> | undefined;
  if (typeof policy !== 'object' || policy === null || typeof policy.id !== 'string')
    throw new Error('its default export is no policy');
  // Told rather than ignored: the field would be gone from the schema without a word.
  if ('extend' in policy) throw new Error('its policy has `extend`, which belongs into a file schema.ts beside it');
  return policy as Policy;
}

/** The declaration as it leaves the plugin's thread. Reads everything once: a getter is code, too. */
export function declarationData(policy: Policy): DeclarationData {
  const { answers, ...declared } = policy;
  return {
    data: dataOf(declared, 0),
    answers: Object.entries(answers ?? {}).flatMap(([question, answer]) => (answer === undefined ? [] : [question])),
    functions: FUNCTIONS.filter((name) => typeof policy[name] === 'function'),
  };
}

function dataOf(value: unknown, depth: number): unknown {
  if (depth > 40) throw new Error('its declaration is nested too deeply, or in a circle');
  if (isSchema(value)) return { [MARK]: sketchOf(value) };
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`its declaration has ${value} in it`);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => dataOf(one, depth + 1));
  // What writes itself as a text, a decimal or a date, is that text.
  if ('toJSON' in value && typeof value.toJSON === 'function') return dataOf(value.toJSON(), depth + 1);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dataOf(inner, depth + 1)]));
}

const sketch: z.ZodType<Sketch> = z.lazy(() =>
  z.object({
    kind: z.enum(['string', 'date', 'enum', 'number', 'boolean', 'array', 'object', 'other']),
    isOptional: z.boolean(),
    description: z.string().nullable(),
    element: sketch.optional(),
    fields: z.record(z.string(), sketch).optional(),
    values: z.array(z.string()).optional(),
  }),
);
const declarationSchema = z.object({
  data: z.record(z.string(), z.unknown()),
  answers: z.array(z.string()),
  functions: z.array(z.string()),
});

/**
 * The policy as the platform's own process holds it: its data, forms of its schemas, and functions that run nowhere but in
 * the plugin's thread.
 *
 * @param said what came from the thread; nothing of it is trusted
 * @throws {Error} it is no declaration
 */
export function policyFrom(said: unknown): Policy {
  const { data, answers, functions } = declarationSchema.parse(said);
  const policy = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, formsIn(value, [key])]));
  return {
    ...policy,
    ...Object.fromEntries(functions.map((name) => [name, elsewhere])),
    answers: Object.fromEntries(answers.map((question) => [question, elsewhere])),
  } as object as Policy;
}

function formsIn(value: unknown, path: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => formsIn(one, path));
  if (MARK in value) {
    const read = sketch.parse(value[MARK]);
    return isOfFields(path) ? objectFormOf(read) : formOf(read);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, formsIn(inner, [...path, key])]));
}

/** Where the contract asks for an object's schema. */
function isOfFields(path: readonly string[]): boolean {
  return path[0] === 'profiles' || path.at(-1) === 'record' || path.at(-1) === 'fields';
}

function elsewhere(): never {
  throw new Error('a function of a plugin runs in its thread alone');
}
