// What a sweep costs by the number of clocks in the table, with 0, 10 and 1,000 of them due, on a clock that runs.
// node --import tsx test/bench/sweep.ts [small] [large]
import pg from 'pg';
import type { Services } from '../../server/engine/services/services.ts';
import { sweepClocks } from '../../server/engine/sla/sweep-clocks.ts';
import { migrate } from '../../server/platform/storage/migrations/migrate.ts';
import { openSweeping } from '../sla/sweeping.ts';
import { administer, startPostgres } from '../support/postgres.ts';
import { median } from './median.ts';

const SIZES = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 1_000_000)] as const;
const ROUNDS = 7;

const server = await startPostgres({ durable: true });

async function prepare(size: number): Promise<Services> {
  const name = `sweep_${size}`;
  await administer(server.url, `create database ${name}`);
  const url = server.url.replace(/\/[^/]*$/, `/${name}`);
  const services = await openSweeping(url);
  await migrate(services.database.pool, new URL('../../prisma/migrations/', import.meta.url));
  const loader = new pg.Client({ connectionString: url });
  await loader.connect();
  await loader.query(`
    insert into branch (id, code, name, policy_ids, created_at) values (md5('b')::uuid, 'B', 'B', '{p}', now());
    insert into staff (id, number, name, roles, branch_id, active, created_at) values (md5('s')::uuid, 'S', 'S', '{SUPERVISOR}', md5('b')::uuid, true, now());
    insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
      values (md5('c')::uuid, 'p', '1', 'INDIVIDUAL', 'FORMAL', 'C', '{c}', md5('b')::uuid, 1, now(), now());
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state)
      select ('11111111-1111-7111-8111-' || lpad(to_hex(n), 12, '0'))::uuid, 'p', md5('b')::uuid, md5('c')::uuid, 'COMPLAINT', 1, 'x', 'PHONE', 'NEW', 1, now(), md5('s')::uuid, 'ON_TRACK' from generate_series(1, ${size}) n;
    insert into sla_clock (id, ticket_id, customer_id, policy_id, branch_id, metric, cycle, label, because, state, started_at, due_at, target_ms, counted_ms, at_risk,
        fire_at, fire_percent, next_fire_at, warn_at_percent, calendar_key, time_zone, audience, policy_version)
      select ('22222222-2222-7222-8222-' || lpad(to_hex(n), 12, '0'))::uuid, ('11111111-1111-7111-8111-' || lpad(to_hex(n), 12, '0'))::uuid, md5('c')::uuid, 'p', md5('b')::uuid, 'RESOLUTION', 1, '{"en":"R","zh":"R"}', '{"en":"x","zh":"x"}', 'RUNNING', now(), due,
        1000, 0, false, array[due], '{100}', due, '{}', 'p/always@1', 'UTC', '{SUPERVISOR}', 'p@1'
      from generate_series(1, ${size}) n, lateral (select now() + interval '1 day' + n * interval '1 second') as d(due)`);
  await loader.query('vacuum analyze');
  await loader.end();
  return services;
}

/** The next clocks of the table are due now. */
async function makeDue({ database }: Services, count: number): Promise<void> {
  await database.pool.query(
    `update sla_clock set due_at = now(), fire_at = array[now()], next_fire_at = now()
     where id in (select id from sla_clock where next_fire_at is not null order by next_fire_at limit $1)`,
    [count],
  );
}

const tables = await Promise.all(SIZES.map(prepare));
const times = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const due of [0, 10, 1_000]) {
    for (const [index, services] of tables.entries()) {
      await makeDue(services, due);
      const from = performance.now();
      const raised = await sweepClocks(services);
      const key = `${due} ${SIZES[index]}`;
      times.set(key, [...(times.get(key) ?? []), performance.now() - from]);
      if (raised !== due) throw new Error(`${raised} fired where ${due} were due`);
    }
  }
}
console.log('  due  ', SIZES.map((size) => `${size} clocks`.padStart(16)).join(''), '   ratio');
for (const due of [0, 10, 1_000]) {
  const [small, large] = SIZES.map((size) => median(times.get(`${due} ${size}`) ?? []));
  console.log(
    String(due).padStart(6),
    [small, large].map((ms) => `${(ms ?? 0).toFixed(2)} ms`.padStart(16)).join(''),
    `   ${((large ?? 0) / (small ?? 1)).toFixed(2)}`,
  );
}
for (const { database } of tables) await database.close();
await server.stop();
