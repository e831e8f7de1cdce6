import type { GradeAnswer, Indicator, Reason } from '../answers.ts';
import type { ConditionsRule } from '../vocabulary.ts';
import { decimalText } from './decimals.ts';
import { askedText } from './describe.ts';
import { exactOf, figureOf, figureReason, type Gap, type Grading, gradeAnswer, reasonCode } from './grading.ts';
import { operandValue } from './operands.ts';
import { isGroup, type Plain, type PlainLeaf, plain } from './plain.ts';
import { joined, metricLabel } from './words.ts';

/** UNKNOWN: a figure is absent, and with it the condition could hold. */
type Truth = 'YES' | 'NO' | 'UNKNOWN';

/** What became of a condition and of its parts. */
interface Finding {
  readonly truth: Truth;
  readonly condition: Plain;
  readonly parts: readonly Finding[];
}

/**
 * Grades by conditions: the first row that holds, from the best tier down, gives the tier, and every condition in it
 * that holds is a reason. An absent figure matters only where no row holds and one could.
 *
 * @throws {BlankParameters} a condition's bound is not set
 */
export function byConditions(grading: Grading, rule: ConditionsRule): GradeAnswer {
  const rows = rule.tiers.map(({ tier, when }) => ({ tier, finding: examine(grading, plain(when)) }));
  const reached = rows.find(({ finding }) => finding.truth === 'YES');
  const missing = reached ? [] : rows.flatMap(({ finding }) => absentIn(finding));
  const shown = reached ?? rows.at(-1);
  return gradeAnswer(
    grading,
    {
      tier: reached?.tier ?? null,
      indicators: shown ? indicatorsOf(grading, shown.finding) : [],
      reasons: reached ? reasonsOf(grading, reached.finding) : [],
      missing,
      gaps: (tier) => rows.filter((row) => row.tier === tier).flatMap(({ finding }) => gapsOf(grading, finding)),
    },
    rule.tiers.map(({ tier }) => tier),
  );
}

function examine(grading: Grading, condition: Plain): Finding {
  if (!isGroup(condition)) return { truth: truthOf(grading, condition), condition, parts: [] };
  const parts = condition.of.map((part) => examine(grading, part));
  const decisive: Truth = condition.op === 'any' ? 'YES' : 'NO';
  const truths = parts.map(({ truth }) => truth);
  const truth = truths.includes(decisive)
    ? decisive
    : truths.includes('UNKNOWN')
      ? 'UNKNOWN'
      : decisive === 'YES'
        ? 'NO'
        : 'YES';
  return { truth, condition, parts };
}

function truthOf({ facts, parameters }: Grading, leaf: PlainLeaf): Truth {
  const isTrue = (holds: boolean): Truth => (holds ? 'YES' : 'NO');
  switch (leaf.op) {
    case 'consents':
      return isTrue(facts.customer.consent.vipService === true);
    case 'declines':
      return isTrue(facts.customer.consent.vipService !== true);
    case 'isOneOf':
      return isTrue(fieldHas(facts.customer.profile[leaf.field], leaf.values));
    case 'isNoneOf':
      return isTrue(!fieldHas(facts.customer.profile[leaf.field], leaf.values));
    case 'between': {
      const value = exactOf(facts, leaf.metric);
      if (!value) return 'UNKNOWN';
      return isTrue(value.gte(operandValue(leaf.from, parameters)) && value.lt(operandValue(leaf.to, parameters)));
    }
    default: {
      const value = exactOf(facts, leaf.metric);
      if (!value) return 'UNKNOWN';
      const bound = operandValue(leaf.bound, parameters);
      const holds = {
        atLeast: value.gte(bound),
        above: value.gt(bound),
        atMost: value.lte(bound),
        below: value.lt(bound),
      };
      return isTrue(holds[leaf.op]);
    }
  }
}

/** A field with several values has one of them when any is among them; one that is not filled in has none. */
function fieldHas(value: unknown, values: readonly string[]): boolean {
  return (Array.isArray(value) ? value : [value]).some(
    (one) => one !== null && one !== undefined && values.includes(String(one)),
  );
}

function metricOf(leaf: PlainLeaf): string | null {
  return 'metric' in leaf ? leaf.metric : null;
}

/** The absent figures on which an undecided condition hangs; those beside a part that decided do not count. */
function absentIn({ truth, condition, parts }: Finding): string[] {
  if (truth !== 'UNKNOWN') return [];
  if (!isGroup(condition)) {
    const metric = metricOf(condition);
    return metric === null ? [] : [metric];
  }
  return parts.flatMap((part) => absentIn(part));
}

/** Every condition that holds, in a part that holds. */
function reasonsOf(grading: Grading, { truth, condition, parts }: Finding): Reason[] {
  if (truth !== 'YES') return [];
  if (isGroup(condition)) return parts.flatMap((part) => reasonsOf(grading, part));
  const asked = askedText(grading.policy, condition, grading.parameters);
  const metric = metricOf(condition);
  if (metric !== null) return [figureReason(grading, metric, asked)];
  if (condition.op === 'isOneOf' || condition.op === 'isNoneOf') {
    const text = { en: `${condition.field} is ${asked.en}.`, zh: `${condition.field} 为 ${asked.zh}。` };
    return [{ code: reasonCode(condition.field), text }];
  }
  return [{ code: 'CONSENT', text: { en: `Given: ${asked.en}.`, zh: `已满足：${asked.zh}。` } }];
}

/** One indicator a figure, field or consent; what is asked of it more than once is shown together. */
function indicatorsOf(grading: Grading, finding: Finding): Indicator[] {
  const { policy, facts, parameters } = grading;
  const byKey = new Map<string, Indicator>();
  for (const { condition: leaf, truth } of leafFindings(finding)) {
    if (isGroup(leaf)) continue;
    const metric = metricOf(leaf);
    const key = metric ?? ('field' in leaf ? leaf.field : 'CONSENT');
    const asked = askedText(policy, leaf, parameters);
    const met = truth === 'UNKNOWN' ? null : truth === 'YES';
    const before = byKey.get(key);
    const label = metric === null && !('field' in leaf) ? { en: 'Consent', zh: '客户意愿' } : metricLabel(policy, key);
    byKey.set(key, {
      key,
      label,
      ...(metric !== null && figureOf(facts, metric)),
      basis: before ? joined([before.basis, asked], { en: '; ', zh: '；' }) : asked,
      met: before?.met === true || met,
    });
  }
  return [...byKey.values()];
}

function leafFindings(finding: Finding): readonly Finding[] {
  return isGroup(finding.condition) ? finding.parts.flatMap(leafFindings) : [finding];
}

/** How far it is: of alternatives each one's gap, of conditions that go together those that are not met. */
function gapsOf(grading: Grading, { truth, condition, parts }: Finding): Gap[] {
  if (truth === 'YES') return [];
  if (isGroup(condition)) return parts.flatMap((part) => gapsOf(grading, part));
  const metric = metricOf(condition);
  if (metric === null) return [];
  const current = exactOf(grading.facts, metric);
  return [
    {
      metric,
      current: current ? decimalText(current) : null,
      needed: decimalText(neededOf(grading, condition, metric)),
    },
  ];
}

function neededOf({ facts, parameters }: Grading, leaf: PlainLeaf, metric: string) {
  if (leaf.op === 'between') {
    const [from, to] = [operandValue(leaf.from, parameters), operandValue(leaf.to, parameters)];
    return exactOf(facts, metric)?.gte(to) ? to : from;
  }
  if (!('bound' in leaf)) throw new RangeError('only figures have gaps');
  return operandValue(leaf.bound, parameters);
}
