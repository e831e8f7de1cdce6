import { Decimal } from 'decimal.js';
import type { Channel } from '../../../prisma/generated/client/enums.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { Act } from '../../engine/services/act.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import { requireMove } from '../../engine/services/move-table.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { endOfDayIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { partIssues, type StatedMoney } from '../../platform/values/money.ts';
import { type FoundPlan, findPlan, planSubject } from './find-plan.ts';
import { measureTask } from './plan-outcomes.ts';
import { PLAN } from './plan-states.ts';
import { MAX_MEASURES, startOfPlan } from './rules.ts';

/** A task that is split off an approved plan; it names who does it and until when (S02-bank-maintenance). */
export interface PlanTask {
  readonly planId: string;
  readonly way: Channel;
  readonly measure: string;
  readonly assigneeId?: string | null;
  readonly dueAt?: Date | null;
  readonly budget?: StatedMoney | null;
}

/**
 * Adds a measure, and the task that carries it out, to a plan in execution, within its budget. Returns the task's id.
 *
 * @throws {InvalidInput} it names nobody, or no deadline
 * @throws {Refused} NOT_IN_EXECUTION: the plan was not approved, so nothing of it is begun
 */
export async function addPlanTask(services: Services, caller: Caller, input: PlanTask): Promise<string> {
  const act = Act.begin(services, caller, PLAN.addTask.by);
  const { now } = act;
  const plan = await findPlan(act, input.planId);
  requireMove(PLAN.addTask, plan.status);
  const { assigneeId, dueAt, budget } = input;
  const issues = await checkPlanTask(act, plan, input);
  if (issues.length > 0 || !assigneeId || !dueAt) throw new InvalidInput(issues);
  const measure = {
    id: newId(),
    planId: plan.id,
    position: Math.max(-1, ...plan.measures.map(({ position }) => position)) + 1,
    way: input.way,
    measure: input.measure.trim(),
    assigneeId,
    dueAt,
    budget: null,
    status: 'OPEN' as const,
  };
  const task = measureTask(plan, measure, now);
  await act.commit({
    answer: task.id,
    audit: act.audit('ADD_PLAN_TASK', planSubject(plan), {
      changes: [{ field: 'measures', before: null, after: measure.measure }],
    }),
    async change(tx) {
      const { count } = await tx.maintenancePlan.updateMany({
        where: { id: plan.id, status: plan.status },
        data: { updatedAt: now },
      });
      if (count === 0) throw new Conflict(plan.version);
      await new WriteSet()
        .insert('plan_measure', { ...measure, budget: budget?.amount ?? null })
        .insert('task', task)
        .execute(tx);
    },
  });
  return task.id;
}

async function checkPlanTask({ services }: Act, plan: FoundPlan, input: PlanTask): Promise<Issue[]> {
  const issues: Issue[] = [];
  const { assigneeId, dueAt, budget } = input;
  if (input.measure.trim() === '') issues.push({ path: 'input.measure', message: 'is empty' });
  if (!assigneeId) issues.push({ path: 'input.assigneeId', message: 'is missing: a task has somebody who does it' });
  if (!dueAt) issues.push({ path: 'input.dueAt', message: 'is missing: a task has a deadline' });
  const zone = zoneOf(services.policies.get(plan.policyId)?.declaration);
  if (dueAt && dueAt < startOfPlan(plan, zone))
    issues.push({ path: 'input.dueAt', message: 'lies before the plan starts' });
  if (dueAt && dueAt >= endOfDayIn(plan.endsOn, zone))
    issues.push({ path: 'input.dueAt', message: 'lies after the plan ends' });
  if (plan.measures.length >= MAX_MEASURES)
    issues.push({ path: 'input.planId', message: `has ${MAX_MEASURES} measures already` });
  issues.push(...(await checkGiven(services, plan, [{ work: 'TASK', staffId: assigneeId, path: 'input.assigneeId' }])));
  if (!budget) return issues;
  const planned = Decimal.sum(budget.amount, ...plan.measures.map((one) => one.budget?.toFixed() ?? 0));
  issues.push(...partIssues(budget, plan.currency, 'input.budget', 'NOT_NEGATIVE'));
  if (planned.gt(plan.budget.toFixed()))
    issues.push({
      path: 'input.budget.amount',
      message: `makes the measures cost ${planned.toFixed()} together, more than the plan's budget`,
    });
  return issues;
}
