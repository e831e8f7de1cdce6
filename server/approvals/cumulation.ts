import { Decimal } from 'decimal.js';
import type { Prisma } from '../generated/prisma/client.ts';
import { lastEnd } from '../periods.ts';
import type { InstalledPolicy } from '../policy/policies.ts';

/** Whose requests add up. */
export interface CumulationScope {
  readonly policyId: string;
  readonly kind: string;
  readonly currency: string;
  readonly customerId: string | null;
  readonly planId: string | null;
  readonly requestedById: string;
}

const DAY = 86_400_000;

/**
 * From when on requests add up: as many days back as the policy's parameter says, or since the year began where it is blank.
 */
export function cumulationStart({ declaration, parameters }: InstalledPolicy, now: Date): Date {
  const name = declaration.approvals?.cumulationDays;
  const days = name === undefined ? undefined : parameters[name];
  return typeof days === 'number'
    ? new Date(now.getTime() - days * DAY)
    : lastEnd('YEAR', now, declaration.timeZone ?? 'Asia/Shanghai');
}

/**
 * What was approved or is pending before a request of the same kind, so that splitting it does not lower the authority it
 * needs: the sum over its plan, however long that runs, or the sum of the customer's requests since `from`, whichever is
 * more. Requests about no customer add up by who asks.
 */
export async function amountBefore(
  db: Pick<Prisma.TransactionClient, 'approval'>,
  scope: CumulationScope,
  from: Date,
): Promise<Decimal> {
  const { policyId, kind, currency, customerId, planId, requestedById } = scope;
  const same: Prisma.ApprovalWhereInput = {
    policyId,
    kind,
    currency,
    state: { in: ['PENDING', 'APPROVED', 'RATIFICATION_DUE'] },
  };
  const who = customerId === null ? { customerId, requestedById } : { customerId };
  // In turn, for a transaction has one connection.
  const recent = await db.approval.aggregate({
    where: { ...same, ...who, requestedAt: { gte: from } },
    _sum: { amount: true },
  });
  const ofPlan =
    planId === null ? null : await db.approval.aggregate({ where: { ...same, planId }, _sum: { amount: true } });
  return Decimal.max(0, ...[recent, ofPlan].map((sum) => sum?._sum.amount?.toFixed() ?? 0));
}

/**
 * Makes requests that add up wait for each other until the transaction ends, so that none is counted without the one
 * before.
 */
export async function holdCumulation(
  tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
  { policyId, kind, customerId, requestedById }: CumulationScope,
): Promise<void> {
  const key = `cumulation:${policyId}:${kind}:${customerId ?? requestedById}`;
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}
