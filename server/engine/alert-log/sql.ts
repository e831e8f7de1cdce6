import { alertColumns } from './row.ts';

// The statements of the log as texts with numbered parameters, for they run on connections of their own.

/**
 * The head beside each row after position $1, at most $2; beside nulls where there is none. A row is an alert where it was raised, or
 * what became of one. One statement, so one snapshot: what lies between the last row and the head is known to be nothing.
 */
export const READ_LOG = `/* alerts.readLog */
  select h.epoch, h.pos as "headPos", least(coalesce((select min(pos) from alert), h.pos + 1),
    coalesce((select min(pos) from alert_update), h.pos + 1)) as "oldestPos", a.*
  from alert_head h
  left join lateral (
    select ${alertColumns}, entry.log_pos as pos, entry.update
    from (
      select * from (
        (select pos as log_pos, id as alert_id, null::jsonb as update from alert where pos > $1 order by pos limit $2)
        union all
        (select pos, alert_id, jsonb_build_object('change', change, 'at', at, 'byId', by_id)
         from alert_update where pos > $1 order by pos limit $2)
      ) entries order by log_pos limit $2
    ) entry join alert on alert.id = entry.alert_id
  ) a on true
  where h.id = 1
  order by a.pos`;

export const FIND_HEAD = '/* alerts.findHead */ select from alert_head where id = 1';

/** Makes the head after the newest alert, with epoch $1. */
export const MAKE_HEAD = `/* alerts.makeHead */
  insert into alert_head (id, pos, epoch) select 1, greatest(coalesce(max(pos), 0), coalesce((select max(pos) from alert_update), 0)), $1 from alert on conflict (id) do nothing`;

export const RENEW_EPOCH = '/* alerts.renewEpoch */ update alert_head set epoch = $1 where id = 1';

export const FIND_UNNUMBERED = `/* alerts.findUnnumbered */
  (select from alert where pos is null limit 1) union all
  (select from alert_update u join alert a on a.id = u.alert_id where u.pos is null and a.pos is not null limit 1) limit 1`;

/**
 * Numbers up to $1 alerts, and up to $1 of what became of alerts that have a number. Rows that somebody holds (an acknowledgement on
 * its way) are left for the next round, not waited for.
 */
export const NUMBER = `/* alerts.number */
  with picked as materialized (
    select id from alert where pos is null order by id limit $1 for no key update skip locked
  ), updates as materialized (
    select u.id from alert_update u join alert a on a.id = u.alert_id
    where u.pos is null and a.pos is not null order by u.id limit $1 for no key update of u skip locked
  ), ranked as (
    select id, row_number() over (order by id) as rank from picked
  ), ranked_updates as (
    select id, (select count(*) from picked) + row_number() over (order by id) as rank from updates
  ), head as materialized (
    select pos from alert_head where id = 1 for update
  ), numbered as (
    update alert set pos = head.pos + ranked.rank from ranked, head where alert.id = ranked.id returning alert.pos
  ), numbered_updates as (
    update alert_update u set pos = head.pos + r.rank from ranked_updates r, head where u.id = r.id returning u.pos
  ), total as (
    select (select count(*) from numbered) + (select count(*) from numbered_updates) as count
  ), moved as (
    update alert_head set pos = alert_head.pos + total.count from total where id = 1 and total.count > 0
  )
  select count::int as count from total`;

export const NOTIFY = '/* alerts.notify */ select pg_notify($1, $2)';

/** Its matter is open, and nobody has taken it on, or it may yet come back from whoever did. */
const IS_OWED = 'ended_at is null and (acknowledged_at is null or acknowledgement_expires_at is not null)';

/**
 * The first position that is kept: of an alert of which something was told less than $2 days before $1 (now, where null), or of one
 * that is owed.
 */
export const FIRST_KEPT = `/* alerts.firstKept */
  select coalesce(
    (select pos from alert where pos is not null
       and (raised_at >= coalesce($1, statement_timestamp()) - make_interval(hours => 24 * $2) or ${IS_OWED}
         or exists (select from alert_update u where u.alert_id = alert.id
           and u.at >= coalesce($1, statement_timestamp()) - make_interval(hours => 24 * $2)))
     order by pos limit 1),
    (select pos + 1 from alert_head where id = 1), 0) as "beforePos"`;

/** Removes up to $2 alerts before position $1. */
export const PRUNE = `/* alerts.prune */
  delete from alert where pos in (select pos from alert where pos < $1 order by pos limit $2) and not (${IS_OWED})`;
