import type { Issue } from './errors.ts';

const RULE = 'has a NUL character or half of a surrogate pair, which no text has';

/** PostgreSQL stores no NUL, and half of a surrogate pair is no character. */
function isSound(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}

/**
 * The strings of an input that no database can hold, each with its path, e.g. `input.measures[2].measure`; names of an
 * object's fields too. At most ten are told.
 */
export function malformedStrings(value: unknown, path: string, found: Issue[] = []): Issue[] {
  if (found.length >= 10) return found;
  if (typeof value === 'string') {
    if (!isSound(value)) found.push({ path, message: RULE });
  } else if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) malformedStrings(part, `${path}[${index}]`, found);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    for (const [name, part] of Object.entries(value)) {
      const here = path ? `${path}.${name}` : name;
      if (isSound(name)) malformedStrings(part, here, found);
      else found.push({ path: path || 'variables', message: `has a field whose name ${RULE}` });
    }
  }
  return found;
}
