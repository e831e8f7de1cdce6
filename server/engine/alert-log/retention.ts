import type { Pool } from 'pg';
import { FIRST_KEPT, PRUNE } from './sql.ts';

export interface RetentionOptions {
  /** Days that an alert is kept after it was raised; 30 by default, and never less than clients may be away. */
  readonly keepDays?: number;
  /** The database's, unless it is given. */
  readonly now?: Date;
  /** Alerts removed in one statement, so that none holds its locks for long. */
  readonly batch?: number;
  /** Ends after the statement that is under way; what is left goes next time. */
  readonly signal?: AbortSignal;
}

/**
 * Removes alerts that are past their retention and that somebody has acknowledged.
 *
 * Only from the old end of the log, lowest position first: an old alert whose predecessor is still kept waits for it, and
 * so all wait for one that nobody has taken on.
 * So the kept part has no holes, its oldest position is `min(pos)` (or the one after the head, where nothing is kept),
 * and a cursor is EXPIRED exactly when its successor is gone. Alerts without a position are never removed, nor is
 * the head, so positions are not given twice. Nodes may run it at the same time, and a run that ends early is right.
 *
 * @returns how many were removed
 * @throws when the database does; what was removed before stays removed
 */
export async function pruneAlerts(
  pool: Pool,
  { keepDays = 30, now, batch = 1_000, signal }: RetentionOptions,
): Promise<number> {
  const kept = await pool.query<{ beforePos: string }>(FIRST_KEPT, [now ?? null, keepDays]);
  const beforePos = kept.rows[0]?.beforePos ?? '0';
  let removed = 0;
  while (!signal?.aborted) {
    const result = await pool.query(PRUNE, [beforePos, batch]);
    removed += result.rowCount ?? 0;
    if ((result.rowCount ?? 0) < batch) break;
  }
  return removed;
}
