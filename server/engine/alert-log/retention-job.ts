import type { Services } from '../services/services.ts';
import { pruneAlerts } from './retention.ts';

/** Milliseconds between two looks, and between two where the first left something over. */
const EVERY_MS = 3_600_000;
const AGAIN_MS = 60_000;

/** Milliseconds that one look may take, for the sweeps of each second wait for it. */
const LOOK_MS = 300;

const next = new WeakMap<Services, number>();

/** Removes alerts that are past their retention, a little at a time. On a held clock nothing grows old. */
export async function sweepOldAlerts(services: Services): Promise<0> {
  const now = performance.now();
  if (services.clock.held || now < (next.get(services) ?? 0)) return 0;
  next.set(services, now + AGAIN_MS);
  const signal = AbortSignal.timeout(LOOK_MS);
  const removed = await pruneAlerts(services.database.pool, { signal });
  if (!signal.aborted) next.set(services, now + EVERY_MS);
  if (removed > 0) services.log.info({ removed }, 'alerts past their retention were removed');
  return 0;
}
