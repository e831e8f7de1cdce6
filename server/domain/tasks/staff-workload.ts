import type { Staff } from '../../../prisma/generated/client/client.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visibleSql } from '../../platform/access/scope.ts';
import { workloadByStaff } from './sql.ts';

/** What a person has to look after and to do now. */
export interface Workload {
  /** Null: customers whom nobody manages, and tasks that are nobody's. */
  readonly staff: Staff | null;
  readonly customers: number;
  readonly openTasks: number;
  readonly overdueTasks: number;
}

const MAX_STAFF = 100;

/**
 * How much each person of a business line has: customers allocated to them (S04-bank-cm-system), who have not departed, and tasks
 * that are not done, of rows that the caller sees, by one statement. How many are too many is stated nowhere.
 *
 * @param branchIds of these alone; null: of all that the caller sees
 * @returns at most 100, those with most that is overdue first
 */
export async function workloads(
  services: Services,
  { actor }: Caller,
  policyId: string,
  branchIds: readonly string[] | null,
): Promise<Workload[]> {
  requirePermission(actor, 'readScorecard');
  const { declaration } = businessLine(services.policies.get(policyId), policyId);
  const rows = await workloadByStaff(services.database, visibleSql(actor, 't'), {
    policyId: declaration.id,
    branchIds,
    now: services.clock.now(),
    limit: MAX_STAFF,
  });
  return rows.map(({ customers, openTasks, overdueTasks, ...staff }) => ({
    staff: staff.id === null ? null : (staff as Staff),
    customers,
    openTasks,
    overdueTasks,
  }));
}
