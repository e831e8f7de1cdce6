import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import * as sql from './sql.ts';

// A plan's money: RESERVE when it is approved, CONSUME when it is spent, RELEASE of what is left when the plan ends. Where
// the branch has an account for the year, it covers what is reserved. Each movement is one conditional update of the plan's
// row, then of the account's, and an entry; two at once wait for each other, and none takes what is not there.

interface Movement {
  readonly byId: string;
  readonly at: Date;
  readonly purpose?: string | null;
}

/** A plan as far as its money is concerned. */
interface Funded {
  readonly id: string;
  readonly policyId: string;
  readonly branchId: string;
  readonly currency: string;
  readonly startsOn: Date;
}

/**
 * Reserves a plan's budget when it is approved.
 *
 * @throws {Refused} BUDGET_EXHAUSTED: the branch's account does not cover it, or is of another currency
 */
export async function reserveBudget(
  tx: Prisma.TransactionClient,
  plan: Funded & { readonly budget: { toFixed(): string } },
  movement: Movement,
): Promise<void> {
  const amount = plan.budget.toFixed();
  await sql.reserveInPlan(tx, plan.id, amount);
  const account = await accountOf(tx, plan);
  if (account && (await sql.reserveInAccount(tx, account, amount)) === 0) throw refuse('BUDGET_EXHAUSTED', { amount });
  await enter(tx, plan, account, 'RESERVE', amount, movement);
}

/**
 * Spends from what a plan has reserved.
 *
 * @param amount positive
 * @throws {Refused} BUDGET_EXCEEDED: less is left than is to be spent
 */
export async function consumeBudget(
  tx: Prisma.TransactionClient,
  plan: Funded,
  amount: string,
  movement: Movement & { readonly measureId?: string | null; readonly applicationId?: string | null },
): Promise<void> {
  if ((await sql.consumeInPlan(tx, plan.id, amount)) === 0) throw refuse('BUDGET_EXCEEDED', { amount });
  const account = await reservedAccount(tx, plan.id);
  if (account) await sql.consumeInAccount(tx, account, amount);
  await enter(tx, plan, account, 'CONSUME', amount, movement);
}

/** Gives back what a plan has reserved and not spent; nothing where nothing is left. */
export async function releaseBudget(tx: Prisma.TransactionClient, plan: Funded, movement: Movement): Promise<void> {
  const left = await sql.takeReserved(tx, plan.id);
  if (left === null) return;
  const account = await reservedAccount(tx, plan.id);
  if (account) await sql.releaseInAccount(tx, account, left);
  await enter(tx, plan, account, 'RELEASE', left, movement);
}

/**
 * The account of the plan's branch and of the year in which it starts; null where there is none, which sets no bound.
 *
 * @throws {Refused} BUDGET_EXHAUSTED: the branch has money for the year, none of it in the plan's currency
 */
async function accountOf(
  tx: Prisma.TransactionClient,
  { policyId, branchId, currency, startsOn }: Funded,
): Promise<string | null> {
  const year = startsOn.getUTCFullYear();
  const accounts = await tx.budgetAccount.findMany({
    where: { policyId, branchId, year },
    select: { id: true, currency: true },
  });
  const account = accounts.find((one) => one.currency === currency);
  if (!account && accounts.length > 0) throw refuse('BUDGET_EXHAUSTED/none', { currency });
  return account?.id ?? null;
}

/** The account that covered the plan when it was approved. */
async function reservedAccount(tx: Prisma.TransactionClient, planId: string): Promise<string | null> {
  const entry = await tx.budgetEntry.findFirst({
    where: { planId, kind: 'RESERVE' },
    orderBy: { at: 'desc' },
    select: { accountId: true },
  });
  return entry?.accountId ?? null;
}

async function enter(
  tx: Prisma.TransactionClient,
  plan: Funded,
  accountId: string | null,
  kind: 'RESERVE' | 'CONSUME' | 'RELEASE',
  amount: string,
  movement: Movement & { readonly measureId?: string | null; readonly applicationId?: string | null },
): Promise<void> {
  await tx.budgetEntry.create({
    data: { id: newId(), planId: plan.id, accountId, kind, amount, currency: plan.currency, ...movement },
    select: { id: true },
  });
}
