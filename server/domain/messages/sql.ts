import type { Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Channel, Purpose } from '../../../prisma/generated/client/enums.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';

/** A message that is to leave now, with what is asked of its customer. */
export interface Claimed {
  id: string;
  customer_id: string;
  manager_id: string | null;
  branch_id: string;
  branch_name: string;
  policy_id: string;
  kind: string;
  purpose: Purpose;
  channel: Channel;
  body: string;
  by_id: string;
  task_id: string | null;
  attempts: number;
  phone_sealed: string | null;
  email_sealed: string | null;
  /** The customer departed, or declined everything. */
  is_unwanted: boolean;
  /** The customer decided about consent since it was queued. */
  has_decided: boolean;
  now: Date;
}

/** Takes the messages that are due next for this node, which holds them for so many seconds; each attempt counts. */
export function claimDue(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  now: Prisma.Sql,
  { limit, holdSeconds }: { readonly limit: number; readonly holdSeconds: number },
): Promise<Claimed[]> {
  return prisma.$queryRaw`
    /* messages.claimDue */
    with due as (
      select id from message where next_attempt_at <= ${now} order by next_attempt_at limit ${limit} for update skip locked
    ), held as (
      update message m set state = 'SENDING', attempts = attempts + 1, next_attempt_at = ${now} + make_interval(secs => ${holdSeconds})
      from due where m.id = due.id returning m.*
    )
    select held.id, held.customer_id, held.branch_id, held.policy_id, held.kind, held.purpose::text as purpose, held.channel::text as channel,
      held.body, held.by_id, held.task_id, held.attempts, c.manager_id, c.phone_sealed, c.email_sealed, b.name as branch_name, ${now} as now,
      (c.departed_at is not null or (c.vip_consent = false and c.marketing_consent = false)) is true as is_unwanted,
      (c.consent_at >= held.created_at) is true as has_decided
    from held join customer c on c.id = held.customer_id join branch b on b.id = c.branch_id order by held.id`;
}

/** Waits until no other transaction counts messages of the customer, and lets none do so until this one ends. */
export async function lockCount(tx: TransactionClient, customerId: string): Promise<void> {
  await tx.$executeRaw`/* messages.lockCount */ select pg_advisory_xact_lock(hashtext(${`messages ${customerId}`}))`;
}

/** An interval of instants, half-open. */
interface Span {
  readonly from: Date;
  readonly to: Date;
}

/**
 * How often a customer was addressed: by messages of a kind within a month, by these or contact for its purposes within a
 * season; on their way, sent or recorded.
 */
export async function countSent(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  {
    customerId,
    kind,
    purposes,
  }: { readonly customerId: string; readonly kind: string; readonly purposes: readonly Purpose[] },
  month: Span,
  season: Span,
): Promise<{ readonly month: number; readonly holiday: number }> {
  const since = month.from < season.from ? month.from : season.from;
  const [row] = await prisma.$queryRaw<{ month: number; holiday: number }[]>`
    /* messages.countSent */
    with sent as (
      select i.happened_at as at, i.channel = 'SMS' as is_message from interaction i
      where i.customer_id = ${customerId}::uuid and i.message_id is null and i.purpose = any(${purposes}::"Purpose"[])
        and i.channel <> 'INTERNAL' and i.happened_at >= ${since}
      union all
      select m.created_at, true from message m
      where m.customer_id = ${customerId}::uuid and m.kind = ${kind} and m.state <> 'FAILED' and m.state <> 'CANCELLED'
        and m.created_at >= ${since}
    )
    select (count(*) filter (where is_message and at >= ${month.from} and at < ${month.to}))::int as month,
      (count(*) filter (where at >= ${season.from} and at < ${season.to}))::int as holiday from sent`;
  return row ?? { month: 0, holiday: 0 };
}

/** Adds one to a count in the customer's file. */
export async function countUp(tx: TransactionClient, customerId: string, field: string): Promise<void> {
  await tx.$executeRaw`
    /* messages.countUp */
    update customer set profile = jsonb_set(coalesce(profile, '{}'), array[${field}], to_jsonb(coalesce((profile ->> ${field})::int, 0) + 1))
    where id = ${customerId}::uuid and erased_at is null`;
}

/** Whether the customer was erased; whoever erases waits until the transaction ends. */
export async function isErased(tx: Pick<PrismaClient, '$queryRaw'>, customerId: string): Promise<boolean> {
  const [customer] = await tx.$queryRaw<{ erased: boolean }[]>`/* messages.isErased */
    select erased_at is not null as erased from customer where id = ${customerId}::uuid for key share`;
  return customer?.erased === true;
}
