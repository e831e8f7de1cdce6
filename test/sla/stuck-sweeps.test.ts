import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Services } from '../../server/engine/services/services.ts';
import { sweepClocks } from '../../server/engine/sla/sweep-clocks.ts';
import { createDatabase } from '../support/postgres.ts';
import { openSweeping } from './sweeping.ts';

const uuid = (table: string, n: string) => `md5('${table}' || ${n})::uuid`;

let pool: pg.Pool;
let services: Services;
const logged: { row?: string; sweep?: string }[] = [];
beforeAll(async () => {
  const url = await createDatabase();
  pool = new pg.Pool({ connectionString: url, max: 2 });
  const sweeping = await openSweeping(url);
  const log = { ...sweeping.log, error: (about: object) => logged.push(about) } as Services['log'];
  services = { ...sweeping, log };
  await pool.query(`
    insert into branch (id, code, name, policy_ids, created_at) values (${uuid('b', '1')}, 'B', 'B', '{p}', now());
    insert into staff (id, number, name, roles, branch_id, active, created_at) values (${uuid('s', '1')}, 'S', 'S', '{SUPERVISOR}', ${uuid('b', '1')}, true, now());
    insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
      values (${uuid('c', '1')}, 'p', '1', 'INDIVIDUAL', 'FORMAL', 'C', '{c}', ${uuid('b', '1')}, 1, now(), now());`);
});
afterAll(async () => {
  await services.database.close();
  await pool.end();
});

/** Tickets with a clock each that was due a second ago. */
async function addDue(from: number, to: number): Promise<void> {
  const numbers = `generate_series(${from}, ${to}) n`;
  await pool.query(`
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state)
      select ${uuid('t', 'n')}, 'p', ${uuid('b', '1')}, ${uuid('c', '1')}, 'COMPLAINT', 1, 'x', 'PHONE', 'NEW', 1, now(), ${uuid('s', '1')}, 'ON_TRACK'
      from ${numbers};
    insert into sla_clock (id, ticket_id, customer_id, policy_id, branch_id, metric, cycle, label, because, state, started_at, due_at, target_ms,
        counted_ms, at_risk, fire_at, fire_percent, next_fire_at, warn_at_percent, calendar_key, time_zone, audience, policy_version)
      select ${uuid('k', 'n')}, ${uuid('t', 'n')}, ${uuid('c', '1')}, 'p', ${uuid('b', '1')}, 'RESOLUTION', 1, '{"en":"R","zh":"R"}', '{"en":"x","zh":"x"}',
        'RUNNING', now(), due, 1000, 0, false, array[due], '{100}', due, '{80}', 'p/always@1', 'UTC', '{SUPERVISOR}', 'p@1'
      from ${numbers}, lateral (select now() - interval '1 second' - n * interval '1 millisecond') as d(due);`);
}

async function onEachAlert(body: string): Promise<void> {
  await pool.query(`
    create or replace function in_the_way() returns trigger language plpgsql as $$ begin ${body}; return new; end $$;
    drop trigger if exists in_the_way on alert;
    create trigger in_the_way before insert on alert for each row execute function in_the_way();`);
}

async function fired(): Promise<number> {
  const { rows } = await pool.query('select count(*)::int as n from alert');
  return rows[0].n;
}

test('a row about which nothing can be written holds up none of the others, and is told by its id', async () => {
  await onEachAlert(`if new.clock_id = ${uuid('k', '7')} then raise exception 'refused'; end if`);
  await addDue(1, 520);
  expect(await sweepClocks(services)).toBe(519);
  const { rows } = await pool.query(`select ${uuid('k', '7')}::text as id`);
  expect(logged).toMatchObject([{ sweep: 'sla.clocks', row: rows[0].id }]);
  // What comes due later fires at once, and the row is not tried each second.
  await addDue(521, 530);
  expect(await sweepClocks(services)).toBe(10);
  expect(logged).toHaveLength(1);
  expect(await fired()).toBe(529);
});

test('what is too slow for the time limit goes in smaller pieces', async () => {
  await onEachAlert('perform pg_sleep(0.012)');
  await addDue(1001, 1550);
  expect(await sweepClocks(services)).toBe(550);
}, 60_000);
