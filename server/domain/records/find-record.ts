import type { RecordDeclaration } from '../../engine/policy/contract/records.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Act } from '../../engine/services/act.ts';
import { Conflict, InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { own } from '../../platform/values/own.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { refuseErased } from '../customers/find-customer.ts';
import type { FoundSubject } from './find-subject.ts';
import type { ToRecord } from './may-act.ts';
import { named, type RecordWithSteps, WITH_STEPS } from './record-facts.ts';
import { type RecordStanding, standingOf } from './rules.ts';
import { visibleRecords } from './seen-by.ts';

/** A kind of record with the policy that declares it. */
export interface RecordKind {
  readonly policy: InstalledPolicy;
  readonly kind: string;
  readonly declared: RecordDeclaration;
}

/** A record that a command is about, as it is. */
export interface KnownRecord extends RecordKind {
  readonly row: RecordWithSteps;
  readonly subject: FoundSubject;
  readonly standing: RecordStanding;
  readonly to: ToRecord;
}

/**
 * The record of the id, which is open, at the version that was read.
 *
 * @throws {NotFound} there is none, or none that the actor may see
 * @throws {Conflict} it was changed in the meantime
 * @throws {Refused} it is over, or the customer was deleted
 */
export async function openRecord(act: Act, id: string, expectedVersion: number): Promise<KnownRecord> {
  const { prisma, services, actor } = act;
  const where = { AND: [{ id }, visibleRecords(services.policies, actor)] };
  const include = { ...WITH_STEPS, customer: { select: CUSTOMER_FACTS } };
  const { customer, ...row } = await act.found('Record', prisma.policyRecord.findFirst({ where, include }));
  refuseErased(customer);
  if (row.version !== expectedVersion) throw new Conflict(row.version);
  const known = knownRecord(act.policyOf(row), row, customer);
  if (row.state === 'CLOSED' || row.state === 'REJECTED' || row.state === 'CANCELLED')
    throw refuse('RECORD_OVER', { state: row.state });
  return known;
}

/** @throws {NotFound} the kind is declared no more */
export function knownRecord(
  policy: InstalledPolicy,
  row: RecordWithSteps,
  customer: FoundSubject['customer'],
): KnownRecord {
  const { kind, branchId, personId, personRank, contractId, ticketId, parentId } = row;
  const declared = own(policy.declaration.records, kind);
  if (!declared) throw new NotFound('Record');
  const person = personId ? { id: personId, branchId, rank: personRank ?? 1 } : null;
  return {
    policy,
    kind,
    declared,
    row,
    subject: { branchId, customer, person, contractId, ticketId, parentId },
    standing: standingOf(declared, row.steps),
    to: { policy: policy.declaration, person, startedById: row.startedById },
  };
}

/** @throws {Refused} RECORD_IN_APPROVAL */
export function refusePending({ declared, standing }: KnownRecord): void {
  const step = (declared.steps ?? []).find(({ code }) => code === standing.pending);
  if (step) throw refuse('RECORD_IN_APPROVAL', { step: named(step) });
}

/** @throws {InvalidInput} there is no such line, none that the actor's branch runs, or no such kind */
export function kindOf(act: Act, policyId: string, kind: string): RecordKind {
  const policy = act.services.policies.get(policyId);
  if (!policy || !act.actor.policyIds.includes(policyId))
    throw new InvalidInput([{ path: 'input.record', message: 'is of a business line that is not run at your branch' }]);
  const declared = own(policy.declaration.records, kind);
  if (!declared) throw new InvalidInput([{ path: 'input.record', message: `is no kind of record of ${policyId}` }]);
  return { policy, kind, declared };
}
