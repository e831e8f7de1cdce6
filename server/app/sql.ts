import { Prisma, type PrismaClient } from '../../prisma/generated/client/client.ts';

// The first instant up to and including `until` at which a row of each kind falls due: an index's first entry each.

export const nextClock = (until: Date) =>
  Prisma.sql`(select min(next_fire_at) from sla_clock where next_fire_at <= ${until})`;

export const nextSubjectClock = (until: Date) =>
  Prisma.sql`(select min(next_fire_at) from subject_clock where next_fire_at <= ${until})`;

export const nextTask = (until: Date) =>
  Prisma.sql`(select min(next_fire_at) from task where next_fire_at <= ${until})`;

export const nextAcknowledgement = (until: Date) =>
  Prisma.sql`(select min(acknowledgement_expires_at) from alert where acknowledgement_expires_at <= ${until})`;

export const nextMessage = (until: Date) =>
  Prisma.sql`(select min(next_attempt_at) from message where next_attempt_at <= ${until})`;

/** What is scheduled begins, and what is limited ends. */
export const nextGrade = (until: Date) => Prisma.sql`least(
  (select min(since) from grade where scheduled and since <= ${until}),
  (select min(ends_at) from grade where ends_at <= ${until} and ends_at is not null and state <> 'ENDED'),
  (select min(review_at) from grade where review_at <= ${until} and review_at is not null and state <> 'ENDED'))`;

/** The first of several instants; null where there is none. */
export async function firstOf(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  instants: readonly Prisma.Sql[],
): Promise<Date | null> {
  const [row] = await prisma.$queryRaw<{ at: Date | null }[]>`/* app.firstOf */
    select least(${Prisma.join([...instants])}) as at`;
  return row?.at ?? null;
}
