import { Conflict } from '../errors.ts';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import type { Purpose } from '../generated/prisma/enums.ts';
import { lastEnd, nextEnd } from '../periods.ts';
import type { Policy } from '../policy/contract.ts';
import { isSigned, kindOf } from './rules.ts';

/** A message before it is written: of which kind, and how many of that kind the calendar month has. */
export interface MessageFacts {
  readonly kind: string | null;
  readonly sentThisMonth: number;
  readonly signed: boolean | null;
}

export interface NewMessage {
  readonly customerId: string;
  readonly purpose: Purpose;
  readonly body: string;
  /** The name by which it is signed; null where nobody knows it. */
  readonly name: string | null;
  readonly at: Date;
}

type Reading = Pick<PrismaClient, '$queryRaw'>;

/** What a policy hears of a message. */
export async function messageFacts(db: Reading, policy: Policy, message: NewMessage): Promise<MessageFacts> {
  const kind = kindOf(policy.messages, message.purpose);
  return {
    kind,
    sentThisMonth: await sentThisMonth(db, policy, kind, message),
    signed: isSigned(message.body, message.name),
  };
}

/**
 * Holds the count on which a policy said yes until the transaction ends: two who send at once cannot pass the quota
 * together.
 *
 * @throws {Conflict} another message came in between: decide anew
 */
export async function holdCount(
  tx: Prisma.TransactionClient,
  policy: Policy,
  message: NewMessage,
  { kind, sentThisMonth: seen }: MessageFacts,
): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`messages ${message.customerId}`}))`;
  if ((await sentThisMonth(tx, policy, kind, message)) !== seen)
    throw new Conflict(null, 'Another message was sent in the meantime.');
}

/** Messages of a kind in the calendar month: those on their way or sent, and those that somebody recorded. */
async function sentThisMonth(
  db: Reading,
  policy: Policy,
  kind: string | null,
  { customerId, at }: NewMessage,
): Promise<number> {
  if (kind === null) return 0;
  const timeZone = policy.timeZone ?? 'Asia/Shanghai';
  const [from, to] = [lastEnd('MONTH', at, timeZone), nextEnd('MONTH', at, timeZone)];
  const purposes = [...(policy.messages?.[kind]?.purposes ?? [])];
  const [row] = await db.$queryRaw<{ count: number }[]>(Prisma.sql`
    select (
      (select count(*) from interaction i where i.customer_id = ${customerId}::uuid and i.channel = 'SMS' and i.message_id is null
        and i.purpose = any(${purposes}::"Purpose"[]) and i.happened_at >= ${from} and i.happened_at < ${to})
      + (select count(*) from message m where m.customer_id = ${customerId}::uuid and m.kind = ${kind}
        and m.state <> 'FAILED' and m.state <> 'CANCELLED' and m.created_at >= ${from} and m.created_at < ${to})
    )::int as count`);
  return row?.count ?? 0;
}

/** Counts a message in the customer's file, where the policy keeps a count there. */
export async function countInFile(
  tx: Prisma.TransactionClient,
  policy: Policy,
  customerId: string,
  kind: string | null,
): Promise<void> {
  const field = kind === null ? undefined : policy.messages?.[kind]?.counter;
  if (field === undefined) return;
  await tx.$executeRaw`
    update customer set profile = jsonb_set(coalesce(profile, '{}'), array[${field}], to_jsonb(coalesce((profile ->> ${field})::int, 0) + 1))
    where id = ${customerId}::uuid and erased_at is null`;
}
