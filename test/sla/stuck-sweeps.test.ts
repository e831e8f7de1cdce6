import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Services } from '../../server/engine/services/services.ts';
import { sweepClocks } from '../../server/engine/sla/sweep-clocks.ts';
import { createDatabase } from '../support/postgres.ts';
import { addClocks, addCustomer, openSweeping, uuidOf as uuid } from './sweeping.ts';

let pool: pg.Pool;
let services: Services;
const logged: { row?: string; sweep?: string }[] = [];
beforeAll(async () => {
  const url = await createDatabase();
  pool = new pg.Pool({ connectionString: url, max: 2 });
  const sweeping = await openSweeping(url);
  const log = { ...sweeping.log, error: (about: object) => logged.push(about) } as Services['log'];
  services = { ...sweeping, log };
  await addCustomer(pool);
});
afterAll(async () => {
  await services.database.close();
  await pool.end();
});

/** Tickets with a clock each that was due a second ago. */
const addDue = (from: number, to: number) =>
  addClocks(pool, { from, to, due: "now() - interval '1 second' - n * interval '1 millisecond'" });

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
