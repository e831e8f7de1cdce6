import type { Services } from '../../engine/services/services.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { recordOf } from '../../platform/storage/write-set.ts';
import { IDENTIFIERS, identifierPlace, indexOf, maskOf, SEARCH_FORM } from './identifiers.ts';
import { searchColumns } from './name-search.ts';
import { lockOutdated, type SearchRow, writeSearchColumns } from './sql.ts';

const BATCH = 200;

/**
 * Rebuilds what files are found by where it is of an earlier form: after an upgrade, and where a server of the version before
 * still writes. Any number of nodes share the work; one that is stopped leaves the rest to the next.
 *
 * @returns how many files were rebuilt
 */
export async function refreshSearch(
  services: Pick<Services, 'database' | 'sealer' | 'policies' | 'log'>,
  signal?: AbortSignal,
): Promise<number> {
  let refreshed = 0;
  while (!signal?.aborted) {
    const count = await inTransaction(services.database, async (tx) => {
      const rows = await lockOutdated(tx, SEARCH_FORM, BATCH);
      if (rows.length > 0)
        await writeSearchColumns(
          tx,
          rows.map((row) => rebuilt(services, row)),
          SEARCH_FORM,
        );
      return rows.length;
    });
    refreshed += count;
    if (count < BATCH) break;
  }
  if (refreshed > 0) services.log.info({ refreshed }, 'customers are found by the present search form');
  return refreshed;
}

function rebuilt({ sealer, policies, log }: Pick<Services, 'sealer' | 'policies' | 'log'>, row: SearchRow): object {
  const style = policies.get(row.policyId)?.declaration.phoneMask;
  const columns: Record<string, unknown> = { ...row, ...searchColumns(row.name) };
  for (const field of IDENTIFIERS) {
    const sealed = row[`${field}Sealed`];
    if (!sealed) continue;
    try {
      const clear = sealer.open(sealed, identifierPlace(row.id, field));
      columns[`${field}Mask`] = maskOf(field, clear, style);
      columns[`${field}Index`] = indexOf(sealer, field, clear);
    } catch (err) {
      // One value whose key is missing holds up no other; it stays as it is.
      log.error({ err, customerId: row.id, field }, 'an identifier does not open, and is found as before');
    }
  }
  return recordOf(columns);
}
