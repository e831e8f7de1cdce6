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
 * What was approved or is pending before a request of the same kind, and what was spent from plans without one, so that
 * splitting it does not lower the authority it needs: the sum over its plan, however long that runs, or the sum of the
 * customer's requests since `from`, whichever is more. Requests about no customer add up by who asks.
 */
export async function amountBefore(
  db: Pick<Prisma.TransactionClient, 'approval' | 'budgetEntry'>,
  scope: CumulationScope,
  from: Date,
): Promise<Decimal> {
  const { policyId, kind, currency, customerId, planId, requestedById } = scope;
  const same = { policyId, kind, currency };
  const who = customerId === null ? { customerId, requestedById } : { customerId };
  const recent = Decimal.sum(
    await requested(db, { ...same, ...who, requestedAt: { gte: from } }),
    // A plan's approval is about its budget, not about what is spent.
    customerId === null || kind === 'PLAN' ? 0 : await spent(db, { currency, plan: { customerId }, at: { gte: from } }),
  );
  if (planId === null || kind === 'PLAN') return recent;
  return Decimal.max(recent, await amountOfPlan(db, [kind], { policyId, currency, planId }));
}

/** What was approved or is pending of a plan's applications of some kinds, and what was spent from it without one. */
export async function amountOfPlan(
  db: Pick<Prisma.TransactionClient, 'approval' | 'budgetEntry'>,
  kinds: readonly string[],
  { policyId, currency, planId }: { readonly policyId: string; readonly currency: string; readonly planId: string },
): Promise<Decimal> {
  const applied = await requested(db, { policyId, kind: { in: [...kinds] }, currency, planId });
  return Decimal.sum(applied, await spent(db, { currency, planId }));
}

async function requested(
  db: Pick<Prisma.TransactionClient, 'approval'>,
  where: Prisma.ApprovalWhereInput,
): Promise<string> {
  const state = { in: ['PENDING', 'APPROVED', 'RATIFICATION_DUE'] as ('PENDING' | 'APPROVED' | 'RATIFICATION_DUE')[] };
  return sumOf(await db.approval.aggregate({ where: { ...where, state }, _sum: { amount: true } }));
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
  {
    policyId,
    kind,
    customerId,
    requestedById,
  }: Pick<CumulationScope, 'policyId' | 'kind' | 'customerId' | 'requestedById'>,
): Promise<void> {
  const key = `cumulation:${policyId}:${kind}:${customerId ?? requestedById}`;
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}
