import type { Pool, PoolClient } from 'pg';
import { underAdvisoryLock } from '../storage/session.ts';
import { backoffMs, PollDelay } from '../values/poll-delay.ts';
import { type ChainRow, chainHash, GENESIS } from './chain.ts';
import { FIND_UNSEALED, READ_HEAD, READ_UNSEALED, SEAL } from './sql.ts';

// An entry is written without a seal, in the transaction that acts, so that writers never wait for each other. Once that
// has committed, a sealer gives it the next position and the hash that binds it to all before it. Every node runs a
// sealer; an advisory lock lets one of them work at a time, as with the alerts' sequencer.

/** Any number that nothing else in this database locks. */
const LOCK = 7_283_046_116;

export interface HashChainOptions {
  readonly pool: Pool;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
  /** Entries in one transaction. */
  readonly batch?: number;
  /** Hears of failures, each of which is tried again. */
  readonly onError?: (error: unknown) => void;
}

/** Seals what is committed until it is stopped; it never throws. */
export class HashChainSealer {
  readonly #options: Required<HashChainOptions>;
  readonly #pace = new PollDelay();
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor({ pool, everyMs = 1_000, batch = 500, onError = () => {} }: HashChainOptions) {
    this.#options = { pool, everyMs, batch, onError };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the transaction that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pace.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { pool, everyMs, batch, onError } = this.#options;
    for (let failures = 0; !this.#stopped; ) {
      try {
        const sealed = await sealBatch(pool, batch);
        failures = 0;
        // A full batch leaves more behind; another node's work leaves nothing to do.
        if (sealed !== batch) await this.#pace.rest(everyMs);
      } catch (error) {
        failures += 1;
        onError(error);
        await this.#pace.rest(backoffMs(failures));
      }
    }
  }
}

/**
 * Seals up to `limit` entries in one transaction.
 *
 * @returns how many; undefined when there are some, but another sealer is at work
 * @throws when the database does; nothing is sealed then
 */
export async function sealBatch(pool: Pool, limit: number): Promise<number | undefined> {
  const waiting = await pool.query(FIND_UNSEALED);
  if (waiting.rowCount === 0) return 0;
  return underAdvisoryLock(pool, LOCK, (client) => sealWith(client, limit));
}

/** Seals all that is committed. */
export async function sealAll(pool: Pool, batch = 500): Promise<void> {
  for (;;) {
    const count = await sealBatch(pool, batch);
    if (count === 0) return;
    if (count === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function sealWith(client: PoolClient, limit: number): Promise<number> {
  const head = await client.query<{ seq: string; hash: string }>(READ_HEAD);
  let seq = Number(head.rows[0]?.seq ?? 0);
  let hash = head.rows[0]?.hash ?? GENESIS;
  const { rows } = await client.query<ChainRow>(READ_UNSEALED, [limit]);
  const seals = rows.map((row) => {
    seq += 1;
    hash = chainHash(hash, seq, row);
    return { id: row.id, seq, hash };
  });
  await client.query(SEAL, [seals.map(({ id }) => id), seals.map((seal) => seal.seq), seals.map((seal) => seal.hash)]);
  return seals.length;
}
