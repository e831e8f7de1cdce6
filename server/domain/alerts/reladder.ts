import { isDeepStrictEqual } from 'node:util';
import type { Services } from '../../engine/services/services.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { climbsAt } from './climb.ts';
import { ladderOf } from './ladder.ts';
import { changeLadders, laddersOf } from './sql-ladder.ts';

/** Alerts of one transaction. */
const BATCH = 500;

/**
 * Applies the ladders that a policy declares now to its alerts that are under way. Each stays on its rung, or the last one there is,
 * and has that rung's time from when its people were told. Alerts that never had a ladder get none.
 */
export async function applyLadders(services: Services, policyId: string): Promise<void> {
  const { database, policies } = services;
  const declared = policies.get(policyId)?.declaration;
  let after: string | null = null;
  do {
    const place: string | null = after;
    after = await inTransaction(database, async (tx) => {
      const alerts = await laddersOf(tx, policyId, place, BATCH);
      const changed = alerts.flatMap(({ id, kind, ladder: was, rung: stood, toldAt }) => {
        const ladder = ladderOf(declared, kind);
        if (isDeepStrictEqual(ladder, was)) return [];
        const rung = Math.min(stood, ladder?.rungs.length ?? stood);
        const minutes = ladder?.rungs[rung - 1]?.minutes ?? null;
        const climbs_at =
          ladder && toldAt && minutes !== null ? climbsAt(services, policyId, ladder, toldAt, minutes) : null;
        return [{ id, ladder, rung, climbs_at }];
      });
      await changeLadders(tx, changed);
      return alerts.length < BATCH ? null : (alerts.at(-1)?.id ?? null);
    });
  } while (after !== null);
}
