import type { Job } from '../services/job.ts';
import { pruneAlerts } from './retention.ts';

/** Milliseconds between two looks, and between two where the first left something over. */
const EVERY_MS = 3_600_000;
const AGAIN_MS = 60_000;

/** Milliseconds that one look may take, for the sweeps of each second wait for it. */
const LOOK_MS = 300;

/** Removes alerts that are past their retention, a little at a time. On a held clock nothing grows old. */
export function alertRetention(): Job {
  let nextLook = 0;
  return {
    name: 'alerts.retention',
    async run({ clock, database, log }) {
      const now = performance.now();
      if (clock.held || now < nextLook) return;
      nextLook = now + AGAIN_MS;
      const signal = AbortSignal.timeout(LOOK_MS);
      const removed = await pruneAlerts(database.pool, { signal });
      if (!signal.aborted) nextLook = now + EVERY_MS;
      if (removed > 0) log.info({ removed }, 'alerts past their retention were removed');
    },
  };
}
