import type { Text } from '../../../platform/values/text.ts';
import type { GradeAnswer, Indicator, Reason } from '../answers.ts';
import type { Policy, SchemeDeclaration } from '../contract.ts';
import type { GradeFacts, MetricFact } from '../facts.ts';
import { decimalText, Exact } from './decimals.ts';
import type { Parameters } from './operands.ts';
import { amountText, joined, metricLabel } from './words.ts';

/** All that a grade comes from. */
export interface Grading {
  readonly policy: Policy;
  readonly scheme: SchemeDeclaration;
  readonly facts: GradeFacts;
  readonly parameters: Parameters;
}

/** What a kind of rule finds; `gradeAnswer` makes the whole answer of it. */
export interface Found {
  readonly tier: string | null;
  readonly indicators: readonly Indicator[];
  /** Why the tier is reached; where none is, the answer says so itself unless reasons are given. */
  readonly reasons: readonly Reason[];
  readonly missing: readonly string[];
  readonly total?: string | null;
  readonly result?: GradeAnswer['result'];
  readonly gaps?: (tier: string) => readonly Gap[];
}

export type Gap = NonNullable<GradeAnswer['nextTier']>['gaps'][number];

/** The answer with what all rules have in common: the next tier, the reason for none, and the shown metrics. */
export function gradeAnswer(grading: Grading, found: Found, tiersOfRule: readonly string[]): GradeAnswer {
  const { tier, missing } = found;
  const next = found.gaps ? nextTier(grading.scheme, tier, tiersOfRule) : null;
  return {
    tier,
    eligible: tier !== null,
    total: found.total ?? null,
    result: found.result ?? null,
    indicators: [...found.indicators, ...shownBeside(grading, found.indicators)],
    reasons: reasonsOf(grading, found),
    missing: [...new Set(missing)],
    nextTier: next === null ? null : { tier: next, gaps: unique(found.gaps?.(next) ?? []) },
  };
}

function reasonsOf({ policy }: Grading, { tier, reasons, missing }: Found): Reason[] {
  if (missing.length > 0) {
    const names = joined(
      [...new Set(missing)].map((key) => metricLabel(policy, key)),
      { en: ', ', zh: '、' },
    );
    return [...reasons, { code: 'INCOMPLETE', text: { en: `Missing: ${names.en}.`, zh: `缺少：${names.zh}。` } }];
  }
  if (tier !== null || reasons.length > 0) return [...reasons];
  return [{ code: 'NO_TIER', text: { en: 'The conditions of no tier are met.', zh: '未达到任何等级的条件。' } }];
}

/** The lowest of the rule's tiers that ranks above the one reached. */
function nextTier(scheme: SchemeDeclaration, reached: string | null, tiersOfRule: readonly string[]): string | null {
  const rank = (tier: string) => scheme.tiers[tier]?.rank ?? Number.NEGATIVE_INFINITY;
  const better = tiersOfRule.filter((tier) => reached === null || rank(tier) > rank(reached));
  return better.reduce<string | null>(
    (lowest, tier) => (lowest === null || rank(tier) < rank(lowest) ? tier : lowest),
    null,
  );
}

/** The scheme's metrics that the rule did not name: shown, and nothing depends on them. */
function shownBeside({ policy, scheme, facts }: Grading, indicators: readonly Indicator[]): Indicator[] {
  const named = new Set(indicators.map(({ key }) => key));
  return (scheme.metrics ?? [])
    .filter((key) => !named.has(key))
    .map((key) => ({
      key,
      label: metricLabel(policy, key),
      ...figureOf(facts, key),
      basis: { en: 'For information.', zh: '仅供参考。' },
      met: null,
    }));
}

function unique(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((gap) => [`${gap.metric} ${gap.needed}`, gap])).values()];
}

interface Figure {
  readonly exact: Exact;
  readonly shown: { readonly value: string; readonly asOf: string };
}

const NO_FIGURE = { value: null, asOf: null };

/** The figures of one customer, each read once. */
const figures = new WeakMap<GradeFacts, Map<string, Figure>>();

function figure(facts: GradeFacts, metric: string): Figure | undefined {
  const read = figures.get(facts) ?? new Map<string, Figure>();
  figures.set(facts, read);
  const known = read.get(metric);
  const fact: MetricFact | undefined = facts.metrics[metric];
  if (known || !fact) return known;
  const exact = new Exact(fact.value);
  const made = { exact, shown: { value: decimalText(exact), asOf: fact.asOf } };
  read.set(metric, made);
  return made;
}

/** The figure as an indicator shows it; nulls where there is none. */
export function figureOf(facts: GradeFacts, metric: string): { value: string | null; asOf: string | null } {
  return figure(facts, metric)?.shown ?? NO_FIGURE;
}

/** The figure's exact value, undefined where there is none. */
export function exactOf(facts: GradeFacts, metric: string): Exact | undefined {
  return figure(facts, metric)?.exact;
}

/** A reason's code from the key of a metric, field or indicator: `depositAverage` becomes DEPOSIT_AVERAGE, AVG_1Y stays. */
export function reasonCode(key: string): string {
  const words = /[a-z]/.test(key) ? key.replace(/([a-z0-9])([A-Z])/g, '$1_$2') : key;
  const code = words
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
    .slice(0, 60);
  return /^[A-Z]/.test(code) ? code : `X_${code}`;
}

/** A reason that names a figure and what was asked of it. */
export function figureReason({ policy, facts }: Grading, metric: string, asked: Text): Reason {
  const label = metricLabel(policy, metric);
  const { value } = figureOf(facts, metric);
  const shown = value === null ? { en: 'no figure', zh: '无数据' } : amountOf(policy, metric, value);
  return {
    code: reasonCode(metric),
    text: {
      en: `${label.en}: ${shown.en} (asked: ${asked.en}).`,
      zh: `${label.zh}：${shown.zh}（要求：${asked.zh}）。`,
    },
  };
}

function amountOf(policy: Policy, metric: string, value: string): Text {
  return amountText(value, policy.metrics?.[metric]?.unit ?? '');
}
