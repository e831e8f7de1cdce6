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

/** Of new alerts nobody looked yet whether they climb. */
export const nextLadder = (until: Date) =>
  Prisma.sql`(select min(raised_at) from alert where awaits_ladder and raised_at <= ${until})`;

export const nextClimb = (until: Date) => Prisma.sql`(select min(climbs_at) from alert where climbs_at <= ${until})`;

export const nextSnoozeEnd = (until: Date) =>
  Prisma.sql`(select min(snoozed_until) from alert where snoozed_until <= ${until})`;

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

/** What an operator watches of what is in the database: names as of metrics, null where there is nothing to tell. */
export async function operatingFigures(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  backupJob: string,
  now: Date,
): Promise<Readonly<Record<string, number | null>>> {
  const [row] = await prisma.$queryRaw<Record<string, number | null>[]>`/* app.operatingFigures */
    select (select count(*)::int from alert where pos is null) as alerts_unnumbered,
      m.waiting as messages_waiting, m.oldest as messages_oldest_seconds,
      a.unsealed as audit_unsealed, a.oldest as audit_oldest_unsealed_seconds,
      (select extract(epoch from ${now}::timestamptz - max(due_at))::float8 from job_run where job = ${backupJob}) as backup_age_seconds
    from (select count(*)::int as waiting,
        greatest(0, extract(epoch from ${now}::timestamptz - min(next_attempt_at)))::float8 as oldest
      from message where next_attempt_at is not null) m,
      (select count(*)::int as unsealed, greatest(0, extract(epoch from ${now}::timestamptz - min(at)))::float8 as oldest
      from audit_entry where seq is null) a`;
  return row ?? {};
}
