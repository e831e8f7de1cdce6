import type { Act } from '../../engine/services/act.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { waitInTurn } from './sql.ts';

/**
 * How often the actor did something within the last milliseconds, by the audit trail. A person's own acts of the kind wait
 * for each other until the transaction ends, so that parallel ones cannot pass a quota together.
 */
export async function countRecent(
  tx: TransactionClient,
  { actor, now }: Act,
  action: string,
  withinMs: number,
): Promise<number> {
  await waitInTurn(tx, `${action} ${actor.id}`);
  const at = { gt: new Date(now.getTime() - withinMs) };
  return tx.auditEntry.count({ where: { actorId: actor.id, action, at } });
}
