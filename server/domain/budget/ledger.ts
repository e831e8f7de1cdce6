import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';

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
  await tx.$executeRaw`update maintenance_plan set reserved = reserved + ${amount}::numeric where id = ${plan.id}::uuid`;
  const account = await accountOf(tx, plan);
  if (account) {
    const covered = await tx.$executeRaw`
      update budget_account set reserved = reserved + ${amount}::numeric
      where id = ${account}::uuid and allocated - reserved - spent >= ${amount}::numeric`;
    if (covered === 0)
      throw Refused.because('BUDGET_EXHAUSTED', `The branch's budget of the year does not cover ${amount}.`);
  }
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
  const taken = await tx.$executeRaw`
    update maintenance_plan set reserved = reserved - ${amount}::numeric, spent = spent + ${amount}::numeric
    where id = ${plan.id}::uuid and reserved >= ${amount}::numeric`;
  if (taken === 0) throw Refused.because('BUDGET_EXCEEDED', `Less than ${amount} is left of the plan's budget.`);
  const account = await reservedAccount(tx, plan.id);
  if (account) {
    await tx.$executeRaw`
      update budget_account set reserved = reserved - ${amount}::numeric, spent = spent + ${amount}::numeric
      where id = ${account}::uuid`;
  }
  await enter(tx, plan, account, 'CONSUME', amount, movement);
}

/** Gives back what a plan has reserved and not spent; nothing where nothing is left. */
export async function releaseBudget(tx: Prisma.TransactionClient, plan: Funded, movement: Movement): Promise<void> {
  const [left] = await tx.$queryRaw<{ reserved: string }[]>`
    select reserved::text from maintenance_plan where id = ${plan.id}::uuid and reserved > 0 for update`;
  if (!left) return;
  await tx.$executeRaw`update maintenance_plan set reserved = 0 where id = ${plan.id}::uuid`;
  const account = await reservedAccount(tx, plan.id);
  if (account) {
    await tx.$executeRaw`
      update budget_account set reserved = reserved - ${left.reserved}::numeric where id = ${account}::uuid`;
  }
  await enter(tx, plan, account, 'RELEASE', left.reserved, movement);
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
  if (!account && accounts.length > 0)
    throw Refused.because('BUDGET_EXHAUSTED', `The branch has no budget of the year in ${currency}.`);
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
