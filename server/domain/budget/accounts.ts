import { Decimal } from 'decimal.js';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { may, requirePermission } from '../../platform/access/permissions.ts';
import { maySee } from '../../platform/access/scope.ts';
import { Forbidden, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CURRENCY, moneyIssues, type StatedMoney } from '../../platform/values/money.ts';
import { refuse } from '../../platform/values/refusals.ts';
import * as sql from './sql.ts';

export interface Allocation {
  readonly policyId: string;
  readonly branchCode: string;
  readonly year: number;
  /** Below zero it takes back. */
  readonly amount: StatedMoney;
  readonly purpose: string;
}

/**
 * Gives a branch money for the plans of a year, or takes back what is available. Returns the account's id.
 *
 * @throws {Refused} BUDGET_EXHAUSTED: more is taken back than is available
 */
export async function allocateBudget(
  services: Services,
  caller: Caller,
  input: Allocation,
  idempotencyKey?: string | null,
): Promise<string> {
  if (!may(caller.actor, 'allocateBudget')) throw new Forbidden();
  return Act.begin(services, caller, null).once('allocateBudget', idempotencyKey, input, (act) => allocate(act, input));
}

async function allocate(act: Act, input: Allocation): Promise<string> {
  const { actor, now, prisma } = act;
  const policyId = businessLine(act.services.policies.get(input.policyId), input.policyId).declaration.id;
  const branch = await prisma.branch.findUnique({ where: { code: input.branchCode }, select: { id: true } });
  const branchId = branch?.id ?? null;
  const issues = checkAllocation(input, branchId !== null && maySee(actor, { policyId, branchId }));
  if (issues.length > 0 || branchId === null) throw new InvalidInput(issues);
  requirePermission(actor, 'allocateBudget', { branchId });
  const amount = new Decimal(input.amount.amount).toFixed();
  const currency = input.amount.currency ?? CURRENCY;
  const purpose = input.purpose.trim();
  return act.commit({
    answer: (id) => id,
    audit: (id) =>
      act.audit(
        'ALLOCATE_BUDGET',
        { type: 'BudgetAccount', id, policyId, branchId },
        { reason: purpose, changes: [{ field: 'allocated', before: null, after: amount }] },
      ),
    async change(tx) {
      const key = { policyId, branchId, year: input.year, currency };
      await sql.openAccount(tx, { id: newId(), ...key });
      const account = await tx.budgetAccount.findUniqueOrThrow({ where: { policyId_branchId_year_currency: key } });
      if ((await sql.allocate(tx, account.id, amount)) === 0) throw refuse('BUDGET_EXHAUSTED/taken-back');
      const movement = { amount, currency, purpose, byId: actor.id, at: now };
      await tx.budgetEntry.create({
        data: { id: newId(), accountId: account.id, kind: 'ALLOCATE', ...movement },
        select: { id: true },
      });
      return account.id;
    },
  });
}

function checkAllocation({ amount, year, purpose }: Allocation, isOwnBranch: boolean): Issue[] {
  const issues = moneyIssues(amount, 'input.amount', 'NOT_ZERO');
  if (!isOwnBranch)
    issues.push({ path: 'input.branchCode', message: 'is no branch of yours that runs this business line' });
  if (year < 2000 || year > 2100) issues.push({ path: 'input.year', message: 'is no year of a plan' });
  if (purpose.trim() === '') issues.push({ path: 'input.purpose', message: 'is empty' });
  return issues;
}
