import type { Database } from '../../platform/storage/database.ts';
import { addUpCounts } from './sql.ts';

/** Rows beyond one a key from which it is worth to add them up. What has few to spare rests: a sum of one row is that row again. */
const SPARE = 500;

/** Rows that are added up at once. */
const BATCH = 20_000;

/** The lock of the node that adds up, so that two nodes do not do it at the same time. */
const LOCK = 0x7c_0047;

/**
 * Adds the rows of `ticket_count` up to one a key, where there are many. The sums stay what they are, for all that read
 * before, during it and after.
 *
 * @returns how many rows there are fewer
 */
export function addUpTicketCounts({ pool }: Pick<Database, 'pool'>): Promise<number> {
  return addUpCounts(pool, { spare: SPARE, batch: BATCH, lock: LOCK });
}
