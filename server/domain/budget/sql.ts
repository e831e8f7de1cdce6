import type { TransactionClient } from '../../platform/storage/transaction.ts';

// Each movement is one conditional update of a row, so that two at once wait for each other and none takes what is not there.
// Amounts are exact decimals as text.

/** The account of a branch for a year and a currency: made empty where there is none. */
export function openAccount(
  tx: TransactionClient,
  account: { id: string; policyId: string; branchId: string; year: number; currency: string },
): Promise<number> {
  const { id, policyId, branchId, year, currency } = account;
  return tx.$executeRaw`/* budget.openAccount */
    insert into budget_account (id, policy_id, branch_id, year, currency, allocated)
    values (${id}::uuid, ${policyId}, ${branchId}::uuid, ${year}, ${currency}, 0) on conflict do nothing`;
}

/** Adds to what an account has; below zero it takes back. @returns 0 where less is available than is taken back */
export function allocate(tx: TransactionClient, accountId: string, amount: string): Promise<number> {
  return tx.$executeRaw`/* budget.allocate */
    update budget_account set allocated = allocated + ${amount}::numeric
    where id = ${accountId}::uuid and allocated + ${amount}::numeric - reserved - spent >= 0`;
}

/** @returns 0 where the account does not cover it */
export function reserveInAccount(tx: TransactionClient, accountId: string, amount: string): Promise<number> {
  return tx.$executeRaw`/* budget.reserveInAccount */
    update budget_account set reserved = reserved + ${amount}::numeric
    where id = ${accountId}::uuid and allocated - reserved - spent >= ${amount}::numeric`;
}

export function consumeInAccount(tx: TransactionClient, accountId: string, amount: string): Promise<number> {
  return tx.$executeRaw`/* budget.consumeInAccount */
    update budget_account set reserved = reserved - ${amount}::numeric, spent = spent + ${amount}::numeric
    where id = ${accountId}::uuid`;
}

export function releaseInAccount(tx: TransactionClient, accountId: string, amount: string): Promise<number> {
  return tx.$executeRaw`/* budget.releaseInAccount */
    update budget_account set reserved = reserved - ${amount}::numeric where id = ${accountId}::uuid`;
}

export function reserveInPlan(tx: TransactionClient, planId: string, amount: string): Promise<number> {
  return tx.$executeRaw`/* budget.reserveInPlan */
    update maintenance_plan set reserved = reserved + ${amount}::numeric where id = ${planId}::uuid`;
}

/** @returns 0 where less is reserved than is to be spent */
export function consumeInPlan(tx: TransactionClient, planId: string, amount: string): Promise<number> {
  return tx.$executeRaw`/* budget.consumeInPlan */
    update maintenance_plan set reserved = reserved - ${amount}::numeric, spent = spent + ${amount}::numeric
    where id = ${planId}::uuid and reserved >= ${amount}::numeric`;
}

/** Takes all that a plan has reserved, and locks its row. @returns the amount; null where nothing is reserved */
export async function takeReserved(tx: TransactionClient, planId: string): Promise<string | null> {
  const [left] = await tx.$queryRaw<{ reserved: string }[]>`/* budget.takeReserved */
    select reserved::text from maintenance_plan where id = ${planId}::uuid and reserved > 0 for update`;
  if (!left) return null;
  await tx.$executeRaw`/* budget.emptyReserved */
    update maintenance_plan set reserved = 0 where id = ${planId}::uuid`;
  return left.reserved;
}
