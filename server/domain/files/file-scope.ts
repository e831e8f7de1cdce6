import type { Attachment, Prisma } from '../../../prisma/generated/client/client.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { maySee, visible } from '../../platform/access/scope.ts';
import { maySeeRecord, visibleRecords } from '../records/seen-by.ts';

// Who sees a ticket, a plan or a contract sees its files: they have its line and place. Files of a record are seen by the record's own
// rule, which knows kinds that few see, and records about people.

/** The rule as a filter of the table. */
export function visibleFiles(policies: Policies, actor: Actor): Prisma.AttachmentWhereInput {
  const ofThings = actor.rows.lines.length > 0 ? [{ recordId: null, ...visible(actor) }] : [];
  return { OR: [...ofThings, { record: visibleRecords(policies, actor) }] };
}

/** What is read of a file's record for the rule. */
export const RECORD_OF_FILE = {
  select: { policyId: true, branchId: true, kind: true, personId: true, personRank: true, startedById: true },
} as const;

/** The same rule for one row. */
export function maySeeFile(
  policies: Policies,
  actor: Actor,
  row: Pick<Attachment, 'policyId' | 'branchId'> & { readonly record: Parameters<typeof maySeeRecord>[2] | null },
): boolean {
  return row.record ? maySeeRecord(policies, actor, row.record) : maySee(actor, row);
}
