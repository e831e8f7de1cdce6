import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn } from '../../platform/values/days.ts';
import { barTo } from './may-hold.ts';
import { putIntoForce } from './put-into-force.ts';
import { lastAssessed } from './sql-assessments.ts';
import type { DueGrade } from './sql-due.ts';
import { termsOf } from './terms.ts';

/**
 * Where an exception ran out, what the customer was last assessed to comes back, as long as that holds: the exception stood above
 * it and did not replace it. A customer who may hold none by now gets none.
 */
export async function fallBack(
  tx: Prisma.TransactionClient,
  writes: WriteSet,
  policies: Policies,
  ended: readonly DueGrade[],
): Promise<void> {
  const exceptions = ended.filter(({ reason }) => reason === 'EXCEPTION');
  if (exceptions.length === 0) return;
  const assessed = await lastAssessed(
    tx,
    exceptions.map((grade) => ({ customer: grade.customer_id, scheme: grade.scheme_id })),
  );
  for (const grade of exceptions) {
    const { customer_id: customerId, scheme_id: schemeId, policy_id, holder, now } = grade;
    const last = assessed.find((one) => one.customer_id === customerId && one.scheme_id === schemeId);
    const declaration = policies.get(policy_id)?.declaration;
    const scheme = declaration?.schemes?.[schemeId];
    if (!last?.tier || !scheme?.tiers[last.tier] || barTo(scheme, holder)) continue;
    const timeZone = zoneOf(declaration);
    const day = dateIn(last.assessed_at, timeZone);
    const { until, endsAt } = termsOf(scheme, { day, today: day, timeZone });
    if (endsAt && endsAt <= now) continue;
    const grant = {
      customerId,
      schemeId,
      tierCode: last.tier,
      reason: 'ASSESSED' as const,
      policyVersion: last.policy_version,
      assessmentId: last.id,
      approvalId: null,
      until,
      after: `${grade.id}:after`,
    };
    await putIntoForce(tx, writes, policies, [grant], now);
  }
}
