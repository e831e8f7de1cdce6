import { z } from 'zod';
import type { CustomerKind } from '../../../platform/values/enums.ts';
import type { Policy } from '../contract.ts';
import { contradictoryParameters, parseParameters } from '../parameters.ts';

// Values that people give are read by the schemas and functions that a plugin declares. They are the plugin's code, so a plugin of others
// reads them in its thread, under the limits of an answer; the built-in ones are the platform's own and read where they are asked.

/** Values to be read by what a policy declares. */
export type Reading =
  /** All that are set, by key. */
  | { readonly of: 'PARAMETERS'; readonly values: Readonly<Record<string, unknown>> }
  /** A customer's own fields; what follows from them is filled in where asked. */
  | { readonly of: 'PROFILE'; readonly kind: CustomerKind; readonly values: unknown; readonly complete: boolean }
  /** What is recorded with a duty. */
  | { readonly of: 'RECORD'; readonly duty: string; readonly values: unknown }
  /** What an application says. */
  | { readonly of: 'FIELDS'; readonly application: string; readonly values: unknown };

export const readSchema = z.strictObject({
  value: z.record(z.string(), z.unknown()),
  issues: z.array(z.strictObject({ path: z.array(z.string()), message: z.string() })).max(1000),
});
/** Values as they were read, and what is wrong with them: a path in the values, and the end of a sentence. */
export interface Read {
  readonly value: Record<string, unknown>;
  readonly issues: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/**
 * Reads values by a policy's own schemas and functions, where this is called.
 *
 * @throws whatever code of the plugin throws
 */
export function readHere(policy: Policy, reading: Reading): Read {
  switch (reading.of) {
    case 'PARAMETERS':
      return readParameterValues(policy, reading.values);
    case 'PROFILE': {
      const read = readBy(policy.profiles?.[reading.kind], reading.values);
      if (!reading.complete || read.issues.length > 0) return read;
      return { ...read, value: { ...read.value, ...policy.completeProfile?.(reading.kind, read.value) } };
    }
    case 'RECORD':
      return readBy(policy.duties?.[reading.duty]?.record, reading.values);
    case 'FIELDS':
      return readBy(policy.applications?.[reading.application]?.fields, reading.values);
  }
}

function readParameterValues(policy: Policy, values: Readonly<Record<string, unknown>>): Read {
  const { parameters, issues } = parseParameters(policy, values, '');
  const found = issues.length > 0 ? issues : contradictoryParameters(policy, parameters, '');
  return {
    value: parameters,
    issues: found.map(({ path, message }) => ({ path: path.split('.').filter((key) => key !== ''), message })),
  };
}

function readBy(schema: z.ZodObject | undefined, values: unknown): Read {
  if (!schema) return { value: {}, issues: [{ path: [], message: 'is not asked for' }] };
  const read = schema.strict().safeParse(values);
  if (read.success) return { value: read.data, issues: [] };
  return {
    value: {},
    issues: read.error.issues.map(({ path, message }) => ({ path: path.map(String), message })),
  };
}
