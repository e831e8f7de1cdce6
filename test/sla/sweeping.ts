import type pg from 'pg';
import { pino } from 'pino';
import { Changes } from '../../server/engine/services/changes.ts';
import type { Services } from '../../server/engine/services/services.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { systemClock } from '../../server/platform/values/wall-clock.ts';

/** All that a sweep of clocks needs, by the database's time. */
export async function openSweeping(url: string): Promise<Services> {
  const database = await openDatabase({ url, acceptDataLoss: true }, { onError: () => undefined });
  return {
    database,
    clock: systemClock,
    changes: new Changes(database.prisma),
    alerts: { wake: () => undefined },
    log: pino({ level: 'silent' }),
  } as unknown as Services;
}

/** The id of a row by its number, as SQL. */
export const uuidOf = (table: string, n: string) => `md5('${table}' || ${n})::uuid`;

/** The customer whom the tickets are about. */
export async function addCustomer(pool: pg.Pool): Promise<void> {
  await pool.query(`
    insert into branch (id, code, name, policy_ids, created_at) values (${uuidOf('b', '1')}, 'B', 'B', '{p}', now());
    insert into staff (id, number, name, roles, branch_id, active, created_at) values (${uuidOf('s', '1')}, 'S', 'S', '{SUPERVISOR}', ${uuidOf('b', '1')}, true, now());
    insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
      values (${uuidOf('c', '1')}, 'p', '1', 'INDIVIDUAL', 'FORMAL', 'C', '{c}', ${uuidOf('b', '1')}, 1, now(), now());`);
}

/**
 * Tickets, numbered from one number to another, with a clock each.
 *
 * @param due when the clock of ticket `n` is due, as SQL
 * @param warnedBefore how long before that it is at risk; left out: never
 */
export async function addClocks(
  pool: pg.Pool,
  { from, to, due, warnedBefore }: { from: number; to: number; due: string; warnedBefore?: string },
): Promise<void> {
  const numbers = `generate_series(${from}, ${to}) n`;
  const [at, percent] = warnedBefore
    ? [`array[due - interval '${warnedBefore}', due]`, '{80,100}']
    : ['array[due]', '{100}'];
  await pool.query(`
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state)
      select ${uuidOf('t', 'n')}, 'p', ${uuidOf('b', '1')}, ${uuidOf('c', '1')}, 'COMPLAINT', 1, 'x', 'PHONE', 'NEW', 1, now(), ${uuidOf('s', '1')}, 'ON_TRACK'
      from ${numbers};
    insert into sla_clock (id, ticket_id, customer_id, policy_id, branch_id, metric, cycle, label, because, state, started_at, due_at, target_ms,
        counted_ms, at_risk, fire_at, fire_percent, next_fire_at, warn_at_percent, calendar_key, time_zone, audience, policy_version)
      select ${uuidOf('k', 'n')}, ${uuidOf('t', 'n')}, ${uuidOf('c', '1')}, 'p', ${uuidOf('b', '1')}, 'RESOLUTION', 1, '{"en":"R","zh":"R"}', '{"en":"x","zh":"x"}',
        'RUNNING', now(), due, 1000, 0, false, ${at}, '${percent}', (${at})[1], '{80}', 'p/always@1', 'UTC', '{SUPERVISOR}', 'p@1'
      from ${numbers}, lateral (select ${due}) as d(due);`);
}
