import type pg from 'pg';
import type { PrismaClient } from '../../../../prisma/generated/client/client.ts';
import { GroupedReads } from '../grouped-reads.ts';
import { GroupedWrites } from '../grouped-writes.ts';
import { withReadLane } from '../reads/read-lane.ts';
import { guardPool, guardPrisma } from '../transaction-guard.ts';
import { asApplication } from '../viewers/viewer-rows.ts';
import { type RehearsalScope, rehearsalScope } from './rehearsal-scope.ts';
import { SharedConnection } from './shared-connection.ts';

/** A row that was added, changed or removed, with its columns before and after. */
export interface RehearsedRow {
  readonly table: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** What stands in the place of the database while something is rehearsed. */
export interface RehearsedDatabase {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  readonly reads: GroupedReads;
  readonly writes: GroupedWrites;
  /** What was written so far, a row as it came out at last; the tables in order, and the rows of each as they were first written. */
  written(): Promise<readonly RehearsedRow[]>;
}

type Parts = Omit<RehearsedDatabase, 'written'>;

interface Running extends RehearsalScope {
  readonly connection: SharedConnection;
}

/** The longest that one takes, in milliseconds: as long, it may hold up who wants the same rows. */
const LONGEST_MS = 10_000;

// The triggers of the tables (migration 20261210010000) tell what is written while this is set, and numbers are not taken from
// sequences, which no rollback gives back.
const BEGIN = `/* storage.rehearsal */ begin isolation level read committed;
  select set_config('tierline.rehearsing', 'on', true);
  create temp table rehearsed_row (
    n bigint generated always as identity, "table" text not null, before jsonb, after jsonb
  ) on commit drop`;

const ROLLBACK = '/* storage.rehearsal */ rollback';

const WRITTEN = `/* storage.rehearsal */ select "table", before, after from pg_temp.rehearsed_row order by "table", n`;

/**
 * Does things without keeping them: all that is read and written goes to one connection, in one transaction, which is rolled
 * back at the end. One at a time in a process.
 */
export class Rehearsals {
  readonly #real: pg.Pool;
  readonly #connect: (pool: pg.Pool) => PrismaClient;
  #parts: Parts | null = null;
  #prisma: PrismaClient | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #running: Running | null = null;

  /** @param connect makes a client on a pool */
  constructor(real: pg.Pool, connect: (pool: pg.Pool) => PrismaClient) {
    this.#real = real;
    this.#connect = connect;
  }

  /**
   * Does `work` with a database in which all stands as in the real one, and takes everything back that it wrote.
   *
   * @returns what `work` returned
   */
  run<Result>(work: (database: RehearsedDatabase) => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => this.#one(work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#prisma?.$disconnect();
  }

  async #one<Result>(work: (database: RehearsedDatabase) => Promise<Result>): Promise<Result> {
    this.#parts ??= this.#open();
    const parts = this.#parts;
    const client = await this.#real.connect();
    // One that is lost ends its statements with errors; unheard, this one would end the process.
    const ignore = () => {};
    client.on('error', ignore);
    const connection = new SharedConnection(client);
    const running: Running = { isActive: true, connection };
    const end = () => {
      running.isActive = false;
    };
    const limit = setTimeout(end, LONGEST_MS);
    let isSound = false;
    try {
      await client.query(BEGIN);
      this.#running = running;
      const written = async () => net((await connection.query(WRITTEN)).rows as RehearsedRow[]);
      return await rehearsalScope.run(running, () => asApplication(() => work({ ...parts, written })));
    } finally {
      clearTimeout(limit);
      end();
      // Whoever has the connection still ends first; what is begun now finds the rehearsal over.
      await connection.query('select 1').catch(() => undefined);
      isSound = await client.query(ROLLBACK).then(
        () => true,
        () => false,
      );
      client.off('error', ignore);
      client.release(!isSound);
    }
  }

  #open(): Parts {
    const pool = this.#pool();
    const guarded = guardPool(pool);
    this.#prisma = this.#connect(pool);
    return {
      pool: guarded,
      prisma: guardPrisma(withReadLane(this.#prisma, pool)),
      reads: new GroupedReads({ pool: guarded }),
      writes: new GroupedWrites({ pool: guarded }),
    };
  }

  /** The real pool but for its connections: there is one, and only for who is within the rehearsal that runs. */
  #pool(): pg.Pool {
    const connection = () => {
      const running = this.#running;
      if (!running?.isActive || rehearsalScope.getStore() !== running) throw new RehearsalOverError();
      return running.connection;
    };
    return new Proxy(this.#real, {
      get: (target, key) => {
        if (key === 'connect') return async () => connection().connect();
        if (key === 'query')
          return async (query: pg.QueryConfig | string, values?: unknown[]) => connection().query(query, values);
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

/** Something that was begun in a rehearsal wants the database after its end. */
export class RehearsalOverError extends Error {
  override readonly name = 'RehearsalOverError';

  constructor() {
    super('This was begun in a rehearsal, which is over or took too long: nothing is written.');
  }
}

/** Each row once, as it was at first and is at last; what is as it was, and what was added and removed again, is not there. */
function net(rows: readonly RehearsedRow[]): RehearsedRow[] {
  const known = new Map<string, RehearsedRow>();
  for (const [index, row] of rows.entries()) {
    const { id } = row.after ?? row.before ?? {};
    // A row of a table whose rows have no id is told each time.
    const key = `${row.table} ${typeof id === 'string' || typeof id === 'number' ? id : `#${index}`}`;
    const first = known.get(key);
    known.set(key, { table: row.table, before: first ? first.before : row.before, after: row.after });
  }
  return [...known.values()].filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
}
