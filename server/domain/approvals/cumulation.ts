import { Decimal } from 'decimal.js';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { lastEnd } from '../../engine/sla/periods.ts';
import { lockKey } from './sql.ts';

/** Whose requests add up. */
export interface CumulationScope {
  readonly policyId: string;
  /** Kinds of requests, in one order for all who lock them. */
  readonly kinds: readonly string[];
  readonly currency: string;
  readonly customerId: string | null;
  readonly planId: string | null;
  readonly requestedById: string;
  /** What is asked for anew, and is not counted beside itself. */
  readonly subjectId: string | null;
}

const DAY = 86_400_000;

/**
 * From when on requests add up: as many days back as the policy's parameter says, or since the year began where it is blank.
 */
export function cumulationStart({ declaration, parameters }: InstalledPolicy, now: Date): Date {
  const name = declaration.approvals?.cumulationDays;
  const days = name === undefined ? undefined : parameters[name];
  return typeof days === 'number' ? new Date(now.getTime() - days * DAY) : lastEnd('YEAR', now, zoneOf(declaration));
}

/**
 * What was approved or is pending before a request of the same kinds, what was done at once, and what was spent from plans
 * without a request, so that splitting it does not lower the authority it needs: the sum over its plan, however long that
 * runs, or the sum of the customer's requests since `from`, whichever is more. Requests about no customer add up by who asks.
 */
export async function amountBefore(
  db: Pick<Prisma.TransactionClient, 'approval' | 'budgetEntry'>,
  scope: CumulationScope,
  from: Date,
): Promise<Decimal> {
  const { policyId, kinds, currency, customerId, planId, requestedById, subjectId } = scope;
  const same = { policyId, kind: { in: [...kinds] }, currency, ...(subjectId && { subjectId: { not: subjectId } }) };
  const who = customerId === null ? { customerId, requestedById } : { customerId };
  // A plan's approval is about its budget, not about what is spent.
  const isBudget = kinds.includes('PLAN');
  const recent = Decimal.sum(
    await requested(db, { ...same, ...who, requestedAt: { gte: from } }),
    customerId === null || isBudget ? 0 : await spent(db, { currency, plan: { customerId }, at: { gte: from } }),
  );
  if (planId === null || isBudget) return recent;
  const ofPlan = Decimal.sum(await requested(db, { ...same, planId }), await spent(db, { currency, planId }));
  return Decimal.max(recent, ofPlan);
}

async function requested(
  db: Pick<Prisma.TransactionClient, 'approval'>,
  where: Prisma.ApprovalWhereInput,
): Promise<string> {
  const counted: Prisma.ApprovalWhereInput[] = [
    { state: { in: ['PENDING', 'APPROVED', 'RATIFICATION_DUE'] } },
    // What was done at once is spent, whatever was said of it afterwards; asked for anew, its last approval speaks for it.
    { emergency: true, state: { in: ['RETURNED', 'REJECTED'] }, applications: { some: {} } },
  ];
  return sumOf(await db.approval.aggregate({ where: { ...where, OR: counted }, _sum: { amount: true } }));
}

async function spent(
  db: Pick<Prisma.TransactionClient, 'budgetEntry'>,
  where: Prisma.BudgetEntryWhereInput,
): Promise<string> {
  const direct = { ...where, kind: 'CONSUME', applicationId: null } as const;
  return sumOf(await db.budgetEntry.aggregate({ where: direct, _sum: { amount: true } }));
}

function sumOf({ _sum }: { _sum: { amount: { toFixed(): string } | null } }): string {
  return _sum.amount?.toFixed() ?? '0';
}

/**
 * Makes requests that add up wait for each other until the transaction ends, so that none is counted without the one
 * before.
 */
export async function holdCumulation(
  tx: Pick<Prisma.TransactionClient, '$executeRaw'>,
  { policyId, kinds, customerId, requestedById }: CumulationScope,
): Promise<void> {
  for (const kind of kinds) {
    const key = `cumulation:${policyId}:${kind}:${customerId ?? requestedById}`;
    await lockKey(tx, key);
  }
}
