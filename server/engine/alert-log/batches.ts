import type { Services } from '../services/services.ts';

/** What one transaction of a sweep did. */
export interface SweptBatch {
  /** Rows that were due and taken; fewer than the batch holds when nothing more is due. */
  readonly taken: number;
  readonly raised: number;
}

/** Sweeps batch after batch until one is not full, and wakes the log of alerts. Returns how many alerts were raised. */
export async function sweepBatches(
  { alerts }: Pick<Services, 'alerts'>,
  size: number,
  sweepBatch: () => Promise<SweptBatch>,
): Promise<number> {
  let sum = 0;
  for (;;) {
    const { taken, raised } = await sweepBatch();
    sum += raised;
    if (taken < size) break;
  }
  if (sum > 0) alerts.wake();
  return sum;
}
