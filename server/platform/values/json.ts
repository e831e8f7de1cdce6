/**
 * What a JSON column holds, as whoever wrote it typed it. The platform alone writes these columns, so they are read without
 * a check; what comes from outside is checked by a zod schema instead.
 */
export function fromJson<T>(stored: unknown): T {
  return stored as T;
}
