import { nowSql } from '../../platform/storage/now-sql.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { ClockMetric, Role } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import type { Clock } from '../../platform/values/wall-clock.ts';
import type { Share } from '../services/sweep-batches.ts';

/** A ticket's clock that has something to fire. */
export interface DueClock {
  id: string;
  ticket_id: string;
  customer_id: string;
  policy_id: string;
  branch_id: string;
  tier_rank: number | null;
  metric: ClockMetric;
  label: Text;
  audience: Role[];
  due_at: Date;
  time_zone: string;
  beyond_horizon: boolean;
  level: number;
  status: string;
  fire_at: Date[];
  fire_percent: number[];
  serial: number;
  assignee_id: string | null;
  /** The instant of the sweep. */
  now: Date;
}

/** What a sweep fired of a clock: how many of its moments, and whether its end was among them. */
export interface FiredClock {
  readonly id: string;
  readonly gone: number;
  readonly breached: boolean;
}

/** The clocks with a moment that is due, those that were due first; rows that another sweep holds are left to it. */
export function takeDueClocks(tx: TransactionClient, clock: Clock, { limit, without }: Share): Promise<DueClock[]> {
  const now = nowSql(clock);
  return tx.$queryRaw<DueClock[]>`/* sla.takeDueClocks */
    with due as (
      select id from sla_clock where next_fire_at <= ${now} and id <> all(${without}::uuid[])
      order by next_fire_at limit ${limit} for update skip locked
    )
    select c.id, c.ticket_id, c.customer_id, c.policy_id, c.branch_id, c.tier_rank, c.metric::text as metric, c.label,
      c.audience::text[] as audience, c.due_at, c.time_zone, c.beyond_horizon, t.level, t.status::text as status, c.fire_at, c.fire_percent, t.serial, coalesce(t.assignee_id, t.owner_id) as assignee_id, ${now} as now
    from due join sla_clock c using (id) join ticket t on t.id = c.ticket_id`;
}

/**
 * Moves clocks on to what fires next, and their tickets' summary with them, as sets. A ticket of an erased customer stays as it
 * is: the database refuses to write it (decision 0023), and one such row would stop all that fires with it.
 */
export async function moveFiredClocks(tx: TransactionClient, fired: readonly FiredClock[]): Promise<void> {
  await tx.$executeRaw`/* sla.moveFiredClocks */
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(fired)}::jsonb) as g(id uuid, gone int, breached boolean)
    ), moved as (
      update sla_clock c set
        fire_at = c.fire_at[g.gone + 1:],
        fire_percent = c.fire_percent[g.gone + 1:],
        next_fire_at = c.fire_at[g.gone + 1],
        at_risk = true,
        state = case when g.breached then 'BREACHED'::"ClockState" else c.state end,
        breached_at = case when g.breached then coalesce(c.breached_at, c.due_at) else c.breached_at end
      from given g where c.id = g.id
      returning c.id, c.ticket_id, c.state
    ), worst as (
      select ticket_id, bool_or(state = 'BREACHED') as breached from moved group by ticket_id
    )
    update ticket t set sla_state = case when w.breached or t.sla_state = 'BREACHED' then 'BREACHED'::"SlaState" else 'AT_RISK'::"SlaState" end
    from worst w, customer o
    where t.id = w.ticket_id and o.id = t.customer_id and o.erased_at is null`;
}

/** The clocks of other subjects with a moment that is due, locked; with the instant of the sweep. */
export function takeDueSubjectClocks(
  tx: TransactionClient,
  clock: Clock,
  { limit, without }: Share,
): Promise<{ id: string; now: Date }[]> {
  const now = nowSql(clock);
  return tx.$queryRaw<{ id: string; now: Date }[]>`/* sla.takeDueSubjectClocks */
    select id, ${now} as now from subject_clock where next_fire_at <= ${now} and id <> all(${without}::uuid[])
    order by next_fire_at limit ${limit} for update skip locked`;
}

/** Moves clocks of other subjects on to what fires after an instant. */
export async function moveFiredSubjectClocks(tx: TransactionClient, ids: readonly string[], now: Date): Promise<void> {
  await tx.$executeRaw`/* sla.moveFiredSubjectClocks */
    with gone as (
      select c.id, (select count(*)::int from unnest(c.fire_at) f where f <= ${now}) as n
      from subject_clock c where c.id = any(${[...ids]}::uuid[])
    )
    update subject_clock c set fire_at = c.fire_at[g.n + 1:], fire_percent = c.fire_percent[g.n + 1:],
      next_fire_at = c.fire_at[g.n + 1], at_risk = true,
      state = case when c.fire_percent[g.n] >= 100 then 'BREACHED'::"ClockState" else c.state end
    from gone g where c.id = g.id`;
}

/** Locks the running clocks with the given keys, in one order for all who lock several. */
export async function lockSubjectClocks(tx: TransactionClient, keys: readonly string[]): Promise<void> {
  await tx.$queryRaw`/* sla.lockSubjectClocks */
    select id from subject_clock
    where key = any(${[...keys]}::text[]) and ended_at is null order by id for update`;
}
