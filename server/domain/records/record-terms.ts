import type { Actors, RecordDeclaration } from '../../engine/policy/contract/records.ts';
import type { FoundSubject } from './find-subject.ts';
import { STARTERS } from './may-act.ts';

/** Who starts and changes records of a kind. */
export function startersOf({ startedBy, about }: RecordDeclaration): Actors {
  return startedBy ?? (about === 'PERSON' ? STARTERS.PERSON : STARTERS.OTHERS);
}

/** What of the fields the audit trail withholds: what is sensitive, and of a person's file all. */
export function withheldFields({ about, fields, sensitive = [] }: RecordDeclaration): readonly string[] {
  return about === 'PERSON' ? Object.keys(fields.shape) : sensitive;
}

/** The fields with what follows from them. */
export function completed({ complete }: RecordDeclaration, fields: Record<string, unknown>): Record<string, unknown> {
  return complete ? { ...complete(fields) } : fields;
}

/** The columns by which records are about the same. */
export function aboutOf({ branchId, customer, person, contractId, ticketId, parentId }: FoundSubject) {
  return { branchId, customerId: customer?.id ?? null, personId: person?.id ?? null, contractId, ticketId, parentId };
}

/** Whom and what the audit trail tells of. */
export function subjectOf(row: {
  readonly id: string;
  readonly policyId: string;
  readonly branchId: string;
  readonly customerId?: string | null | undefined;
}) {
  const { id, policyId, branchId, customerId } = row;
  return { type: 'Record', id, policyId, branchId, customerId: customerId ?? null };
}
