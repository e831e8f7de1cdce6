import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Share } from '../../engine/services/sweep-batches.ts';
import { direct } from '../../platform/storage/raw-sql.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { AlertKind, Role } from '../../platform/values/enums.ts';
import type { Ladder } from './ladder.ts';

/** An alert that is told to somebody now. */
export interface Climbing {
  id: string;
  kind: AlertKind;
  policyId: string;
  branchId: string;
  customerId: string | null;
  audience: Role[];
  raisedAt: Date;
  /** Who has the matter in hand. */
  ownerId: string | null;
  assigneeId: string | null;
  ladder: Ladder | null;
  rung: number | null;
  climbsAt: Date | null;
  /** Nobody waits for it any more. */
  isOver: boolean;
  now: Date;
}

const COLUMNS = Prisma.sql`a.id, a.kind, a.policy_id as "policyId", a.branch_id as "branchId", a.customer_id as "customerId",
  a.audience::text[] as audience, a.raised_at as "raisedAt", coalesce(w.assignee_id, t.assignee_id, t.owner_id, a.assignee_id) as "ownerId",
  a.assignee_id as "assigneeId", a.ladder, a.rung, a.climbs_at as "climbsAt",
  a.acknowledged_at is not null or a.ended_at is not null as "isOver"`;

/** The lines of new alerts, and of those whose rung ran out: whose people have to be known. */
export async function linesOf(
  db: Pick<PrismaClient, '$queryRaw'>,
  which: 'NEW' | 'CLIMBING' | 'EXPIRED',
  now: Prisma.Sql,
): Promise<string[]> {
  const due = {
    NEW: Prisma.sql`awaits_ladder`,
    CLIMBING: Prisma.sql`climbs_at <= ${now}`,
    EXPIRED: Prisma.sql`acknowledgement_expires_at <= ${now}`,
  }[which];
  const rows = await db.$queryRaw<{ policyId: string }[]>`/* alerts.linesOf */
    select distinct policy_id as "policyId" from alert where ${due}`;
  return rows.map(({ policyId }) => policyId);
}

/** New alerts of these lines of which nobody looked yet whether they climb, locked. */
export function takeNew(
  tx: TransactionClient,
  lines: readonly string[],
  now: Prisma.Sql,
  { limit, without }: Share,
): Promise<Climbing[]> {
  return tx.$queryRaw`/* alerts.takeNew */
    select ${COLUMNS}, ${now} as now from alert a left join task w on w.id = a.task_id left join ticket t on t.id = a.ticket_id
    where a.awaits_ladder and a.policy_id = any(${[...lines]}) and a.id <> all(${without}::uuid[]) order by a.id limit ${limit} for update of a skip locked`;
}

/** Alerts of these lines whose rung ran out, locked. */
export function takeClimbing(
  tx: TransactionClient,
  lines: readonly string[],
  now: Prisma.Sql,
  { limit, without }: Share,
): Promise<Climbing[]> {
  return tx.$queryRaw`/* alerts.takeClimbing */
    select ${COLUMNS}, ${now} as now from alert a left join task w on w.id = a.task_id left join ticket t on t.id = a.ticket_id
    where a.climbs_at <= ${now} and a.policy_id = any(${[...lines]}) and a.acknowledged_at is null and a.ended_at is null
      and a.id <> all(${without}::uuid[]) order by a.climbs_at limit ${limit} for update of a skip locked`;
}

/** Where an alert stands from now on. */
export interface Standing {
  id: string;
  ladder: Ladder | null;
  rung: number | null;
  climbs_at: Date | null;
  assignee_id: string | null;
}

/** Writes where alerts stand. A snooze ends with the rung in which it was asked for. */
export async function standOn(tx: TransactionClient, rows: readonly Standing[]): Promise<void> {
  if (rows.length === 0) return;
  await direct(
    tx,
    `/* alerts.standOn */
    update alert a set awaits_ladder = false, ladder = r.ladder, rung = r.rung, climbs_at = r.climbs_at, assignee_id = r.assignee_id,
      snoozed_until = null
    from jsonb_to_recordset($1::jsonb) as r (id uuid, ladder jsonb, rung int, climbs_at timestamptz, assignee_id uuid)
    where a.id = r.id`,
    [JSON.stringify(rows)],
  );
}

/** Alerts of kinds without a ladder are looked at once. */
export async function leaveOut(tx: TransactionClient, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.$queryRaw`/* alerts.leaveOut */ update alert set awaits_ladder = false where id = any(${[...ids]}::uuid[])`;
}

/** Posts of the line, by who holds them. */
export async function postsHeld(
  db: Pick<PrismaClient, '$queryRaw'>,
  policyId: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.$queryRaw<{ id: string; posts: string[] }[]>`/* alerts.postsHeld */
    select id, posts from staff where active and cardinality(posts) > 0`;
  const prefix = `${policyId}/`;
  return new Map(
    rows.map(({ id, posts }) => [
      id,
      posts.flatMap((post) => (post.startsWith(prefix) ? [post.slice(prefix.length)] : [])),
    ]),
  );
}

/** Alerts whose snooze is over, which are told so. */
export async function endSnoozes(tx: TransactionClient, now: Prisma.Sql, { limit, without }: Share): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`/* alerts.endSnoozes */
    with due as (
      select id, snoozed_until as at from alert where snoozed_until <= ${now} and id <> all(${without}::uuid[])
      order by snoozed_until limit ${limit} for update skip locked
    ), ended as (
      update alert a set snoozed_until = null from due where a.id = due.id returning a.id, due.at
    ), told as (
      insert into alert_update (alert_id, change, at) select id, 'SNOOZE_ENDED', at from ended
    ) select id from ended`;
  return rows.map(({ id }) => id);
}

/** Open alerts that climb, of a line, after an id: for whoever applies another ladder to them. Locked. */
export function laddersOf(tx: TransactionClient, policyId: string, after: string | null, limit: number) {
  return tx.$queryRaw<
    { id: string; kind: AlertKind; ladder: Ladder; rung: number; toldAt: Date | null }[]
  >`/* alerts.laddersOf */
    select a.id, a.kind, a.ladder, a.rung, (select max(c.told_at) from alert_climb c where c.alert_id = a.id) as "toldAt"
    from alert a where a.policy_id = ${policyId} and a.ladder is not null and a.acknowledged_at is null and a.ended_at is null
      and (${after}::uuid is null or a.id > ${after}::uuid) order by a.id limit ${limit} for update of a`;
}

/** Gives alerts another ladder, from the rung that they stand on. */
export async function changeLadders(
  tx: TransactionClient,
  rows: readonly {
    readonly id: string;
    readonly ladder: Ladder | null;
    readonly rung: number;
    readonly climbs_at: Date | null;
  }[],
): Promise<void> {
  await direct(
    tx,
    `/* alerts.changeLadders */
    update alert a set ladder = r.ladder, rung = r.rung, climbs_at = r.climbs_at
    from jsonb_to_recordset($1::jsonb) as r (id uuid, ladder jsonb, rung int, climbs_at timestamptz) where a.id = r.id`,
    [JSON.stringify(rows)],
  );
}
