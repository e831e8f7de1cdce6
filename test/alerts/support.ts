import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { CursorKey } from '../../server/engine/alert-log/cursor.ts';
import type { FeedEvent } from '../../server/engine/alert-log/feed-event.ts';
import { ensureHead } from '../../server/engine/alert-log/log.ts';
import { AlertLogTail, type LogTailOptions } from '../../server/engine/alert-log/log-tail.ts';
import type { AlertRow } from '../../server/engine/alert-log/row.ts';
import { Sequencer, type SequencerOptions } from '../../server/engine/alert-log/sequencer.ts';
import type { AlertKind } from '../../server/platform/values/enums.ts';
import { createDatabase } from '../support/postgres.ts';

// The delivery of alerts needs three tables and nothing around them, so its tests make just these, without a customer.
const TABLES = `
  create type "Role" as enum ('CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR');
  create type "AlertKind" as enum ('SLA_AT_RISK', 'SLA_BREACHED', 'TASK_OVERDUE', 'POLICY_FAILED');
  create type "AlertSeverity" as enum ('INFO', 'WARNING', 'CRITICAL');
  create table alert (
    id uuid primary key, dedupe_key text not null unique, pos bigint unique, kind "AlertKind" not null,
    severity "AlertSeverity" not null, raised_at timestamptz(3) not null, message jsonb not null, audience "Role"[],
    assignee_id uuid, policy_id text not null, branch_id uuid not null, customer_id uuid, ticket_id uuid, clock_id uuid,
    task_id uuid, approval_id uuid, tier_rank integer, acknowledged_by_id uuid, acknowledged_at timestamptz(3),
    note text, acknowledgement_expires_at timestamptz(3), as_raised jsonb, ended_at timestamptz(3)
  );
  create index alert_unnumbered_idx on alert (id) where pos is null;
  create table alert_update (
    id bigserial primary key, pos bigint unique, alert_id uuid not null references alert on delete cascade,
    change text not null, at timestamptz(3) not null, by_id uuid
  );
  create table alert_head (id integer primary key, pos bigint not null, epoch text not null);`;

export const key = new CursorKey('a key of the tests, 16 bytes or more');

export const kinds: readonly AlertKind[] = ['SLA_AT_RISK', 'SLA_BREACHED', 'TASK_OVERDUE', 'POLICY_FAILED'];
export const branches: readonly string[] = [1, 2, 3, 4, 5].map((n) => `00000000-0000-7000-8000-00000000000${n}`);

/** A database with an empty log, its pools and whatever runs on them; all ends with `await using`. */
export class AlertDatabase {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor(url: string) {
    this.url = url;
    this.pool = this.openPool('test', 10);
  }

  static async create(): Promise<AlertDatabase> {
    const database = new AlertDatabase(await createDatabase({ empty: true }));
    await database.pool.query(TABLES);
    await ensureHead(database.pool);
    return database;
  }

  /** @param name by which its sessions are found in pg_stat_activity */
  openPool(name: string, max: number): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.url, application_name: name, max });
    pool.on('error', () => {});
    this.#ends.push(() => pool.end());
    return pool;
  }

  startTail(options: Partial<LogTailOptions> = {}): AlertLogTail {
    const tail = new AlertLogTail({ pool: this.pool, pollMs: 50, ...options });
    this.#ends.push(() => tail.stop());
    tail.start();
    return tail;
  }

  startSequencer(options: Partial<SequencerOptions> = {}): Sequencer {
    const sequencer = new Sequencer({ pool: this.pool, pollMs: 20, ...options });
    this.#ends.push(() => sequencer.stop());
    sequencer.start();
    return sequencer;
  }

  /** A log tail that hears from a sequencer beside it, as in one process. */
  startNode(options: Partial<LogTailOptions> = {}): { tail: AlertLogTail; sequencer: Sequencer } {
    const tail = this.startTail(options);
    const sequencer = this.startSequencer({ pool: options.pool ?? this.pool, onNumbered: () => tail.wake() });
    return { tail, sequencer };
  }

  async head(): Promise<{ pos: number; epoch: string }> {
    const result = await this.pool.query<{ pos: string; epoch: string }>('select pos, epoch from alert_head');
    const row = result.rows[0];
    return { pos: Number(row?.pos), epoch: row?.epoch ?? '' };
  }

  /** A cursor after which everything is replayed, or all after a position. */
  async cursorAt(pos: number): Promise<string> {
    return key.write({ epoch: (await this.head()).epoch, pos });
  }

  /** Waits until every committed alert has its position. */
  async numbered(): Promise<void> {
    while ((await this.pool.query('select from alert where pos is null limit 1')).rowCount) await sleep(10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Last begun, first ended: pools go after what runs on them.
    for (const end of this.#ends.reverse()) await end();
  }
}

export interface Draft {
  readonly kind?: AlertKind;
  readonly branchId?: string;
  readonly raisedAt?: Date;
  readonly policyId?: string;
  /** One role. */
  readonly audience?: string;
  readonly message?: string;
  readonly assigneeId?: string;
  readonly approvalId?: string;
}

/** Writes alerts, without a position, in whatever transaction the client is in. */
export async function raise(db: pg.Pool | pg.PoolClient, drafts: readonly Draft[]): Promise<string[]> {
  const ids = drafts.map(() => uuidv7());
  await db.query(
    `insert into alert (id, dedupe_key, kind, severity, raised_at, message, audience, policy_id, branch_id, assignee_id, approval_id)
     select id, id::text, kind::"AlertKind", 'WARNING', raised_at, jsonb_build_object('en', message, 'zh', '警报。'),
       audience::"Role"[], policy_id, branch_id, assignee_id, approval_id
     from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[])
       as draft (id, kind, raised_at, branch_id, policy_id, audience, message, assignee_id, approval_id)`,
    [
      ids,
      drafts.map(({ kind }) => kind ?? 'SLA_AT_RISK'),
      drafts.map(({ raisedAt }) => raisedAt ?? new Date()),
      drafts.map(({ branchId }) => branchId ?? branches[0]),
      drafts.map(({ policyId }) => policyId ?? 'standard'),
      drafts.map(({ audience }) => `{${audience ?? 'SUPERVISOR,DIRECTOR'}}`),
      drafts.map(({ message }) => message ?? 'An alert.'),
      drafts.map(({ assigneeId }) => assigneeId ?? null),
      drafts.map(({ approvalId }) => approvalId ?? null),
    ],
  );
  return ids;
}

/** So many equal drafts. */
export function drafts(count: number, draft: Draft = {}): Draft[] {
  return Array.from({ length: count }, () => draft);
}

export const everything = { matches: () => true, entitled: () => true, cursorKey: key };

/** The next event, which must come within `ms` milliseconds. */
export async function next(feed: AsyncGenerator<FeedEvent>, ms = 5_000): Promise<FeedEvent> {
  const result = await within(feed.next(), ms);
  if (result.done) throw new Error('the stream has ended');
  return result.value;
}

/** So many alerts, whatever Bookmarks stand between them. */
export async function nextRows(feed: AsyncGenerator<FeedEvent>, count: number): Promise<AlertRow[]> {
  const rows: AlertRow[] = [];
  while (rows.length < count) {
    const event = await next(feed);
    if (event.kind === 'DISCONTINUITY') throw new Error(`a discontinuity: ${event.reason}`);
    if (event.kind === 'RAISED') rows.push(event.row);
  }
  return rows;
}

export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function positions(rows: readonly AlertRow[]): number[] {
  return rows.map(({ pos }) => pos);
}

/** from, from + 1, ... to */
export function upwards(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** A log of so many alerts, and a node that has read it. */
export async function startWith(count: number, options: Parameters<AlertDatabase['startNode']>[0] = {}) {
  const database = await AlertDatabase.create();
  const node = database.startNode(options);
  if (count > 0) await raise(database.pool, drafts(count));
  node.sequencer.wake();
  await database.numbered();
  await node.tail.refresh();
  const add = async (more: number) => {
    await raise(database.pool, drafts(more));
    node.sequencer.wake();
  };
  return { ...node, database, add, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
}
