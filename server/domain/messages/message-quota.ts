import type { Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Purpose } from '../../../prisma/generated/client/enums.ts';
import { addDays, type DayPeriod, periodOf } from '../../engine/policy/calendar-days.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { holidaySeason } from '../../engine/sla/holidays-ahead.ts';
import { dayIn, startOfDayIn } from '../../platform/values/days.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { own } from '../../platform/values/own.ts';
import { isSigned, kindOf } from './rules.ts';
import { countSent, countUp, lockCount } from './sql.ts';

/**
 * A message before it is written: of which kind, how many of that kind the calendar month has, and how often the customer was
 * addressed for its purposes since the last statutory holiday was over, by message or otherwise.
 */
export interface MessageFacts {
  readonly kind: string | null;
  readonly sentThisMonth: number;
  readonly sentThisHoliday: number;
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

type Reading = Pick<PrismaClient, '$queryRaw' | 'branch'>;

/** What a policy hears of a message. */
export async function messageFacts(db: Reading, policy: Policy, message: NewMessage): Promise<MessageFacts> {
  const kind = kindOf(policy.messages, message.purpose);
  return {
    kind,
    ...(await sentSoFar(db, policy, kind, message)),
    signed: isSigned(message.body, message.name, await longerNames(db, policy, message.name)),
  };
}

/** The names of the line's branches that contain a name: who signs with one of those did not sign with this. */
async function longerNames(db: Reading, { id }: Policy, name: string | null): Promise<string[]> {
  if (name === null) return [];
  const where = { policyIds: { has: id }, name: { contains: name, not: name } };
  return (await db.branch.findMany({ where, select: { name: true } })).map((branch) => branch.name);
}

/**
 * Holds the count on which a policy said yes until the transaction ends: two who send at once cannot pass the quota
 * together.
 *
 * @throws {Conflict} another message came in between: decide again
 */
export async function holdCount(
  tx: Prisma.TransactionClient,
  policy: Policy,
  message: NewMessage,
  seen: MessageFacts,
): Promise<void> {
  await lockCount(tx, message.customerId);
  const sent = await sentSoFar(tx, policy, seen.kind, message);
  if (sent.sentThisMonth !== seen.sentThisMonth || sent.sentThisHoliday !== seen.sentThisHoliday)
    throw new Conflict(null, 'Another message was sent in the meantime.');
}

/** Messages of a kind: those on their way or sent, and those that somebody recorded. */
async function sentSoFar(
  db: Reading,
  policy: Policy,
  kind: string | null,
  { customerId, at }: NewMessage,
): Promise<Pick<MessageFacts, 'sentThisMonth' | 'sentThisHoliday'>> {
  if (kind === null) return { sentThisMonth: 0, sentThisHoliday: 0 };
  const timeZone = zoneOf(policy);
  const day = dayIn(at, timeZone);
  const instants = ({ from, to }: DayPeriod) => ({
    from: startOfDayIn(from, timeZone),
    to: startOfDayIn(addDays(to, 1), timeZone),
  });
  const [month, season] = [instants(periodOf('MONTH', day)), instants(holidaySeason(day))];
  const purposes = own(policy.messages, kind)?.purposes ?? [];
  const sent = await countSent(db, { customerId, kind, purposes }, month, season);
  return { sentThisMonth: sent.month, sentThisHoliday: sent.holiday };
}

/** Counts a message in the customer's file, where the policy keeps a count there. */
export async function countInFile(
  tx: Prisma.TransactionClient,
  policy: Policy,
  customerId: string,
  kind: string | null,
): Promise<void> {
  const field = kind === null ? undefined : own(policy.messages, kind)?.counter;
  if (field !== undefined) await countUp(tx, customerId, field);
}
