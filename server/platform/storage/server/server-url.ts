import { UnsupportedDatabaseError } from '../errors.ts';

/** A server's address as the driver takes it. */
export interface ServerAddress {
  readonly connectionString: string;
  /** The schema that the address names; null where the role's search path decides. */
  readonly schema: string | null;
  /** Milliseconds, where the address says it in the place of ours; 0 for no limit. */
  readonly statementTimeout: number | null;
}

/**
 * Reads `?schema=`, which the driver does not know: it becomes the search path of every session, and nothing else is on that
 * path, lest a table that is missing there be found in `public`.
 *
 * @throws {UnsupportedDatabaseError} the name is none that a schema may have here
 */
export function readServerUrl(url: string): ServerAddress {
  if (!URL.canParse(url)) return { connectionString: url, schema: null, statementTimeout: null };
  const address = new URL(url);
  const limit = address.searchParams.get('statement_timeout');
  const statementTimeout = limit === null ? null : Number(limit) || 0;
  const schema = address.searchParams.get('schema');
  if (schema === null) return { connectionString: url, schema, statementTimeout };
  if (!/^[A-Za-z_][\w$]{0,62}$/.test(schema))
    throw new UnsupportedDatabaseError(
      `schema=${schema} names no schema. Write up to 63 letters, digits and _, the first one no digit.`,
    );
  const options = [address.searchParams.get('options'), `-c search_path=${searchPathOf(schema)}`];
  address.searchParams.delete('schema');
  address.searchParams.set('options', options.filter(Boolean).join(' '));
  return { connectionString: address.href, schema, statementTimeout };
}

/** As the server shows it, in quotes so that capital letters stay. */
export function searchPathOf(schema: string): string {
  return `"${schema}"`;
}
