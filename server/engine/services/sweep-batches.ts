import { isOutOfTime, isPassing } from '../../platform/storage/outages/passing.ts';
import type { Services } from './services.ts';
import { SetAside } from './set-aside.ts';

/** What one transaction of a sweep may take of what is due. */
export interface Share {
  readonly limit: number;
  /** Ids of rows that are set aside. */
  readonly without: readonly string[];
}

export interface Batch extends Share {
  /** Says which rows it took, before anything is written about them. */
  took(ids: readonly string[]): void;
}

/** What one transaction of a sweep did. */
export interface SweptBatch {
  /** Rows that were due and taken; fewer than the limit when nothing more is due. */
  readonly taken: number;
  readonly raised: number;
}

/** How much a sweep takes at once, at most. */
export const BATCH = 500;

const setAside = new SetAside();

/**
 * Sweeps batch after batch until one is not full, and wakes the log of alerts. A batch that fails, or takes longer than a
 * statement may, is tried again by halves: what is slow goes in smaller pieces, and a single row about which nothing can be written
 * is set aside, logged, and holds up none of the others.
 *
 * @param name of the sweep, as the log shows it
 * @returns how many alerts were raised
 * @throws what the database says when it is away
 */
export async function sweepBatches(
  { alerts, log }: Pick<Services, 'alerts' | 'log'>,
  name: string,
  sweepBatch: (batch: Batch) => Promise<SweptBatch>,
): Promise<number> {
  let sum = 0;
  let most = BATCH;
  let limit = BATCH;
  try {
    for (;;) {
      const rows: string[] = [];
      const batch = { limit, without: setAside.ids(), took: (ids: readonly string[]) => void rows.push(...ids) };
      try {
        const { taken, raised } = await sweepBatch(batch);
        sum += raised;
        if (taken < limit) return sum;
        limit = Math.min(most, limit * 2);
      } catch (error) {
        if (isPassing(error) && !(isOutOfTime(error) && limit > 1)) throw error;
        if (limit > 1) {
          most = Math.ceil(limit / 2);
          limit = most;
          continue;
        }
        const [id] = rows;
        if (id === undefined) throw error;
        setAside.add(id);
        log.error(
          { err: error, sweep: name, row: id },
          'nothing can be written about a row: it is set aside for ten minutes',
        );
        most = BATCH;
      }
    }
  } finally {
    if (sum > 0) alerts.wake();
  }
}
