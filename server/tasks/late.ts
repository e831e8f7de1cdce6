import { Prisma } from '../generated/prisma/client.ts';

/** The instant from which a task is late, as SQL over its due instant: what `lateFrom` of duties/rules.ts says of one. */
export function lateFromSql(dueAt: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(${dueAt} + make_interval(secs => (extract(second from ${dueAt}) = 59)::int))`;
}
