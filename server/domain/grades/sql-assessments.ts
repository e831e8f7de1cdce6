import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Share } from '../../engine/services/sweep-batches.ts';

type Writer = Pick<Prisma.TransactionClient, '$executeRaw'>;
type Client = Pick<Prisma.TransactionClient, '$queryRaw'>;

/** Leaves proposed assessments to an approval. */
export async function leaveToApproval(tx: Writer, assessmentIds: readonly string[], approvalId: string): Promise<void> {
  await tx.$executeRaw`/* grades.leaveToApproval */
          update assessment set status = 'PENDING_APPROVAL', approval_id = ${approvalId}::uuid
          where id = any(${assessmentIds}::uuid[]) and status = 'PROPOSED'`;
}

/** Gives the assessments that await an approval their status. */
export async function closeAssessments(
  tx: Writer,
  approvalId: string,
  status: 'APPROVED' | 'PROPOSED' | 'REJECTED',
): Promise<void> {
  await tx.$executeRaw`/* grades.closeAssessments */
    update assessment set status = ${status}::"AssessmentStatus"
    where approval_id = ${approvalId}::uuid and status = 'PENDING_APPROVAL'`;
}

/** Of these assessments those after which the customer was assessed anew by the scheme, and that was approved. */
export async function outdatedOf(tx: Client, assessments: readonly { readonly id: string }[]): Promise<string[]> {
  const ids = assessments.map(({ id }) => id);
  const rows = await tx.$queryRaw<{ id: string }[]>`/* grades.outdatedOf */
    select a.id from assessment a where a.id = any(${ids}::uuid[]) and exists (
      select from assessment n where n.customer_id = a.customer_id and n.scheme_id = a.scheme_id and n.status = 'APPROVED'
        and n.assessed_at > a.assessed_at and n.id <> all(${ids}::uuid[]))`;
  return rows.map(({ id }) => id);
}

/** Assessments that come to nothing although the decision was for them. */
export async function rejectAssessments(tx: Writer, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.$executeRaw`/* grades.rejectAssessments */
    update assessment set status = 'REJECTED' where id = any(${ids}::uuid[])`;
}

/** What each of these customers was last assessed to by the scheme, where that was approved and gave a tier. */
export function lastAssessed(
  tx: Client,
  held: readonly { readonly customer: string; readonly scheme: string }[],
): Promise<
  {
    id: string;
    customer_id: string;
    scheme_id: string;
    tier: string | null;
    assessed_at: Date;
    policy_version: string;
  }[]
> {
  return tx.$queryRaw`/* grades.lastAssessed */
    select distinct on (a.customer_id, a.scheme_id) a.id, a.customer_id, a.scheme_id, a.proposed_tier_code as tier, a.assessed_at, a.policy_version
    from jsonb_to_recordset(${JSON.stringify(held)}::jsonb) as h(customer uuid, scheme text)
    join assessment a on a.customer_id = h.customer and a.scheme_id = h.scheme and a.status = 'APPROVED'
    order by a.customer_id, a.scheme_id, a.assessed_at desc, a.id desc`;
}

/** A grade whose review date has come, with its customer. */
export interface DueReview {
  readonly id: string;
  readonly customer_id: string;
  readonly policy_id: string;
  readonly branch_id: string;
  readonly manager_id: string | null;
  readonly tier_rank: number;
  readonly tier_code: string;
  readonly review_due_on: Date;
  readonly now: Date;
}

/** Ids of the grades whose review date has come, locked. */
export async function lockDueReviews(tx: Client, now: Prisma.Sql, { limit, without }: Share): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`/* grades.lockDueReviews */
    select id from grade where review_at <= ${now} and review_at is not null and state <> 'ENDED' and id <> all(${without}::uuid[])
    order by review_at limit ${limit} for update skip locked`;
  return rows.map(({ id }) => id);
}

/** Takes the grades whose review date has come, each once; of customers who left or were erased none is reviewed. */
export function takeDueReviews(tx: Client, ids: readonly string[], now: Prisma.Sql): Promise<DueReview[]> {
  return tx.$queryRaw`/* grades.takeDueReviews */
    with taken as (update grade g set review_at = null where g.id = any(${ids}::uuid[]) returning g.*)
    select t.id, t.customer_id, t.policy_id, c.branch_id, c.manager_id, t.tier_rank, t.tier_code, t.review_due_on, ${now} as now
    from taken t join customer c on c.id = t.customer_id
    where c.departed_at is null and c.erased_at is null`;
}
