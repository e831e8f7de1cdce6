import { Decimal } from 'decimal.js';
import type { Policy } from '../../engine/policy/contract.ts';
import { addMonths, dateIn, endOfDayIn, startOfDayIn } from '../../platform/values/days.ts';
import type { Issue } from '../../platform/values/errors.ts';
import { CURRENCY, moneyIssues, partIssues, type StatedMoney } from '../../platform/values/money.ts';

/** What a plan consists of, whether it is new or revised. */
export interface PlanContent {
  readonly objective: string;
  readonly startsOn: Date;
  readonly endsOn: Date;
  readonly budget: StatedMoney;
  readonly measures: readonly {
    readonly way: string;
    readonly measure: string;
    readonly assigneeId?: string | null;
    readonly dueAt: Date;
    readonly budget?: StatedMoney | null;
  }[];
}

/** The instant at which a plan's first day begins in a zone. */
export function startOfPlan({ startsOn }: Pick<PlanContent, 'startsOn'>, timeZone: string): Date {
  return startOfDayIn(startsOn.toISOString().slice(0, 10), timeZone);
}

/** Months after its end in which a plan may still be written down; ours, against slips of the pen. */
const WRITTEN_AFTERWARDS_MONTHS = 12;

/** Measures that a plan may have, with those that come later. */
export const MAX_MEASURES = 50;

/**
 * The rules of a plan's content: a period in order that is not long over, no measure due outside it, their budgets within the plan's.
 *
 * @param timeZone IANA name of the policy's zone, in which the plan's days begin and end
 */
export function checkPlan(plan: PlanContent, timeZone: string, now: Date): Issue[] {
  const issues: Issue[] = [];
  const say = (path: string, message: string) => issues.push({ path: `input.${path}`, message });
  if (plan.objective.trim() === '') say('objective', 'is empty');
  if (plan.objective.length > 2000) say('objective', 'is longer than 2,000 characters');
  if (plan.endsOn < plan.startsOn) say('endsOn', 'lies before startsOn');
  else if (addMonths(plan.endsOn, WRITTEN_AFTERWARDS_MONTHS) < dateIn(now, timeZone))
    say('endsOn', 'was over a year ago');
  const budget = new Decimal(plan.budget.amount);
  issues.push(...moneyIssues(plan.budget, 'input.budget', 'NOT_NEGATIVE'));
  if (plan.measures.length === 0) say('measures', 'is empty: a plan has at least one measure');
  if (plan.measures.length > MAX_MEASURES) say('measures', `has more than ${MAX_MEASURES} entries`);
  const currency = plan.budget.currency ?? CURRENCY;
  const [begins, ends] = [startOfPlan(plan, timeZone), endOfDayIn(plan.endsOn, timeZone)];
  let sum = new Decimal(0);
  for (const [index, { measure, dueAt, budget: part }] of plan.measures.entries()) {
    if (measure.trim() === '') say(`measures[${index}].measure`, 'is empty');
    if (dueAt < begins) say(`measures[${index}].dueAt`, 'lies before the plan starts');
    else if (dueAt >= ends) say(`measures[${index}].dueAt`, 'lies after the plan ends');
    if (!part) continue;
    issues.push(...partIssues(part, currency, `input.measures[${index}].budget`, 'NOT_NEGATIVE'));
    sum = sum.plus(part.amount);
  }
  if (sum.gt(budget)) say('measures', `cost ${sum.toFixed()} together, the plan's budget is ${budget.toFixed()}`);
  return issues;
}

/** The kind and the parts of a plan are among those that the policy declares; MAINTENANCE is everybody's. */
export function checkPlanKind(
  { id, plans = {} }: Policy,
  { kind, parts }: { readonly kind?: string | null; readonly parts?: readonly string[] | null },
): Issue[] {
  const { kinds = {}, parts: declared = {} } = plans;
  const issues: Issue[] = [];
  if (kind != null && kind !== 'MAINTENANCE' && !Object.hasOwn(kinds, kind))
    issues.push({ path: 'input.kind', message: `is no kind of plan of ${id}` });
  for (const [index, part] of (parts ?? []).entries())
    if (!Object.hasOwn(declared, part))
      issues.push({ path: `input.parts[${index}]`, message: `is no part of a plan of ${id}` });
  return issues;
}
