import type { Prisma } from '../../../prisma/generated/client/client.ts';

/** Whoever changes a customer's grades holds the customer's row, so that no two do at once. Locked in order of the ids. */
export async function lockCustomers(tx: Prisma.TransactionClient, ids: readonly string[]): Promise<void> {
  await tx.$executeRaw`select from customer where id = any(${[...new Set(ids)]}::uuid[]) order by id for no key update`;
}

/**
 * Copies the best grades in force onto customers, and their ranks onto the open tickets, as sets, so that lists filter and
 * sort by them without a join.
 */
export async function refreshBestGrades(tx: Prisma.TransactionClient, customerIds: readonly string[]): Promise<void> {
  if (customerIds.length === 0) return;
  await tx.$executeRaw`
    with best as (
      select distinct on (c.id) c.id as customer_id, g.id, g.scheme_id, g.tier_code, g.tier_rank, g.review_due_on
      from customer c left join grade g on g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled
      where c.id = any(${[...new Set(customerIds)]}::uuid[])
      order by c.id, g.tier_rank desc nulls last, g.since desc, g.id desc
    ), updated as (
      update customer c set grade_id = b.id, scheme_id = b.scheme_id, tier_code = b.tier_code, tier_rank = b.tier_rank, review_due_on = b.review_due_on
      from best b
      where c.id = b.customer_id
        and (c.grade_id, c.tier_code, c.review_due_on) is distinct from (b.id, b.tier_code, b.review_due_on)
      returning c.id, b.tier_code, b.tier_rank
    )
    update ticket t set tier_code = u.tier_code, tier_rank = u.tier_rank
    from updated u
    where t.customer_id = u.id and t.status <> 'CLOSED' and t.tier_code is distinct from u.tier_code`;
}
