import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Share } from '../../engine/services/sweep-batches.ts';
import type { Holder } from './may-hold.ts';

type Reader = Pick<Prisma.TransactionClient, '$queryRaw'>;

type Writer = Pick<Prisma.TransactionClient, '$executeRaw'>;

/** What says whether a customer may hold a tier (`Holder`). */
const HOLDER_OF_C = Prisma.sql`jsonb_build_object('stage', c.stage, 'departedAt', c.departed_at, 'vipConsent', c.vip_consent, 'profile', c.profile)`;

/** A grade that began or ended by itself, with its customer. */
export interface DueGrade {
  readonly id: string;
  readonly customer_id: string;
  readonly policy_id: string;
  readonly branch_id: string;
  readonly manager_id: string | null;
  readonly scheme_id: string;
  readonly tier_code: string;
  readonly tier_rank: number;
  /** What it replaces; null where that is nothing. */
  readonly held_tier: string | null;
  /** For what it was held. */
  readonly reason: string;
  /** What says whether its customer may hold a tier. */
  readonly holder: Holder;
  readonly now: Date;
}

/** Ids of scheduled grades that are to begin, their customers locked; one whose customer is locked by another has its turn later. */
export async function lockGradesToBegin(tx: Reader, now: Prisma.Sql, share: Share): Promise<string[]> {
  return lockDue(tx, Prisma.sql`g.scheduled and g.since <= ${now}`, Prisma.sql`g.since`, share);
}

/** Ids of grades that run out, their customers locked; one whose customer is locked by another has its turn later. */
export async function lockGradesToExpire(tx: Reader, now: Prisma.Sql, share: Share): Promise<string[]> {
  return lockDue(tx, Prisma.sql`g.ends_at <= ${now} and g.state <> 'ENDED'`, Prisma.sql`g.ends_at`, share);
}

async function lockDue(tx: Reader, isDue: Prisma.Sql, order: Prisma.Sql, { limit, without }: Share): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`/* grades.lockDue */
    select g.id from grade g join customer c on c.id = g.customer_id 
    where ${isDue} and g.id <> all(${without}::uuid[]) order by ${order} limit ${limit} for no key update of c skip locked`;
  return rows.map(({ id }) => id);
}

/** Those of scheduled grades that are to begin, with what says whether their customers may hold them. */
export function scheduledOf(
  tx: Reader,
  ids: readonly string[],
): Promise<Pick<DueGrade, 'id' | 'policy_id' | 'scheme_id' | 'holder'>[]> {
  return tx.$queryRaw`/* grades.scheduledOf */
      select g.id, g.policy_id, g.scheme_id, ${HOLDER_OF_C} as holder
      from grade g join customer c on c.id = g.customer_id where g.id = any(${ids}::uuid[]) and g.scheduled and g.state <> 'ENDED'`;
}

/** Ends scheduled grades that never come into force. */
export async function dropGrades(tx: Writer, ids: readonly string[], now: Prisma.Sql): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`/* grades.dropGrades */
      update grade set state = 'ENDED', scheduled = false, ended_at = ${now}, ended_because = 'EXPIRED' where id = any(${ids}::uuid[])`;
}

/** Brings scheduled grades into force, which ends what was held in their scheme. */
export function beginGrades(tx: Reader, ids: readonly string[], now: Prisma.Sql): Promise<DueGrade[]> {
  return tx.$queryRaw`/* grades.beginGrades */
      with begun as (
        update grade g set scheduled = false where g.id = any(${ids}::uuid[]) and g.scheduled and g.state <> 'ENDED' returning g.*
      ), ended as (
        update grade h set state = 'ENDED', ended_at = begun.since, ended_because = 'ASSESSED' from begun
        where h.customer_id = begun.customer_id and h.scheme_id = begun.scheme_id and h.id <> begun.id and h.state <> 'ENDED' and not h.scheduled
        returning h.customer_id, h.scheme_id, h.tier_code
      )
      select begun.id, begun.customer_id, begun.policy_id, c.branch_id, c.manager_id, begun.scheme_id, begun.tier_code, begun.tier_rank,
        (select tier_code from ended e where e.customer_id = begun.customer_id and e.scheme_id = begun.scheme_id limit 1) as held_tier,
        begun.reason::text as reason, ${HOLDER_OF_C} as holder, ${now} as now
      from begun join customer c on c.id = begun.customer_id`;
}

/** Ends grades that run out. */
export function expireGrades(tx: Reader, ids: readonly string[], now: Prisma.Sql): Promise<DueGrade[]> {
  return tx.$queryRaw`/* grades.expireGrades */
      with ended as (
        update grade g set state = 'ENDED', ended_at = g.ends_at, ended_because = 'EXPIRED'
        where g.id = any(${ids}::uuid[]) and g.state <> 'ENDED' and g.ends_at <= ${now} returning g.*
      )
      select ended.id, ended.customer_id, ended.policy_id, c.branch_id, c.manager_id, ended.scheme_id, ended.tier_code, ended.tier_rank,
        null as held_tier, ended.reason::text as reason, ${HOLDER_OF_C} as holder, ${now} as now
      from ended join customer c on c.id = ended.customer_id`;
}
