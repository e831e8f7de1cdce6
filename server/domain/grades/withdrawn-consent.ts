import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { refreshBestGrades } from './best-grade.ts';

/** Ends the grades that are held only with consent to VIP service, when it is withdrawn. */
export async function endGradesWithoutConsent(
  tx: Prisma.TransactionClient,
  writes: WriteSet,
  policies: Policies,
  customer: { id: string; policyId: string; branchId: string; managerId: string | null; tierRank: number | null },
  now: Date,
): Promise<void> {
  const schemes = policies.get(customer.policyId)?.declaration.schemes ?? {};
  const held = await tx.grade.findMany({ where: { customerId: customer.id, state: { not: 'ENDED' } } });
  const ending = held.filter(({ schemeId }) => schemes[schemeId]?.needsConsent);
  if (ending.length === 0) return;
  await tx.grade.updateMany({
    where: { id: { in: ending.map(({ id }) => id) } },
    data: { state: 'ENDED', endedAt: now, endedBecause: 'CONSENT_WITHDRAWN' },
  });
  await refreshBestGrades(tx, [customer.id]);
  for (const grade of ending) {
    // What had not begun was not held.
    if (grade.scheduled) continue;
    writes.insert(
      'alert',
      gradeChangedAlert(customer, { from: grade.tierCode, to: null, key: `${grade.id}:ended` }, now),
    );
  }
}
