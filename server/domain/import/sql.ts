import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { columnOf, recordOf } from '../../platform/storage/write-set.ts';

type Executor = Pick<Prisma.TransactionClient, '$executeRawUnsafe'>;

/** Inserts rows of one table as one statement. */
export async function insertRows(tx: Executor, table: 'branch' | 'staff', rows: readonly object[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first)
    .map((field) => `"${columnOf(field)}"`)
    .join(', ');
  await tx.$executeRawUnsafe(
    `/* import.insertRows */ insert into "${table}" (${columns}) select ${columns} from jsonb_populate_recordset(null::"${table}", $1::jsonb)`,
    JSON.stringify(rows.map(recordOf)),
  );
}

/**
 * Sets the same columns of many rows as one statement, found by their id.
 *
 * @param versioned only rows that are still at the `version` that they bring; theirs then counts up
 * @returns how many were found
 */
export async function updateRows(
  tx: Executor,
  table: 'branch' | 'staff' | 'customer',
  rows: readonly { readonly id: string; readonly version?: number }[],
  { versioned = false } = {},
): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const set = Object.keys(first)
    .filter((field) => field !== 'id' && field !== 'version')
    .map((field) => `"${columnOf(field)}" = g."${columnOf(field)}"`);
  if (versioned) set.push('version = r.version + 1');
  return tx.$executeRawUnsafe(
    `/* import.updateRows */ update "${table}" r set ${set.join(', ')} from jsonb_populate_recordset(null::"${table}", $1::jsonb) g
      where r.id = g.id${versioned ? ' and r.version = g.version' : ''}`,
    JSON.stringify(rows.map(recordOf)),
  );
}
