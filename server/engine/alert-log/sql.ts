import { alertColumns } from './row.ts';

// The statements of the log as texts with numbered parameters, for they run on connections of their own.

/**
 * The head beside each alert after position $1, at most $2; beside nulls where there is none. One statement, so one snapshot:
 * what lies between the last row and the head is known to be nothing.
 */
export const READ_LOG = `/* alerts.readLog */
  select h.epoch, h.pos as "headPos", coalesce((select min(pos) from alert), h.pos + 1) as "oldestPos", a.*
  from alert_head h
  left join lateral (select ${alertColumns} from alert where pos > $1 order by pos limit $2) a on true
  where h.id = 1
  order by a.pos`;

export const FIND_HEAD = '/* alerts.findHead */ select from alert_head where id = 1';

/** Makes the head after the newest alert, with epoch $1. */
export const MAKE_HEAD = `/* alerts.makeHead */
  insert into alert_head (id, pos, epoch) select 1, coalesce(max(pos), 0), $1 from alert on conflict (id) do nothing`;

export const RENEW_EPOCH = '/* alerts.renewEpoch */ update alert_head set epoch = $1 where id = 1';

export const FIND_UNNUMBERED = '/* alerts.findUnnumbered */ select from alert where pos is null limit 1';

/** Numbers up to $1 alerts. Rows that somebody holds (an acknowledgement on its way) are left for the next round, not waited for. */
export const NUMBER = `/* alerts.number */
  with picked as materialized (
    select id from alert where pos is null order by id limit $1 for no key update skip locked
  ), ranked as (
    select id, row_number() over (order by id) as rank from picked
  ), head as materialized (
    select pos from alert_head where id = 1 for update
  ), numbered as (
    update alert set pos = head.pos + ranked.rank from ranked, head where alert.id = ranked.id returning alert.pos
  ), moved as (
    update alert_head set pos = alert_head.pos + (select count(*) from numbered)
    where id = 1 and exists (select from numbered)
  )
  select count(*)::int as count from numbered`;

export const NOTIFY = '/* alerts.notify */ select pg_notify($1, $2)';

/** Nobody has taken it on, or it may yet come back from whoever did. */
const IS_OWED = 'acknowledged_at is null or acknowledgement_expires_at is not null';

/** The first position that is kept: of an alert younger than $2 days at $1 (now, where null), or of one that is owed. */
export const FIRST_KEPT = `/* alerts.firstKept */
  select coalesce(
    (select pos from alert where pos is not null
       and (raised_at >= coalesce($1, statement_timestamp()) - make_interval(hours => 24 * $2) or ${IS_OWED})
     order by pos limit 1),
    (select pos + 1 from alert_head where id = 1), 0) as "beforePos"`;

/** Removes up to $2 alerts before position $1. */
export const PRUNE = `/* alerts.prune */
  delete from alert where pos in (select pos from alert where pos < $1 order by pos limit $2) and not (${IS_OWED})`;
