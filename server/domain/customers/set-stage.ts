import type { Act } from '../../engine/services/act.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { CustomerStage } from '../../platform/values/enums.ts';
import { departure } from './rules.ts';

/**
 * Gives a customer the stage that follows from something, in the transaction that writes it: a signed contract makes FORMAL
 * (S00-customer-classes, A-182). One who has it already, and one who was deleted, stays as they are.
 *
 * @param because what it follows from, as the audit trail tells it
 */
export async function setStage(
  act: Act,
  tx: TransactionClient,
  customerId: string,
  stage: CustomerStage,
  because: string,
): Promise<void> {
  const before = await tx.customer.findUnique({
    where: { id: customerId },
    select: { stage: true, departedAt: true, erasedAt: true, policyId: true, branchId: true },
  });
  if (!before || before.erasedAt || before.stage === stage) return;
  await tx.customer.update({
    where: { id: customerId },
    data: { stage, ...departure(before, stage, act.now), version: { increment: 1 }, updatedAt: act.now },
    select: { id: true },
  });
  const { policyId, branchId } = before;
  const changes = [{ field: 'stage', before: before.stage, after: stage }];
  const subject = { type: 'Customer', id: customerId, policyId, branchId };
  await act.record(tx, act.audit('UPDATE_CUSTOMER', subject, { reason: because, changes }));
}
