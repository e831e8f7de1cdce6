import { Decimal } from 'decimal.js';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { may, requirePermission } from '../../platform/access/permissions.ts';
import { maySee } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { answerOnce, once, type Repeatable } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Forbidden, InvalidInput, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { CURRENCY, moneyIssues, type StatedMoney } from '../../platform/values/money.ts';

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
  const request = { actorId: caller.actor.id, mutation: 'allocateBudget', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => allocate(services, caller, input, request));
}

async function allocate(services: Services, caller: Caller, input: Allocation, request: Repeatable): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  const now = clock.now();
  const policyId = businessLine(policies.get(input.policyId), input.policyId).declaration.id;
  const branch = await database.prisma.branch.findUnique({ where: { code: input.branchCode }, select: { id: true } });
  const amount = new Decimal(input.amount.amount);
  const currency = input.amount.currency ?? CURRENCY;
  const issues = moneyIssues(input.amount, 'input.amount', 'NOT_ZERO');
  if (!branch || !maySee(actor, { policyId, branchId: branch.id }))
    issues.push({ path: 'input.branchCode', message: 'is no branch of yours that runs this business line' });
  if (input.year < 2000 || input.year > 2100) issues.push({ path: 'input.year', message: 'is no year of a plan' });
  if (input.purpose.trim() === '') issues.push({ path: 'input.purpose', message: 'is empty' });
  if (issues.length > 0 || !branch) throw new InvalidInput(issues);
  requirePermission(actor, 'allocateBudget', { branchId: branch.id });
  return inTransaction(database, (tx) =>
    once(tx, request, now, async () => {
      const key = { policyId, branchId: branch.id, year: input.year, currency };
      await tx.$executeRaw`
        insert into budget_account (id, policy_id, branch_id, year, currency, allocated)
        values (${newId()}::uuid, ${policyId}, ${branch.id}::uuid, ${input.year}, ${currency}, 0) on conflict do nothing`;
      const account = await tx.budgetAccount.findUniqueOrThrow({ where: { policyId_branchId_year_currency: key } });
      const covered = await tx.$executeRaw`
        update budget_account set allocated = allocated + ${amount.toFixed()}::numeric
        where id = ${account.id}::uuid and allocated + ${amount.toFixed()}::numeric - reserved - spent >= 0`;
      if (covered === 0) throw Refused.because('BUDGET_EXHAUSTED', 'More is taken back than is available.');
      await tx.budgetEntry.create({
        data: {
          id: newId(),
          accountId: account.id,
          kind: 'ALLOCATE',
          amount: amount.toFixed(),
          currency,
          purpose: input.purpose.trim(),
          byId: actor.id,
          at: now,
        },
        select: { id: true },
      });
      await writeAudit(tx, {
        at: now,
        actorId: actor.id,
        requestId,
        action: 'ALLOCATE_BUDGET',
        subject: { type: 'BudgetAccount', id: account.id },
        policyId,
        branchId: branch.id,
        reason: input.purpose.trim(),
        changes: [{ field: 'allocated', before: null, after: amount.toFixed() }],
      });
      return account.id;
    }),
  );
}
