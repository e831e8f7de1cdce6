import { periodOf } from '../../engine/policy/calendar-days.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { startOfDayIn } from '../../platform/values/days.ts';
import { archiveCustomers } from './sql.ts';

/**
 * Takes customers who departed before the month of a day out of the active archive, with the mark of the day. Nothing of
 * them is deleted. Returns how many.
 *
 * @param day YYYY-MM-DD in the policy's zone
 */
export async function archiveDeparted(tx: TransactionClient, policy: Policy, day: string, now: Date): Promise<number> {
  if (!policy.clearsDeparted) return 0;
  const month = startOfDayIn(periodOf('MONTH', day).from, zoneOf(policy));
  const cleared = await archiveCustomers(tx, policy.id, month, now);
  const entries = cleared.map(({ id, branch_id: branchId }) =>
    auditRow({
      at: now,
      actorId: null,
      action: 'ARCHIVE_CUSTOMER',
      subject: { type: 'Customer', id },
      policyId: policy.id,
      branchId,
      customerId: id,
    }),
  );
  await new WriteSet().insert('audit_entry', ...entries).execute(tx);
  return cleared.length;
}
