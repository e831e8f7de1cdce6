import type { Settle } from '../approvals/service.ts';
import { newId } from '../ids.ts';

/** An approved plan becomes tasks; a returned one goes back with its comments as the next version. */
export const settlePlan: Settle = async (tx, writes, approval, { decision, at }) => {
  const plan = await tx.maintenancePlan.findUniqueOrThrow({
    where: { id: approval.subjectId },
    include: { measures: { orderBy: { position: 'asc' } } },
  });
  if (decision !== 'APPROVE') {
    await tx.maintenancePlan.update({
      where: { id: plan.id },
      data: { status: decision === 'RETURN' ? 'RETURNED' : 'CANCELLED', version: { increment: 1 }, updatedAt: at },
      select: { id: true },
    });
    return;
  }
  await tx.maintenancePlan.update({
    where: { id: plan.id },
    data: { status: 'APPROVED', updatedAt: at },
    select: { id: true },
  });
  writes.insert(
    'task',
    ...plan.measures.map((measure) => ({
      id: newId(),
      key: `plan:${plan.id}:${plan.version}:${measure.position}`,
      customerId: plan.customerId,
      policyId: plan.policyId,
      branchId: plan.branchId,
      title: { en: measure.measure, zh: measure.measure },
      origin: 'PLAN' as const,
      status: 'OPEN' as const,
      dueAt: measure.dueAt,
      nextFireAt: measure.dueAt,
      purpose: 'CARE' as const,
      channel: measure.way,
      assigneeId: measure.assigneeId ?? plan.ownerId,
      planId: plan.id,
      measureId: measure.id,
      createdAt: at,
    })),
  );
};
