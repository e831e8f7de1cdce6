import type { Pool } from 'pg';
import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Clock } from '../values/wall-clock.ts';

/**
 * The present instant as SQL, the same throughout one statement. Where the clock runs the database's time decides, so that
 * nodes agree; a held clock decides where it is held.
 */
export function nowSql(clock: Clock): Prisma.Sql {
  // Not clock_timestamp(): it is another one for each row, so no index can be asked for what lies before it.
  return clock.held ? Prisma.sql`${clock.now()}::timestamptz` : Prisma.sql`statement_timestamp()`;
}

/** The database's time, for a command that has no clock of its own and writes an instant. */
export async function databaseTime(pool: Pick<Pool, 'query'>): Promise<Date> {
  const { rows } = await pool.query<{ at: Date }>('select statement_timestamp() as at');
  return rows[0]?.at ?? new Date();
}
