import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import type { ImportContext } from './kind.ts';

/** Writes the one entry of a batch: which file, which lines, how many rows. */
export async function auditBatch(
  tx: Prisma.TransactionClient,
  { actorId, fileName, now }: ImportContext,
  action: 'IMPORT_ORGANISATION' | 'IMPORT_CUSTOMERS' | 'IMPORT_METRICS' | 'IMPORT_TICKETS',
  {
    policyId,
    lines,
    rows,
  }: { readonly policyId: string | null; readonly lines: readonly number[]; readonly rows: number },
): Promise<void> {
  const span = `${Math.min(...lines)}-${Math.max(...lines)}`;
  await writeAudit(tx, {
    at: now,
    actorId,
    action,
    subject: { type: policyId === null ? 'Organisation' : 'Policy', id: policyId },
    policyId,
    changes: [
      { field: 'file', before: null, after: fileName },
      { field: 'lines', before: null, after: span },
      { field: 'rows', before: null, after: String(rows) },
    ],
  });
}
