import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { RecordDeclaration } from '../../engine/policy/contract/records.ts';
import type { Services } from '../../engine/services/services.ts';
import { jsonOf } from '../../platform/storage/stored-json.ts';
import { newId } from '../../platform/values/ids.ts';
import { own } from '../../platform/values/own.ts';
import type { RecordKind } from './find-record.ts';
import type { FoundSubject } from './find-subject.ts';
import { nextDue, type RecordOwner, type StepClock, stepClocks } from './record-clocks.ts';

/** Who begins a record, and when. */
export interface Acting {
  readonly services: Services;
  readonly now: Date;
  readonly byId: string;
}

/** What is begun. */
export interface Begun extends RecordKind {
  readonly subject: FoundSubject;
  readonly fields: Record<string, unknown>;
  readonly status: string | null;
}

export type NewRecordRow = Prisma.PolicyRecordUncheckedCreateInput & { readonly id: string };

/** A record that begins, as its row, its first version, and the clocks of its steps. */
export function newRecord(
  { services, byId, now }: Acting,
  { policy, kind, declared, subject, fields, status }: Begun,
): { row: NewRecordRow; version: Prisma.PolicyRecordVersionUncheckedCreateInput; clocks: StepClock[] } {
  const id = newId();
  const { branchId, customer, person, contractId, ticketId, parentId } = subject;
  const owner: RecordOwner = { id, branchId, customer, personId: person?.id ?? null, ticketId, startedById: byId };
  const clocks = stepClocks(services.calendars, declared, owner, {
    policy,
    startedAt: now,
    fields,
    taken: [],
    standing: { done: [], pending: null },
  });
  const row = {
    id,
    kind,
    policyId: policy.declaration.id,
    branchId,
    customerId: customer?.id ?? null,
    personId: person?.id ?? null,
    personRank: person?.rank ?? null,
    contractId,
    ticketId,
    parentId,
    fields: jsonOf(fields),
    status,
    state: isOverAtOnce(declared, status) ? ('CLOSED' as const) : ('OPEN' as const),
    version: 1,
    startedById: byId,
    startedAt: now,
    updatedAt: now,
    endedAt: isOverAtOnce(declared, status) ? now : null,
    nextDueAt: nextDue(clocks),
  };
  const version = { id: newId(), recordId: id, version: 1, fields: jsonOf(fields), status, byId, at: now };
  return { row, version, clocks };
}

/** A record without steps and without statuses says all at once: an opinion, a note, a form. */
export function isOverAtOnce({ steps = [], statuses }: RecordDeclaration, status: string | null): boolean {
  if (steps.length > 0) return false;
  return statuses === undefined || (status !== null && own(statuses, status)?.closes === true);
}
