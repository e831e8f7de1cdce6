import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { newId } from '../values/ids.ts';

export interface Change {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What is written of an act: who, what, to whom, why, and what changed. Sensitive values never appear in `changes`. */
export interface AuditFacts {
  readonly at: Date;
  /** Null when the platform itself acts. */
  readonly actorId: string | null;
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string | null };
  readonly policyId?: string | null;
  readonly branchId?: string | null;
  readonly customerId?: string | null;
  readonly reason?: string | null;
  readonly changes?: readonly Change[];
  readonly requestId?: string | null;
  /** Of the answers of policies by which it was done. */
  readonly decisionIds?: readonly string[];
}

/** The entry as a row, to be written with what it tells of. */
export function auditRow({
  subject,
  changes = [],
  decisionIds,
  ...entry
}: AuditFacts): Prisma.AuditEntryUncheckedCreateInput {
  return {
    ...entry,
    id: newId(),
    subjectType: subject.type,
    subjectId: subject.id,
    changes: changes.map((change) => ({ ...change })),
    decisionIds: [...(decisionIds ?? [])],
  };
}

/** Writes entries in the transaction that acts: if they cannot be written, the act fails. */
export async function writeAudit(
  tx: Pick<Prisma.TransactionClient, 'auditEntry'>,
  ...entries: readonly AuditFacts[]
): Promise<void> {
  if (entries.length > 0) await tx.auditEntry.createMany({ data: entries.map(auditRow) });
}

/** The fields that differ, each with its text before and after; fields named in `hidden` show only that they changed. */
export function changesBetween(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  hidden: readonly string[] = [],
): Change[] {
  return Object.keys(after).flatMap((field) => {
    const [was, is] = [textOf(before[field]), textOf(after[field])];
    if (was === is) return [];
    return hidden.includes(field)
      ? [{ field, before: was && '(withheld)', after: is && '(withheld)' }]
      : [{ field, before: was, after: is }];
  });
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && !('toFixed' in value) ? JSON.stringify(value) : String(value);
}
