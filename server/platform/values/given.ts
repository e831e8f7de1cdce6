import type { Issue } from './errors.ts';

/** Issues of fields that an update may leave out but not empty. */
export function refusedNulls<Input extends object>(
  input: Input,
  fields: readonly (keyof Input & string)[],
  path = 'input',
): Issue[] {
  return fields
    .filter((field) => input[field] === null)
    .map((field) => ({ path: `${path}.${field}`, message: 'cannot be emptied' }));
}
