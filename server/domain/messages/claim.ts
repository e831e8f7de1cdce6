import type { Services } from '../../engine/services/services.ts';
import { nowSql } from '../../platform/storage/now-sql.ts';
import { type Claimed, claimDue } from './sql.ts';

/** Messages that are on their way at the same time, so that all are answered, or given up, while they are held. */
export const BATCH = 10;

/** Seconds for which a message belongs to the node that sends it: longer than a transport may take to answer. */
const HOLD_SECONDS = 60;

/** Takes what is due next for this node; each attempt counts. */
export function claim({ database, clock }: Services): Promise<Claimed[]> {
  return claimDue(database.prisma, nowSql(clock), { limit: BATCH, holdSeconds: HOLD_SECONDS });
}
