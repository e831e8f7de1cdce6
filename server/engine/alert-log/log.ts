import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { AlertRow } from './row.ts';
import { FIND_HEAD, MAKE_HEAD, READ_LOG, RENEW_EPOCH } from './sql.ts';

/** The channel on which a node says that alerts were numbered. Without payload: it is a hint to look. */
export const ALERTS_CHANNEL = 'tierline_alerts';

/** What the log holds, and a stretch of it, all from one snapshot of the database. */
export interface LogPage {
  /** Changes when a backup is restored, so that positions of another history are told apart. */
  readonly epoch: string;
  /** The newest position given; 0 before the first alert. */
  readonly headPos: number;
  /** The oldest position that is still kept; `headPos + 1` when none is. */
  readonly oldestPos: number;
  /** Ascending by position. Fewer than were asked for means that these are all up to `headPos`. */
  readonly rows: readonly AlertRow[];
}

/** What lies in the log after a position. */
export interface LogSlice {
  readonly rows: readonly AlertRow[];
  /** Between the last row (or the position asked for) and here the log holds nothing. */
  readonly upTo: number;
  /** As in LogPage. A slice from memory lacks nothing and so gives the position after the one asked for. */
  readonly oldestPos: number;
}

/** What the tail reader has just added: all of the log after `after`, up to and including `upTo`. */
export interface Growth {
  readonly rows: readonly AlertRow[];
  readonly after: number;
  readonly upTo: number;
}

/** A row of READ_LOG: the head, beside an alert or, where there is none, beside nulls. */
type RawRow = Omit<AlertRow, 'pos'> & { pos: string | null; epoch: string; headPos: string; oldestPos: string };

/**
 * The alerts after a position.
 *
 * @param after a position; 0 reads from the beginning
 * @param limit rows, at most; 0 reads the bounds alone
 * @throws when the database does, or when `ensureHead` has not been called on it
 */
export async function readLog(pool: Pool, after: number, limit: number): Promise<LogPage> {
  const result = await pool.query<RawRow>(READ_LOG, [after, limit]);
  const first = result.rows[0];
  if (!first) throw new Error('the alert log has no head; ensureHead() makes it');
  const rows: AlertRow[] = [];
  for (const { epoch: _epoch, headPos: _headPos, oldestPos: _oldestPos, pos, ...row } of result.rows) {
    if (pos !== null) rows.push(Object.assign(row, { pos: Number(pos) }));
  }
  return { epoch: first.epoch, headPos: Number(first.headPos), oldestPos: Number(first.oldestPos), rows };
}

/** Makes the head of the log where there is none yet. Nodes may do it at the same time. */
export async function ensureHead(pool: Pool): Promise<void> {
  // Looked for first: an insert would wait for whoever moves the head, and a node that died while it did may hold it.
  const known = await pool.query(FIND_HEAD);
  if (known.rowCount) return;
  await pool.query(MAKE_HEAD, [newEpoch()]);
}

/** Begins a new history, after a backup was restored: every cursor that was given out before is refused as RESTORED. */
export async function renewEpoch(pool: Pool): Promise<void> {
  await pool.query(RENEW_EPOCH, [newEpoch()]);
}

function newEpoch(): string {
  return randomBytes(8).toString('hex');
}
