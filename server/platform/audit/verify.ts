import type { Pool } from 'pg';
import { type ChainRow, chainHash, GENESIS } from './chain.ts';
import { COUNT_UNSEALED, READ_CHAIN, READ_OUTSIDE } from './sql.ts';

/** Something in the trail is not as it was sealed. */
export interface Finding {
  /**
   * CHANGED: the entry, or its place, is not the one that was sealed. MISSING: entries were removed. ANCHOR: the entry
   * that was noted elsewhere is gone or is another one, so the end was cut off or all was written anew.
   */
  readonly kind: 'CHANGED' | 'MISSING' | 'ANCHOR';
  readonly seq: number;
  /** The last position that is missing; of the other kinds the same as `seq`. */
  readonly toSeq: number;
  /** The entry's id; null where it is missing. */
  readonly id: string | null;
}

/** A position and its hash, noted outside of the database. */
export interface Anchor {
  readonly seq: number;
  readonly hash: string;
}

export interface Verification {
  /** Sealed entries that were read. */
  readonly sealed: number;
  /** Entries that wait for the sealer. */
  readonly waiting: number;
  /** Where the chain ends; null when nothing is sealed. */
  readonly head: Anchor | null;
  readonly findings: readonly Finding[];
}

/** Entries that one statement reads. */
const PAGE = 5_000;

/** Findings that are named; more say nothing new. */
const MOST = 1_000;

/**
 * Reads the whole chain and finds every entry that was changed, moved, removed or slipped in since it was sealed. What the
 * chain alone cannot tell, a cut at its end or a chain that was computed anew, a noted anchor does.
 */
export async function verifyAudit(pool: Pool, anchor: Anchor | null = null): Promise<Verification> {
  const findings: Finding[] = [];
  const find = (kind: Finding['kind'], seq: number, id: string | null, toSeq = seq) => {
    if (findings.length < MOST) findings.push({ kind, seq, toSeq, id });
  };
  let sealed = 0;
  let head: Anchor = { seq: 0, hash: GENESIS };
  let isAnchored = anchor === null;
  for (;;) {
    const { rows } = await pool.query<ChainRow & { seq: string; hash: string | null }>(READ_CHAIN, [head.seq, PAGE]);
    for (const row of rows) {
      const seq = Number(row.seq);
      const isNext = seq === head.seq + 1;
      if (!isNext) find('MISSING', head.seq + 1, null, seq - 1);
      // Behind a gap the hash before it is unknown, so the first entry there cannot be judged.
      if (row.hash === null || (isNext && chainHash(head.hash, seq, row) !== row.hash)) find('CHANGED', seq, row.id);
      if (anchor?.seq === seq && anchor.hash === row.hash) isAnchored = true;
      // Each entry is judged by the seal before it, so that one that was changed does not accuse all that follow.
      head = { seq, hash: row.hash ?? '' };
    }
    sealed += rows.length;
    if (rows.length < PAGE) break;
  }
  if (anchor && !isAnchored) find('ANCHOR', anchor.seq, null);
  const outside = await pool.query<{ id: string; seq: string }>(READ_OUTSIDE);
  for (const { id, seq } of outside.rows) find('CHANGED', Number(seq), id);
  const waiting = await pool.query<{ count: number }>(COUNT_UNSEALED);
  return { sealed, waiting: waiting.rows[0]?.count ?? 0, head: sealed > 0 ? head : null, findings };
}
