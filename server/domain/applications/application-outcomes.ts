import type { Role } from '../../../prisma/generated/client/enums.ts';
import type { ApprovalOutcome, ApprovalOutcomes } from '../../engine/services/approval-outcome.ts';
import { newId } from '../../platform/values/ids.ts';
import { CURRENCY } from '../../platform/values/money.ts';
import { consumeBudget } from '../budget/ledger.ts';
import { APPLICATION } from './application-states.ts';

const DECIDED = { APPROVE: APPLICATION.approve, RETURN: APPLICATION.return, REJECT: APPLICATION.reject } as const;

/** What AUTHORITY_CHANGE asks for where it sets an amount up to which a role decides. */
interface LimitFields {
  readonly role?: Role;
  readonly kind?: string;
  readonly upTo?: string | number | null;
  readonly currency?: string;
  readonly validFrom?: string;
  readonly writtenRecord?: string;
  readonly announcedOn?: string;
  readonly trainedOn?: string;
}

/**
 * An application's outcome: an approved expense of a plan is spent from its budget, unless that happened at once; an approved
 * change of authority is in force from its day.
 */
const settle: NonNullable<ApprovalOutcome['settle']> = async (tx, _writes, approval, { decision, actor, at }) => {
  const application = await tx.application.update({
    where: { id: approval.subjectId },
    data: { state: DECIDED[decision].to, version: { increment: decision === 'APPROVE' ? 0 : 1 } },
    include: { plan: true },
  });
  if (decision !== 'APPROVE') return;
  const { plan, amount, emergency, kind, policyId } = application;
  if (plan && amount && !emergency) {
    const purpose = application.reason;
    await consumeBudget(tx, plan, amount.toFixed(), { byId: actor.id, at, purpose, applicationId: application.id });
  }
  const fields = application.fields as LimitFields;
  if (kind !== 'AUTHORITY_CHANGE' || !fields.role || !fields.kind || !fields.validFrom || !fields.writtenRecord) return;
  await tx.authorityLimit.create({
    data: {
      id: newId(),
      policyId,
      kind: fields.kind,
      role: fields.role,
      upTo: fields.upTo == null ? null : String(fields.upTo),
      currency: fields.currency ?? CURRENCY,
      validFrom: new Date(`${fields.validFrom}T00:00:00Z`),
      writtenRecord: fields.writtenRecord,
      announcedOn: fields.announcedOn ? new Date(`${fields.announcedOn}T00:00:00Z`) : null,
      trainedOn: fields.trainedOn ? new Date(`${fields.trainedOn}T00:00:00Z`) : null,
      approvalId: approval.id,
      decidedAt: at,
    },
    select: { id: true },
  });
};

/** What decisions about applications bring about, whatever is applied for. */
export const applicationOutcomes = { 'Application/*': { settle } } as const satisfies ApprovalOutcomes;
