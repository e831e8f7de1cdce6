import type { Prisma } from '../generated/prisma/client.ts';

/**
 * Copies the best grade in force onto the customer and the rank onto the open tickets, so that lists filter and sort by
 * it without a join.
 */
export async function refreshBestGrade(tx: Prisma.TransactionClient, customerId: string): Promise<void> {
  await tx.$executeRaw`
    with best as (
      select id, scheme_id, tier_code, tier_rank, review_due_on from grade
      where customer_id = ${customerId}::uuid and state <> 'ENDED'
      order by tier_rank desc, since desc, id desc limit 1
    ), updated as (
      update customer c set (grade_id, scheme_id, tier_code, tier_rank, review_due_on) =
        (select b.id, b.scheme_id, b.tier_code, b.tier_rank, b.review_due_on from (select 1) one left join best b on true)
      where c.id = ${customerId}::uuid
      returning c.id
    )
    update ticket t set (tier_code, tier_rank) =
      (select b.tier_code, b.tier_rank from (select 1) one left join best b on true)
    from updated where t.customer_id = updated.id and t.status <> 'CLOSED'`;
}
