import type { PrismaClient } from '../../../prisma/generated/client/client.ts';

// Long work is done by one process at a time, which says so again with each piece that it does. When it says so no more, killed or
// cut off, any other one takes the work over where it stands.

/** Seconds after which work that nobody is at is taken over. */
export const LEASE_SECONDS = 60;

type Reading = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>;

/**
 * Takes a piece of work, or keeps it.
 *
 * @param name of the work, e.g. `grading-run:<id>`
 * @param holder an id of whoever does it, new for each attempt
 * @returns whether it is the holder's
 */
export async function holdLease(db: Reading, name: string, holder: string): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`/* storage.holdLease */
    insert into lease (name, holder, until) values (${name}, ${holder}::uuid, clock_timestamp() + ${LEASE_SECONDS} * interval '1 second')
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where lease.holder = excluded.holder or lease.until < clock_timestamp()
    returning name`;
  return rows.length > 0;
}

/** Lets go of a piece of work: it is done, or somebody else may go on with it at once. */
export async function dropLease(db: Reading, name: string, holder: string): Promise<void> {
  await db.$executeRaw`/* storage.dropLease */ delete from lease where name = ${name} and holder = ${holder}::uuid`;
}
