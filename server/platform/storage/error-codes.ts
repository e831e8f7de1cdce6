/** Looks for PostgreSQL's code through Prisma's layers, which keep it in different places. */
export function hasCode(error: unknown, codes: ReadonlySet<string>, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { code, originalCode, kind, cause, meta, driverAdapterError } = error as Record<string, unknown>;
  if ([code, originalCode, kind].some((value) => codes.has(String(value)))) return true;
  return [cause, meta, driverAdapterError].some((inner) => hasCode(inner, codes, depth + 1));
}
