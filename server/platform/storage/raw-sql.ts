import type pg from 'pg';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { statementNames } from './statement-names.ts';
import { transactionScope } from './transaction-guard.ts';

// Prisma takes every parameter through JSON and every row through its own types, which for large writes and hot reads
// costs as much again as the statement. What is sent here goes to the same connections without that detour.

/** Where a statement goes: to the pool, or to the connection of the transaction that runs. */
export type Direct = { readonly pool: pg.Pool } | (Prisma.TransactionClient & { readonly $connect?: never });

/** Other names than those that Prisma gives on the same connections. */
const nameOf = statementNames({ prefix: 'd' });

/**
 * Sends one statement as it is, prepared from its second use on. Values come as `pg` reads them: json as objects,
 * timestamptz as Date, bigint and numeric as text; a `date` is cast to text in the statement.
 *
 * @throws the database's own error, with PostgreSQL's `code`
 */
export async function direct<Row extends pg.QueryResultRow>(
  to: Direct,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const query = { name: nameOf({ sql: text }), text, values: [...values] };
  const { rows } = await ('pool' in to ? to.pool.query<Row>(query) : connectionNow().query<Row>(query));
  return rows;
}

/** As `direct`, with the values where they stand in the statement. */
export function directSql<Row extends pg.QueryResultRow>(to: Direct, { text, values }: Prisma.Sql): Promise<Row[]> {
  return direct(to, text, values);
}

/** The connection of the transaction that runs. */
function connectionNow(): pg.PoolClient {
  const { isActive, connection } = transactionScope.getStore() ?? {};
  if (!isActive || !connection) throw new Error('the transaction of this client does not run around the caller');
  return connection;
}
