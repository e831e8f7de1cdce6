import { Decimal } from 'decimal.js';
import type { Policy } from '../../engine/policy/contract.ts';
import { guard } from '../../engine/policy/guard.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { answerOnce, once, type Repeatable } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { Conflict, InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { partIssues, type StatedMoney } from '../../platform/values/money.ts';
import { amountBefore, type CumulationScope, cumulationStart, holdCumulation } from '../approvals/cumulation.ts';
import { allLimitFacts } from '../approvals/limits.ts';
import { consumeBudget } from '../budget/ledger.ts';
import { customerFacts } from '../customers/facts.ts';
import { findPlan, planAudit, requireExecution } from './find.ts';

export interface Spending {
  readonly planId: string;
  readonly measureId?: string | null;
  readonly amount: StatedMoney;
  readonly purpose: string;
}

/**
 * Spends from an approved plan's budget. Returns the plan's id.
 *
 * @throws {Refused} NOT_IN_EXECUTION, BUDGET_EXCEEDED, or the policy asks for an approval of its own
 */
export async function spendPlanBudget(
  services: Services,
  caller: Caller,
  input: Spending,
  idempotencyKey?: string | null,
): Promise<string> {
  requirePermission(caller.actor, 'spendBudget');
  const request = { actorId: caller.actor.id, mutation: 'spendPlanBudget', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => spend(services, caller, input, request));
}

async function spend(services: Services, caller: Caller, input: Spending, request: Repeatable): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  const now = clock.now();
  const plan = await findPlan(services, actor, input.planId);
  const amount = new Decimal(input.amount.amount);
  const issues = partIssues(input.amount, plan.currency, 'input.amount', 'POSITIVE');
  if (input.purpose.trim() === '') issues.push({ path: 'input.purpose', message: 'is empty' });
  if (input.measureId && !plan.measures.some(({ id }) => id === input.measureId))
    issues.push({ path: 'input.measureId', message: 'is no measure of the plan' });
  if (issues.length > 0) throw new InvalidInput(issues);
  requireExecution(plan, 'spent from');
  const policy = policies.get(plan.policyId);
  if (!policy) throw new NotFound('Policy');
  const scope: CumulationScope = {
    policyId: plan.policyId,
    kinds: expensesOf(policy.declaration),
    currency: plan.currency,
    customerId: plan.customerId,
    planId: plan.id,
    requestedById: actor.id,
    subjectId: null,
  };
  const from = cumulationStart(policy, now);
  const before = await amountBefore(database.prisma, scope, from);
  await guard(policies, plan.policyId, {
    now: now.toISOString(),
    action: 'SPEND_BUDGET',
    viewer: { roles: actor.roles },
    customer: customerFacts(policy.declaration, plan.customer),
    ticket: null,
    input: {
      amount: amount.toFixed(),
      cumulated: amount.plus(Decimal.max(before, plan.spent.toFixed())).toFixed(),
      currency: plan.currency,
      limits: await allLimitFacts(database.prisma, policy, plan.currency, now),
    },
  });
  return inTransaction(database, (tx) =>
    once(tx, request, now, async () => {
      const movement = { byId: actor.id, at: now, purpose: input.purpose.trim(), measureId: input.measureId ?? null };
      // What the policy allowed depends on what was spent and applied for before: of two at once the second asks again.
      await holdCumulation(tx, scope);
      const [current] = await tx.$queryRaw<{ spent: string }[]>`
        select spent::text from maintenance_plan where id = ${plan.id}::uuid for update`;
      const isAsItWas = (await amountBefore(tx, scope, from)).eq(before);
      if (!isAsItWas || !new Decimal(current?.spent ?? 0).eq(plan.spent.toFixed()))
        throw new Conflict(plan.version, 'Somebody else spent from the plan in the meantime.');
      await consumeBudget(tx, plan, amount.toFixed(), movement);
      await writeAudit(tx, {
        at: now,
        actorId: actor.id,
        requestId,
        action: 'SPEND_BUDGET',
        ...planAudit(plan),
        reason: input.purpose.trim(),
        changes: [{ field: 'spent', before: plan.spent.toFixed(), after: amount.toFixed() }],
      });
      return plan.id;
    }),
  );
}

/** The kinds of applications that are about a customer's money, in one order for all who lock them. */
function expensesOf({ applications = {} }: Policy): string[] {
  return Object.entries(applications)
    .flatMap(([kind, { about, amount }]) => (about === 'CUSTOMER' && amount ? kind : []))
    .sort();
}
