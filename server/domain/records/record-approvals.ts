import type { RecordStep } from '../../engine/policy/contract/records.ts';
import type { Act } from '../../engine/services/act.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { newId } from '../../platform/values/ids.ts';
import { addAskedApproval } from '../approvals/ask-approval.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import type { RecordKind } from './find-record.ts';
import type { FoundSubject } from './find-subject.ts';

/** A step that is to be approved. */
export interface ToApprove extends RecordKind {
  readonly id: string;
  readonly subject: FoundSubject;
  /** As the policy may know them. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly step: RecordStep;
  readonly round: number;
  readonly dueAt?: Date | null;
}

/** Asks the policy who decides, and adds the approval and the step that waits for it. Outside of any transaction. */
export async function addRecordApproval(act: Act, writes: WriteSet, asked: ToApprove): Promise<void> {
  const { policy, kind, id, subject, fields, step, round } = asked;
  const { customer, branchId } = subject;
  const approvalId = await addAskedApproval(
    act,
    writes,
    {
      kind,
      subject: { type: 'Record', id },
      policyId: policy.declaration.id,
      branchId,
      customer,
      reason: step.label.en,
    },
    { customer: customer && customerFacts(policy.declaration, customer), request: fields },
  );
  writes.insert('policy_record_step', {
    id: newId(),
    recordId: id,
    code: step.code,
    round,
    state: 'PENDING_APPROVAL',
    dueAt: asked.dueAt ?? null,
    takenAt: act.now,
    byId: act.actor.id,
    approvalId,
  });
}
