import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CursorKey } from '../../server/engine/alert-log/cursor.ts';
import { reached } from '../bars/reached.ts';
import { createDatabase, makeTemplate, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { cursorSecret } from './cursor-secret.ts';
import { Fleet } from './processes.ts';
import { Screen } from './screen.ts';
import { type Draft, drafts, kinds, raise } from './support.ts';

// Two processes of the real server on a PostgreSQL of their own, whose sessions are ended and which crashes and recovers
// while bare clients follow and resume by cursor. An alert that cannot be executed in such a moment has to come later, and
// whole: a result with errors in its place would move the cursor past it for good.
//
// TIERLINE_LONG=1 npx vitest run test/alerts/database-faults.test.ts    the long version: 100 kills of the database

const isLong = process.env.TIERLINE_LONG === '1';
const SIZE = isLong
  ? { kills: 100, screens: 30, writers: 4, deliveries: 100_000 }
  : { kills: 6, screens: 30, writers: 4, deliveries: 5_000 };

/** Every so many kills the whole server crashes; the others end its sessions. */
const CRASH_EVERY = 3;

let server: PostgresServer;
beforeAll(async () => {
  // What it has acknowledged outlives a crash, or the log itself would lose alerts.
  server = await startPostgres({ durable: true });
  await makeTemplate(server);
});
afterAll(() => server?.stop());

test(
  'however often the database is killed, every client that resumes by its cursor gets each alert, whole',
  async () => {
    await using fleet = await Fleet.start(2, { bookmarkEveryMs: 500 }, await createDatabase({ server }));
    const { rows: heads } = await fleet.pool.query<{ epoch: string; pos: string }>('select epoch, pos from alert_head');
    const origin = new CursorKey(cursorSecret()).write({ epoch: heads[0]?.epoch ?? '', pos: Number(heads[0]?.pos) });
    // Several selections, so that one alert is executed several times.
    const fields = ['', 'kind message', 'kind branch { id name }', 'severity ticket { id number } customer { id }'];
    const screens = Array.from(
      { length: SIZE.screens },
      (_, n) =>
        new Screen(
          fleet,
          { who: n % 2 ? 'BK-A/SUPERVISOR' : 'BK-HQ/SUPERVISOR', fields: fields[n % 4] ?? '', cutAfter: 500 },
          origin,
        ),
    );
    const running = screens.map((screen) => screen.run());
    const load = { on: true };
    const writing = Array.from({ length: SIZE.writers }, () => write(fleet, load));
    for (let kill = 1; kill <= SIZE.kills; kill++) {
      await sleep(500 + Math.random() * 1_000);
      if (kill % CRASH_EVERY === 0) await server.crash();
      else await endSessions(server.url);
    }
    await sleep(1_000);
    load.on = false;
    await Promise.all(writing);
    await fleet.numbered();
    const log = await fleet.pool.query<{ id: string }>('select id from alert order by pos');
    const expected = log.rows.map(({ id }) => id);
    await arrived(screens, expected.length);
    for (const screen of screens) screen.stop();
    await Promise.all(running);

    let lost = 0;
    let doubled = 0;
    for (const screen of screens) {
      const had = new Set(screen.ids);
      lost += expected.filter((id) => !had.has(id)).length;
      const within = new Set(screen.deliveries.map(({ id, connection }) => `${connection} ${id}`));
      doubled += screen.deliveries.length - within.size;
    }
    const faults = screens.flatMap((screen) => screen.faults);
    const sum = (count: (screen: Screen) => number) => screens.reduce((total, screen) => total + count(screen), 0);
    const deliveries = sum(({ ids }) => ids.length);
    console.log(
      `${SIZE.kills} kills of the database, ${expected.length} alerts, ${deliveries} deliveries to ${screens.length} ` +
        `clients over ${sum(({ connections }) => connections)} connections, ${sum(({ endings }) => endings)} ended with a ` +
        `code to try again: ${lost} lost, ${doubled} doubled within a connection, ${faults.length} faults`,
    );
    reached(14, `${deliveries} deliveries, ${lost} lost, ${doubled} doubled`, {
      'kills of the database': { injected: SIZE.kills, least: SIZE.kills },
    });
    expect(faults).toEqual([]);
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    for (const screen of screens) expect([...new Set(screen.ids)]).toEqual(expected);
    for (const node of fleet.nodes) expect(node.ended).toBeNull();
    // A run without its load has shown nothing.
    expect(deliveries).toBeGreaterThanOrEqual(SIZE.deliveries);
  },
  isLong ? 1_200_000 : 180_000,
);

/** Commits alerts, as many as the database lets it: whether one was written, the log says in the end. */
async function write(fleet: Fleet, load: { on: boolean }): Promise<void> {
  const draft: Draft = { policyId: 'bank-vip', branchId: fleet.branch('BK-A'), audience: 'EXECUTIVE' };
  while (load.on) {
    const kind = kinds[Math.floor(Math.random() * kinds.length)] ?? 'SLA_AT_RISK';
    await raise(fleet.pool, drafts(1 + Math.floor(Math.random() * 2), { ...draft, kind })).catch(() => sleep(50));
    await sleep(Math.random() * 120);
  }
}

/** Ends every session, of whichever node and writer. */
async function endSessions(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  await client.end();
}

/** Waits until all is there, or nothing more has come for 20 s: what is late is not lost. */
async function arrived(screens: readonly Screen[], count: number): Promise<void> {
  const total = () => screens.reduce((sum, { ids }) => sum + ids.length, 0);
  let last = -1;
  for (let since = Date.now(); Date.now() - since < 20_000; await sleep(100)) {
    if (screens.every(({ ids }) => new Set(ids).size >= count)) return;
    if (total() !== last) since = Date.now();
    last = total();
  }
}
