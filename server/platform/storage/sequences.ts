import type { PoolClient } from 'pg';

/** A sequence that numbers a column: `serial` or an identity. */
export interface OwnedSequence {
  /** As it is written in a statement. */
  readonly sequence: string;
  /** The same without its schema, which is another one elsewhere. */
  readonly name: string;
  readonly table: string;
  readonly column: string;
}

// From the catalog, so that whatever a migration adds is among them.
const OWNED = `
  select quote_ident(n.nspname) || '.' || quote_ident(s.relname) as sequence, quote_ident(s.relname) as name, t.relname as "table", a.attname as "column"
  from pg_class s
  join pg_namespace n on n.oid = s.relnamespace
  join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.oid and d.refclassid = 'pg_class'::regclass
    and d.deptype in ('a', 'i')
  join pg_class t on t.oid = d.refobjid
  join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
  where s.relkind = 'S' and n.nspname = current_schema()
  order by 1`;

/** Every sequence that numbers a column of the platform's tables. */
export async function ownedSequences(client: Pick<PoolClient, 'query'>): Promise<OwnedSequence[]> {
  return (await client.query<OwnedSequence>(OWNED)).rows;
}

/** The last number that each sequence gave; those that gave none are left out. */
export async function lastNumbers(client: Pick<PoolClient, 'query'>): Promise<Record<string, string>> {
  const last: Record<string, string> = {};
  for (const { sequence, name } of await ownedSequences(client)) {
    const { rows } = await client.query<{ last: string }>(
      `select last_value::text as last from ${sequence} where is_called`,
    );
    if (rows[0]) last[name] = rows[0].last;
  }
  return last;
}

/**
 * Lets every sequence go on behind the last number that it gave and behind the greatest in its column: rows that are
 * copied bring their numbers along, and a number whose row is gone is not given again.
 */
export async function setSequences(
  client: Pick<PoolClient, 'query'>,
  last: Readonly<Record<string, string>>,
): Promise<void> {
  for (const { sequence, name, table, column } of await ownedSequences(client)) {
    await client.query(
      `select setval($1, greatest(coalesce(max("${column}"), 1), $2::bigint), max("${column}") is not null or $2 is not null)
       from "${table}"`,
      // Backups of former versions have the schema in it.
      [sequence, last[name] ?? last[`public.${name}`] ?? null],
    );
  }
}
