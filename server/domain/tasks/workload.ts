import { Prisma, type Staff } from '../../../prisma/generated/client/client.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visibleSql } from '../../platform/access/scope.ts';
import { directSql } from '../../platform/storage/direct.ts';
import { lateFromSql } from './late.ts';

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
  const mine = Prisma.sql`${visibleSql(actor, 't')} and t.policy_id = ${declaration.id}
    and (${branchIds === null} or t.branch_id = any(${[...(branchIds ?? [])]}::uuid[]))`;
  // What is due at the end of a day (23:59:59) is late when the next begins, as in server/domain/duties/rules.ts.
  const isLate = Prisma.sql`${lateFromSql(Prisma.sql`t.due_at`)} <= ${services.clock.now()}`;
  const rows = await directSql<Omit<Workload, 'staff'> & { [K in keyof Staff]: Staff[K] | null }>(
    services.database,
    Prisma.sql`
    with load as (
      select t.manager_id as staff_id, count(*) as customers, 0 as open, 0 as overdue
      from customer t where ${mine} and t.departed_at is null group by 1
      union all
      select t.assignee_id, 0, count(*), count(*) filter (where ${isLate})
      from task t where ${mine} and t.status in ('OPEN', 'OVERDUE') group by 1
    )
    select s.id, s.number, s.name, s.roles::text[] as roles, s.branch_id as "branchId", s.active, s.nda_signed_at as "ndaSignedAt",
      s.created_at as "createdAt", sum(l.customers)::int as customers, sum(l.open)::int as "openTasks", sum(l.overdue)::int as "overdueTasks"
    from load l left join staff s on s.id = l.staff_id
    group by s.id order by "overdueTasks" desc, "openTasks" desc, customers desc, s.number nulls last limit ${MAX_STAFF}`,
  );
  return rows.map(({ customers, openTasks, overdueTasks, ...staff }) => ({
    staff: staff.id === null ? null : (staff as Staff),
    customers,
    openTasks,
    overdueTasks,
  }));
}
