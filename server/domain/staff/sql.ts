import { Prisma, type PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { Administrator } from './rules.ts';

/** Who has the role ADMIN, locked until the transaction ends: two who end each other's rights do it one after the other. */
export function lockAdministrators(tx: TransactionClient): Promise<Administrator[]> {
  return tx.$queryRaw<Administrator[]>`/* staff.lockAdministrators */
    select id, branch_id as "branchId" from staff where active and 'ADMIN' = any(roles::text[]) order by id for update`;
}

/** What may be in somebody's hands, in the order in which it is told. */
export const HELD_KINDS = [
  'CUSTOMER',
  'TICKET',
  'TASK',
  'PLAN',
  'MEASURE',
  'CONTACT',
  'RESOLUTION',
  'IMPROVEMENT',
  'DELEGATION',
] as const;

export interface Held {
  readonly kind: (typeof HELD_KINDS)[number];
  readonly count: number;
}

const heldBy = (staffId: string, now: Date) => Prisma.sql`/* staff.heldBy */
  select * from (
    select 'CUSTOMER' as kind, count(*)::int as count from customer
      where manager_id = ${staffId}::uuid and erased_at is null and departed_at is null and stage <> 'LAPSED'
    union all select 'TICKET', count(*)::int from ticket
      where (assignee_id = ${staffId}::uuid or owner_id = ${staffId}::uuid) and status not in ('RESOLVED', 'CLOSED')
    union all select 'TASK', count(*)::int from task where assignee_id = ${staffId}::uuid and status in ('OPEN', 'OVERDUE')
    union all select 'PLAN', count(*)::int from maintenance_plan
      where owner_id = ${staffId}::uuid and status not in ('COMPLETED', 'CANCELLED')
    union all select 'MEASURE', count(*)::int from plan_measure m join maintenance_plan p on p.id = m.plan_id
      where m.assignee_id = ${staffId}::uuid and p.status in ('DRAFT', 'SUBMITTED', 'RETURNED', 'APPROVED')
    union all select 'CONTACT', count(*)::int from contact c join customer u on u.id = c.customer_id
      where c.responsible_id = ${staffId}::uuid and u.erased_at is null and u.departed_at is null
    union all select 'RESOLUTION', count(*)::int from resolution where owner_id = ${staffId}::uuid and done_at is null
    union all select 'IMPROVEMENT', count(*)::int from improvement_measure where owner_id = ${staffId}::uuid and status = 'OPEN'
    union all select 'DELEGATION', count(*)::int from delegation
      where (from_id = ${staffId}::uuid or to_id = ${staffId}::uuid) and revoked_at is null and valid_until > ${now}
  ) held where count > 0`;

/** What a person has in hand that somebody else has to take over once they leave; kinds of which there is none are left out. */
export async function held(prisma: Pick<PrismaClient, '$queryRaw'>, staffId: string, now: Date): Promise<Held[]> {
  const rows = await prisma.$queryRaw<Held[]>(heldBy(staffId, now));
  return HELD_KINDS.flatMap((kind) => rows.find((row) => row.kind === kind) ?? []);
}

/** What keeps a branch open. */
export interface BranchUse {
  readonly branches: number;
  readonly staff: number;
  readonly customers: number;
}

/** Counts what is at a branch, which is locked until the transaction ends. */
export async function branchUse(tx: TransactionClient, branchId: string): Promise<BranchUse> {
  const [use] = await tx.$queryRaw<BranchUse[]>`/* staff.branchUse */
    with own as (select id from branch where id = ${branchId}::uuid for update)
    select (select count(*)::int from branch b where b.parent_id = own.id and b.closed_at is null) as branches,
      (select count(*)::int from staff s where s.branch_id = own.id and s.active) as staff,
      (select count(*)::int from customer c where c.branch_id = own.id and c.erased_at is null and c.departed_at is null
        and c.stage <> 'LAPSED') as customers
    from own`;
  return use ?? { branches: 0, staff: 0, customers: 0 };
}
