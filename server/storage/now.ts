import type { Clock } from '../clock.ts';
import { Prisma } from '../generated/prisma/client.ts';

/**
 * The present instant as SQL. Where the clock runs the database's time decides, so that nodes agree; a held clock decides
 * where it is held.
 */
export function nowSql(clock: Clock): Prisma.Sql {
  return clock.held ? Prisma.sql`${clock.now()}::timestamptz` : Prisma.sql`clock_timestamp()`;
}
