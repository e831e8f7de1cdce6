import type { Act } from '../../engine/services/act.ts';
import { NotFound } from '../../platform/values/errors.ts';

/**
 * What a search for a customer's file found. That somebody asked for a file that is closed to them is in the audit trail.
 *
 * @throws {NotFound} there is none, or none that the actor may see
 */
export async function visibleFile<Row>(act: Act, id: string, search: PromiseLike<Row | null>): Promise<Row> {
  const row = await search;
  if (row !== null) return row;
  act.services.refusedReads.note(act.caller, id);
  throw new NotFound('Customer');
}
