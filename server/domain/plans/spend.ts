import { Decimal } from 'decimal.js';
import type { Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { Act } from '../../engine/services/act.ts';
import { requireMove } from '../../engine/services/move-table.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endOfDayIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { partIssues, type StatedMoney } from '../../platform/values/money.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { allLimitFacts } from '../approvals/authority-limits.ts';
import { amountBefore, type CumulationScope, cumulationStart, holdCumulation } from '../approvals/cumulation.ts';
import { consumeBudget } from '../budget/ledger.ts';
import { customerFacts } from '../customers/customer-facts.ts';
import { type FoundPlan, findPlan, planSubject } from './find-plan.ts';
import { PLAN } from './plan-states.ts';
import { lockSpent } from './sql.ts';

export interface Spending {
  readonly planId: string;
  readonly measureId?: string | null;
  readonly amount: StatedMoney;
  readonly purpose: string;
  /** Confirms that it is spent after the plan's last day. */
  readonly afterEnd?: boolean | null;
}

/**
 * Spends from an approved plan's budget. Returns the plan's id.
 *
 * @throws {Refused} NOT_IN_EXECUTION, PLAN_OVER, BUDGET_EXCEEDED, or the policy asks for an approval of its own
 */
export async function spendPlanBudget(
  services: Services,
  caller: Caller,
  input: Spending,
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, PLAN.spend.by).once('spendPlanBudget', idempotencyKey, input, (act) =>
    spend(act, input),
  );
}

async function spend(act: Act, input: Spending): Promise<string> {
  const plan = await findPlan(act, input.planId);
  const issues = checkSpending(input, plan);
  if (issues.length > 0) throw new InvalidInput(issues);
  requireMove(PLAN.spend, plan.status);
  requireWithin(act, plan, input);
  const { actor, now } = act;
  const amount = new Decimal(input.amount.amount).toFixed();
  const purpose = input.purpose.trim();
  const counted = await countedBefore(act, plan);
  await askGuard(act, plan, amount, counted.before);
  return act.commit({
    answer: plan.id,
    audit: act.audit('SPEND_BUDGET', planSubject(plan), {
      reason: purpose,
      changes: [{ field: 'spent', before: plan.spent.toFixed(), after: amount }],
    }),
    async change(tx) {
      // What the policy allowed depends on what was spent and applied for before: of two at once the second asks again.
      await holdCumulation(tx, counted.scope);
      const spent = await lockSpent(tx, plan.id);
      const isAsItWas = (await amountBefore(tx, counted.scope, counted.from)).eq(counted.before);
      if (!isAsItWas || !new Decimal(spent).eq(plan.spent.toFixed()))
        throw new Conflict(plan.version, 'Somebody else spent from the plan in the meantime.');
      const movement = { byId: actor.id, at: now, purpose, measureId: input.measureId ?? null };
      await consumeBudget(tx, plan, amount, movement);
      return plan.id;
    },
  });
}

/** A bill may come late; a slip of the pen is not to look like one. */
function requireWithin(act: Act, plan: FoundPlan, { afterEnd }: Spending): void {
  const isOver = endOfDayIn(plan.endsOn, zoneOf(act.policyOf(plan).declaration)) <= act.now;
  if (isOver && afterEnd !== true) throw refuse('PLAN_OVER', { day: plan.endsOn.toISOString().slice(0, 10) });
}

function checkSpending(input: Spending, plan: FoundPlan): Issue[] {
  const issues = partIssues(input.amount, plan.currency, 'input.amount', 'POSITIVE');
  if (input.purpose.trim() === '') issues.push({ path: 'input.purpose', message: 'is empty' });
  if (input.measureId && !plan.measures.some(({ id }) => id === input.measureId))
    issues.push({ path: 'input.measureId', message: 'is no measure of the plan' });
  return issues;
}

/** What spending from the plan adds up with, and how much that is already. */
async function countedBefore(act: Act, plan: FoundPlan) {
  const policy = act.policyOf(plan);
  const scope: CumulationScope = {
    policyId: plan.policyId,
    kinds: expensesOf(policy.declaration),
    currency: plan.currency,
    customerId: plan.customerId,
    planId: plan.id,
    requestedById: act.actor.id,
    subjectId: null,
  };
  const from = cumulationStart(policy, act.now);
  return { scope, from, before: await amountBefore(act.prisma, scope, from) };
}

async function askGuard(act: Act, plan: FoundPlan, amount: string, before: Decimal): Promise<void> {
  const policy = act.policyOf(plan);
  await act.guard(plan.policyId, {
    action: 'SPEND_BUDGET',
    customer: customerFacts(policy.declaration, plan.customer),
    input: {
      amount,
      cumulated: new Decimal(amount).plus(Decimal.max(before, plan.spent.toFixed())).toFixed(),
      currency: plan.currency,
      limits: await allLimitFacts(act.prisma, policy, plan.currency, act.now),
    },
  });
}

/** The kinds of applications that are about a customer's money, in one order for all who lock them. */
function expensesOf({ applications = {} }: Policy): string[] {
  return Object.entries(applications)
    .flatMap(([kind, { about, amount }]) => (about === 'CUSTOMER' && amount ? kind : []))
    .sort();
}
