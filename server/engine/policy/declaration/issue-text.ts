import type { z } from 'zod';

/** Longest piece of a value that is shown, in characters. */
const SHOWN = 40;

const ASKED: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

const FORMATS: Readonly<Record<string, string>> = {
  date: 'a day such as 2026-03-31',
  datetime: 'an instant such as 2026-03-31T23:59:59+08:00',
};

/**
 * What a schema has against a value, as the end of a sentence that begins with the path: `is "GLOD", one of GOLD, SILVER is
 * asked`.
 *
 * @param value what was parsed; the issue's path leads into it
 */
export function issueText(issue: z.core.$ZodIssue, value: unknown): string {
  const at = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | null)?.[key], value);
  const is = at === undefined ? 'is missing' : `is ${shown(at)}`;
  switch (issue.code) {
    case 'invalid_type':
      return `${is}, ${ASKED[issue.expected] ?? issue.expected} is asked`;
    case 'invalid_value':
      return `${is}, ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')} is asked`;
    case 'invalid_format': {
      const own = ownWords(issue.message);
      return own
        ? `${is}, which ${own}`
        : `${is}, ${FORMATS[issue.format] ?? `a text of the form ${issue.format}`} is asked`;
    }
    case 'unrecognized_keys':
      return `has ${issue.keys.join(', ')}, which nobody reads`;
    case 'too_small':
      if (issue.origin === 'string') return at === '' ? 'is empty' : `${is}, ${issue.minimum} characters at least`;
      return `${sized(at, is)}, ${issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} at least`}`;
    case 'too_big':
      if (issue.origin === 'string') return `has ${(at as string).length} characters, ${issue.maximum} at most`;
      return `${sized(at, is)}, ${issue.inclusive === false ? `less than ${issue.maximum}` : `${issue.maximum} at most`}`;
    case 'invalid_union': {
      const own = issue.errors.flat().flatMap(({ message }) => ownWords(message) ?? []);
      return `${is}, which ${own[0] ?? 'is none of the forms that are asked'}`;
    }
    default:
      return ownWords(issue.message) ?? `${is}, which is refused`;
  }
}

/** What the schema's author said of it; the library's own words begin with a capital. */
function ownWords(message: string): string | undefined {
  return /^[A-Z]/.test(message) ? undefined : message;
}

function sized(value: unknown, is: string): string {
  return Array.isArray(value) ? `has ${value.length} entries` : is;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a Date';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
