import type { Approval } from '../../../prisma/generated/client/client.ts';
import { Act } from '../../engine/services/act.ts';
import type { ApprovalOutcome, ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';
import type { Services } from '../../engine/services/services.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { NotFound } from '../../platform/values/errors.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { fulfilByRecord } from './duties-by-record.ts';
import { type KnownRecord, knownRecord } from './find-record.ts';
import { afterStep } from './onward.ts';
import { addStepClocks, endOtherClocks, nextDue } from './record-clocks.ts';
import { fieldsOf, toldFields, WITH_STEPS } from './record-facts.ts';
import { addRecordReactions, applyStages, type RecordReaction, recordReactions } from './record-reactions.ts';

const STEP_STATES = { APPROVE: 'DONE', RETURN: 'RETURNED', REJECT: 'REJECTED' } as const;

/** What policies said of approvals that are being decided, until it is written with them. */
const said = new WeakMap<WriteSet, readonly RecordReaction[]>();

/** Asks the policy what follows from the step that is approved. */
const prepare: NonNullable<ApprovalOutcome['prepare']> = async (services, writes, approval, at) => {
  const { record, step } = await readApproved(services, services.database.prisma, approval);
  const { ends } = afterStep({ services, now: at }, record, step);
  const told = { step: step.code, fields: toldFields(record.declared, fieldsOf(record.row)), brought: {} };
  const advanced = { kind: 'RECORD_ADVANCED' as const, ...told };
  const ended = { kind: 'RECORD_ENDED' as const, state: 'CLOSED', ...told };
  const acting = { services, now: at, byId: approval.requestedById };
  const reactions = await recordReactions(acting, record, ends ? [advanced, ended] : [advanced]);
  addRecordReactions(acting, writes, { ...record, id: record.row.id }, reactions);
  said.set(writes, reactions);
};

/** An approved step is taken; one that is returned may be asked for again; a rejection ends the record. */
const settle: NonNullable<ApprovalOutcome['settle']> = async (tx, writes, approval, decided) => {
  const { decision, comment, at, services, actor } = decided;
  const { record, step } = await readApproved(services, tx, approval);
  const { row, subject } = record;
  const onward = afterStep({ services, now: at }, record, decision === 'APPROVE' ? step : null);
  const isRejected = decision === 'REJECT';
  await tx.policyRecordStep.updateMany({
    where: { recordId: row.id, approvalId: approval.id },
    data: { state: STEP_STATES[decision], decidedAt: at, comment },
  });
  const states = { APPROVE: onward.state, RETURN: 'RETURNED', REJECT: 'REJECTED' } as const;
  const clocks = isRejected ? [] : onward.clocks;
  await tx.policyRecord.update({
    where: { id: row.id },
    data: {
      state: states[decision],
      ...(decision === 'APPROVE' && { stepCode: step.code }),
      nextDueAt: nextDue(clocks),
      endedAt: isRejected ? at : onward.endedAt,
      ...(isRejected && { endReason: comment }),
      version: { increment: 1 },
      updatedAt: at,
    },
    select: { id: true },
  });
  await endOtherClocks(tx, row.id, { keep: clocks, fulfilled: decision === 'APPROVE' ? step.code : null, at });
  addStepClocks(writes, clocks, at);
  const act = Act.begin(services, { actor, requestId: null }, null).at(at);
  await applyStages(act, tx, subject, said.get(writes) ?? []);
  if (onward.ends)
    await fulfilByRecord(tx, { organisation: decided.organisation, now: at }, { ...record, fields: fieldsOf(row) });
};

async function readApproved(
  services: Services,
  prisma: Pick<TransactionClient, 'policyRecord'>,
  { id, subjectId }: Approval,
): Promise<{ record: KnownRecord; step: NonNullable<KnownRecord['declared']['steps']>[number] }> {
  const { customer, ...row } = await prisma.policyRecord.findUniqueOrThrow({
    where: { id: subjectId },
    include: { ...WITH_STEPS, customer: { select: CUSTOMER_FACTS } },
  });
  const policy = services.policies.get(row.policyId);
  if (!policy) throw new NotFound('Policy');
  const record = knownRecord(policy, row, customer);
  const code = row.steps.find(({ approvalId }) => approvalId === id)?.code;
  const step = (record.declared.steps ?? []).find((one) => one.code === code);
  if (!step) throw new NotFound('Record');
  return { record, step };
}

/** What decisions about records bring about, whatever their kind. */
export const recordOutcomes = { 'Record/*': { prepare, settle } } as const satisfies ApprovalOutcomes;
