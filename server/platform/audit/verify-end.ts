import type { Pool } from 'pg';
import { type ChainRow, chainHash, GENESIS } from './chain.ts';
import { COUNT_UNSEALED, READ_CHAIN, READ_HEAD } from './sql.ts';
import type { Anchor } from './verify.ts';

/** Entries that are looked at. */
const LAST = 200;

export interface ChainEnd {
  /** Where the chain ends; null when nothing is sealed. */
  readonly head: Anchor | null;
  /** Of the last entries the first that is missing or not what was sealed. */
  readonly brokenAt: number | null;
  /** Entries that wait for the sealer. */
  readonly waiting: number;
}

/** Reads the end of the chain alone, in no time however long it is; `verifyAudit` reads all of it. */
export async function verifyEnd(pool: Pool): Promise<ChainEnd> {
  const { rows: heads } = await pool.query<{ seq: string; hash: string }>(READ_HEAD);
  const { rows: unsealed } = await pool.query<{ count: number }>(COUNT_UNSEALED);
  const waiting = unsealed[0]?.count ?? 0;
  if (!heads[0]) return { head: null, brokenAt: null, waiting };
  const head = { seq: Number(heads[0].seq), hash: heads[0].hash };
  const after = Math.max(0, head.seq - LAST);
  const { rows } = await pool.query<ChainRow & { seq: string; hash: string | null }>(READ_CHAIN, [after, LAST]);
  return { head, brokenAt: firstBroken(rows, after), waiting };
}

function firstBroken(rows: readonly (ChainRow & { seq: string; hash: string | null })[], after: number): number | null {
  let before: { readonly seq: number; readonly hash: string | null } = {
    seq: after,
    hash: after === 0 ? GENESIS : null,
  };
  for (const row of rows) {
    const seq = Number(row.seq);
    if (seq !== before.seq + 1) return before.seq + 1;
    // Of a long chain the first one that is read has nothing before it to be judged by.
    if (row.hash === null || (before.hash !== null && chainHash(before.hash, seq, row) !== row.hash)) return seq;
    before = { seq, hash: row.hash };
  }
  return null;
}
