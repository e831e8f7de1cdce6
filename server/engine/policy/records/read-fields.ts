import type { z } from 'zod';
import type { Issue } from '../../../platform/values/errors.ts';
import { formFields } from './form-fields.ts';

/** The largest set of fields that is stored, in characters of JSON. */
const MAX_FIELDS = 16_384;

/**
 * Fields as a schema reads them, or what is wrong with each, in sentences of our own. Days and instants that came as dates are
 * written as texts, as they are stored; what is null is as if it were left out.
 *
 * @param path of the object in the input
 */
export function readFields(
  schema: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
  path: string,
): { fields: Record<string, unknown>; issues: Issue[] } {
  const written = asWritten(schema, given);
  if (JSON.stringify(written).length > MAX_FIELDS)
    return { fields: {}, issues: [{ path, message: `are longer than ${MAX_FIELDS} characters` }] };
  const read = schema.strict().safeParse(written);
  if (read.success) return { fields: read.data, issues: [] };
  return { fields: {}, issues: read.error.issues.flatMap((issue) => issuesOf(issue, written, path)) };
}

function asWritten(schema: z.ZodObject, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const days = new Set(formFields(schema).flatMap(({ path, type }) => (type === 'DATE' ? path : [])));
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      if (!(value instanceof Date)) return [[name, value]];
      return [[name, days.has(name) ? value.toISOString().slice(0, 10) : value.toISOString()]];
    }),
  );
}

type ZodIssue = z.core.$ZodIssue;

function issuesOf(issue: ZodIssue, given: unknown, path: string): Issue[] {
  const at = [path, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: `${at}.${key}`, message: 'is not asked for' }));
  if (valueAt(given, issue.path) === undefined) return [{ path: at, message: 'is missing' }];
  if (issue.code === 'invalid_value')
    return [{ path: at, message: `is none of ${issue.values.map(String).join(', ')}` }];
  if (issue.code === 'invalid_type') return [{ path: at, message: 'is of another type' }];
  return [{ path: at, message: issue.message }];
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given;
  for (const key of path) value = (value as Readonly<Record<PropertyKey, unknown>> | undefined | null)?.[key];
  return value;
}
