/** Text of an answer's part as a golden table has it. */

const NONE = 'none';

/**
 * The part of a value at a dotted path. A segment is a key, a place in a list, `*` for every entry, or what tells an
 * entry of a list: its metric, key or code.
 */
export function at(value: unknown, path: string): unknown {
  return path === '' ? value : step(value, path.split('.'));
}

function step(value: unknown, [segment, ...rest]: readonly string[]): unknown {
  if (segment === undefined || value === null || value === undefined) return value;
  if (segment === '*') return entries(value).map((entry) => step(entry, rest));
  if (!Array.isArray(value) || Object.hasOwn(value, segment))
    return step((Object(value) as Readonly<Record<string, unknown>>)[segment], rest);
  return step(
    value.find((entry) => isNamed(entry, segment)),
    rest,
  );
}

function entries(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function isNamed(entry: unknown, name: string): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { metric, key, code } = entry as Readonly<Record<string, unknown>>;
  return [metric, key, code].includes(name);
}

/**
 * A value in a cell: a list by `; `, an object as its values, nothing as `none`. So `{ role: 'DIRECTOR', where: 'LINE' }`
 * is `DIRECTOR LINE`.
 */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return NONE;
  if (Array.isArray(value)) return value.length === 0 ? NONE : value.map(shown).join('; ');
  if (typeof value === 'object') return Object.values(value).map(shown).join(' ');
  return String(value);
}
