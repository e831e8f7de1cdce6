import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CursorKey } from '../../server/engine/alert-log/cursor.ts';
import { reached } from '../bars/reached.ts';
import { cursorSecret } from './cursor-secret.ts';
import { NaiveScreen } from './naive-screen.ts';
import { Fleet, type NodeProcess } from './processes.ts';
import { Screen, type ScreenOptions } from './screen.ts';
import { type Draft, kinds, raise } from './support.ts';

// Two processes of the real server on one PostgreSQL. Writers commit out of order and roll back, nodes are killed, their
// LISTEN connections too, sockets are cut, a screen stops reading, one person's rights come and go. What each screen got
// has to be what its person was entitled to, to the alert and in the order of the log. A naive reader beside them has to
// fail, or the load proves nothing.
//
// TIERLINE_LONG=1 npx vitest run test/alerts/faults.test.ts    the long version: 30 kills, over 100,000 deliveries

const isLong = process.env.TIERLINE_LONG === '1';
const SIZE = isLong
  ? { ms: 120_000, kills: 30, screens: 20, writers: 12, burst: 10_000, deliveries: 100_000, cuts: 60, listeners: 30 }
  : { ms: 8_000, kills: 6, screens: 10, writers: 12, burst: 1_000, deliveries: 5_000, cuts: 30, listeners: 6 };

const PLACES = ['BK-A', 'BK-B'] as const;

test(
  'whatever is killed, cut, stalled or revoked, every screen gets exactly what its person may see',
  async () => {
    await using fleet = await Fleet.start(2, { slowReaderMs: 1_000, bookmarkEveryMs: 500 });
    const { rows: heads } = await fleet.pool.query<{ epoch: string; pos: string }>('select epoch, pos from alert_head');
    const origin = new CursorKey(cursorSecret()).write({ epoch: heads[0]?.epoch ?? '', pos: Number(heads[0]?.pos) });
    const load = { on: true };
    const options = (n: number): ScreenOptions => ({
      who: ['BK-A/SUPERVISOR', 'BK-B/SUPERVISOR', 'BK-HQ/SUPERVISOR'][n % 3] ?? '',
      ...(n % 4 === 1 && { kinds: kinds.slice(0, 2) }),
      ...(n % 10 === 4 ? { stallMs: isLong ? 8_000 : 2_000 } : { cutAfter: isLong ? 2_000 : 300 }),
    });
    const screens = Array.from({ length: SIZE.screens }, (_, n) => new Screen(fleet, options(n), origin));
    const mover = new Screen(fleet, { who: 'BK-A/CUSTOMER_MANAGER' }, origin);
    const naive = new NaiveScreen(databaseUrl(fleet));
    const running = [...screens, mover, naive].map((screen) => screen.run());
    const writing = Promise.all(Array.from({ length: SIZE.writers }, () => write(fleet, load)));
    const killing = Promise.all(fleet.nodes.map((node) => kill(node, load)));
    const deafening = killListeners(fleet, load);
    const moves = move(fleet, load);

    const began = performance.now();
    const starts = () => fleet.nodes.reduce((sum, node) => sum + node.starts, 0);
    while (performance.now() - began < SIZE.ms || starts() < fleet.nodes.length + SIZE.kills) await sleep(50);
    // All in one transaction, while everything else goes on.
    await raise(
      fleet.pool,
      Array.from({ length: SIZE.burst }, () => draft(fleet)),
    );
    load.on = false;
    const rolledBack = (await writing).reduce((sum, count) => sum + count, 0);
    const kills = (await killing).reduce((sum, count) => sum + count, 0);
    const listeners = await deafening;
    const held = await moves;
    await fleet.numbered();

    const log = (
      await fleet.pool.query<{ id: string; kind: string; branch: string }>(
        `select a.id, a.kind, b.code as branch from alert a join branch b on b.id = a.branch_id order by a.pos`,
      )
    ).rows;
    const due = ({ who, kinds: wanted }: ScreenOptions) =>
      log.filter(
        ({ kind, branch }) => (wanted?.includes(kind) ?? true) && (who.startsWith('BK-HQ') || who.startsWith(branch)),
      );
    await arrived(() => screens.reduce((sum, screen) => sum + screen.deliveries.length, 0), {
      isAll: () => screens.every((screen) => screen.deliveries.length >= due(screen.options).length),
    });
    for (const screen of [...screens, mover, naive]) screen.stop();
    await Promise.all(running);

    let differences = 0;
    for (const screen of screens) {
      const expected = due(screen.options).map(({ id }) => id);
      differences += differencesOf(screen.ids, expected);
      expect(screen.faults).toEqual([]);
      for (let connection = 1; connection <= screen.connections; connection++) {
        const ids = screen.deliveries.filter((delivery) => delivery.connection === connection).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }
    }
    const branchOf = new Map(log.map(({ id, branch }) => [id, branch]));
    const lateness = mover.deliveries.map(({ id, at }) => sinceRight(held, branchOf.get(id) ?? '', at));
    const missedByNaive = differencesOf(
      naive.ids,
      log.map(({ id }) => id),
    );
    const sum = (count: (screen: Screen) => number) => screens.reduce((total, screen) => total + count(screen), 0);
    const deliveries = sum(({ ids }) => ids.length);
    const cuts = sum((screen) => screen.cuts);
    const codes = new Map<number, number>();
    for (const screen of screens)
      for (const [code, count] of screen.codes) codes.set(code, (codes.get(code) ?? 0) + count);
    console.log(
      `${log.length} alerts, ${rolledBack} rolled back, one transaction of ${SIZE.burst}; ${kills} nodes and ${listeners} ` +
        `listeners killed, ${cuts} sockets cut, ${sum((screen) => screen.connections)} connections ended with ` +
        `${JSON.stringify([...codes])}, ${sum((screen) => screen.stalls)} stalls, ${held.length} moves of one person's right: ` +
        `${deliveries} deliveries to ${screens.length} screens, ${differences} differences; to the one who moves ` +
        `${mover.deliveries.length}, at worst ${Math.round(Math.max(...lateness))} ms after the right; the naive reader: ` +
        `${missedByNaive} differences`,
    );
    expect(differences).toBe(0);
    reached(13, `${deliveries} deliveries, ${differences} lost, doubled or out of order`, {
      'nodes killed': { injected: kills, least: SIZE.kills },
      'sockets cut': { injected: cuts, least: SIZE.cuts },
      'listeners killed': { injected: listeners, least: SIZE.listeners },
    });
    expect(Math.max(...lateness)).toBeLessThan(1_000);
    expect(mover.faults).toEqual([]);
    // A run without its faults has shown nothing.
    expect(kills).toBeGreaterThanOrEqual(SIZE.kills);
    expect(listeners).toBeGreaterThanOrEqual(SIZE.listeners);
    expect(cuts).toBeGreaterThanOrEqual(SIZE.cuts);
    expect(rolledBack).toBeGreaterThanOrEqual(20);
    expect(sum((screen) => screen.stalls)).toBeGreaterThanOrEqual(2);
    expect(deliveries).toBeGreaterThanOrEqual(SIZE.deliveries);
    expect(mover.deliveries.length).toBeGreaterThan(100);
    expect(missedByNaive).toBeGreaterThan(20);
  },
  isLong ? 900_000 : 300_000,
);

/** Waits until all is there, or nothing more has come for 20 s: what is late is not lost. */
async function arrived(count: () => number, { isAll }: { isAll: () => boolean }): Promise<void> {
  let last = -1;
  for (let since = Date.now(); !isAll() && Date.now() - since < 20_000; await sleep(100)) {
    if (count() !== last) since = Date.now();
    last = count();
  }
}

/** What is missing, too much, or at another place than in the log. */
function differencesOf(got: readonly string[], expected: readonly string[]): number {
  const wanted = new Set(expected);
  const had = new Set(got);
  const missing = expected.filter((id) => !had.has(id)).length;
  const foreign = got.filter((id) => !wanted.has(id)).length;
  const doubled = got.length - had.size;
  const order = new Map(expected.map((id, index) => [id, index]));
  const disordered = got.filter((id, index) => (order.get(id) ?? 0) < (order.get(got[index - 1] ?? '') ?? 0)).length;
  return missing + foreign + doubled + disordered;
}

function draft(fleet: Fleet): Draft {
  return {
    kind: pick(kinds),
    policyId: 'bank-vip',
    branchId: fleet.branch(pick(PLACES)),
    audience: 'EXECUTIVE',
    message: 'x'.repeat(500),
  };
}

/** Transactions of 1 ms to 2 s, most of them short, one in ten of them rolled back. @returns alerts rolled back */
async function write(fleet: Fleet, load: { on: boolean }): Promise<number> {
  let rolledBack = 0;
  while (load.on) {
    const client = await fleet.pool.connect();
    const batch = Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => draft(fleet));
    await client.query('begin');
    await raise(client, batch);
    await sleep(1 + 1_999 * Math.random() ** 6);
    const isRolledBack = Math.random() < 0.1;
    await client.query(isRolledBack ? 'rollback' : 'commit');
    if (isRolledBack) rolledBack += batch.length;
    client.release();
    await sleep(Math.random() * (isLong ? 400 : 150));
  }
  return rolledBack;
}

/** Kills a node at random instants and starts it again. @returns how often */
async function kill(node: NodeProcess, load: { on: boolean }): Promise<number> {
  let kills = 0;
  while (load.on) {
    await sleep(Math.random() * (isLong ? 4_000 : 1_000));
    await node.kill();
    kills += 1;
    await node.start();
  }
  return kills;
}

/** Ends the sessions on which nodes listen. @returns how many */
async function killListeners(fleet: Fleet, load: { on: boolean }): Promise<number> {
  let kills = 0;
  while (load.on || kills < SIZE.listeners) {
    await sleep(400 + Math.random() * 1_000);
    const result = await fleet.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'tierline' and query ilike 'listen%'`,
    );
    kills += result.rowCount ?? 0;
  }
  return kills;
}

/** A branch that somebody worked in, until it was certain that it is over. */
interface Held {
  readonly branch: string;
  readonly until: number;
}

/** Moves one person to and fro. */
async function move(fleet: Fleet, load: { on: boolean }): Promise<Held[]> {
  const held: Held[] = [];
  let at = 0;
  while (load.on) {
    await sleep(500 + Math.random() * 3_000);
    const branch = PLACES[at % 2] ?? '';
    at += 1;
    await fleet.pool.query('update staff set branch_id = $1 where id = $2', [
      fleet.branch(PLACES[at % 2] ?? ''),
      fleet.staff('BK-A/CUSTOMER_MANAGER'),
    ]);
    held.push({ branch, until: performance.now() });
  }
  return [...held, { branch: PLACES[at % 2] ?? '', until: Number.POSITIVE_INFINITY }];
}

/** Milliseconds for which the person had not worked in the branch any more when an alert of it came; 0 within the time. */
function sinceRight(held: readonly Held[], branch: string, at: number): number {
  const now = held.findIndex(({ until }) => at <= until);
  if (held[now]?.branch === branch) return 0;
  // It moved to and fro: the spell before this one was the branch's.
  return at - (held[now - 1]?.until ?? Number.NEGATIVE_INFINITY);
}

function databaseUrl(fleet: Fleet): string {
  return String((fleet.pool as unknown as { options: { connectionString: string } }).options.connectionString);
}

function pick<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T;
}
