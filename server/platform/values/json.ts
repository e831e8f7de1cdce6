/**
 * What a JSON column holds, as whoever wrote it typed it. The platform alone writes these columns, so they are read without
 * a check; what comes from outside is checked by a zod schema instead.
 */
export function fromJson<T>(stored: unknown): T {
  return stored as T;
}

/** Whether two JSON values say the same, whatever the order of their fields. */
export function isSameRecord(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}
