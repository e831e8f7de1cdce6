import type { Job } from '../../engine/services/job.ts';
import { PRUNE } from './sql.ts';

/** Milliseconds between two looks, and between two where the first left something over. */
const EVERY_MS = 3_600_000;
const AGAIN_MS = 60_000;

/** Milliseconds that one look may take, for the sweeps of each second wait for it. */
const LOOK_MS = 300;

/** Decisions removed in one statement, so that none holds its locks for long. */
const BATCH = 1_000;

/** Removes decisions that are older than so many days by the database's time, a little at a time. On a held clock nothing grows old. */
export function decisionRetention(keepDays: number): Job {
  let nextLook = 0;
  return {
    name: 'decisions.retention',
    async run({ clock, database, log }) {
      const began = performance.now();
      if (clock.held || began < nextLook) return;
      nextLook = began + EVERY_MS;
      let removed = 0;
      for (;;) {
        const { rowCount } = await database.pool.query(PRUNE, [keepDays, BATCH]);
        removed += rowCount ?? 0;
        if ((rowCount ?? 0) < BATCH) break;
        if (performance.now() - began < LOOK_MS) continue;
        nextLook = began + AGAIN_MS;
        break;
      }
      if (removed > 0) log.info({ removed }, 'decisions past their retention were removed');
    },
  };
}
