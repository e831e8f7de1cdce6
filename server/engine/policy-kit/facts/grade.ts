import { metricsIn } from '../../policy/declaration/check-declaration.ts';
import { leavesOf, plain } from '../../policy/evaluate/plain.ts';
import type { GradeFacts, Judgement } from '../../policy/facts.ts';
import type { SchemeRule } from '../../policy/vocabulary.ts';
import type { Random } from '../random.ts';
import { boundsOf } from '../samples.ts';
import type { Subject } from '../subject.ts';
import { BASE, CUSTOMER, TODAY } from './base.ts';
import { profileFor } from './customers.ts';

/** Random combinations of figures, fields and consent that are asked of each scheme. */
const COMBINATIONS = 150;

/** The smallest step of a figure that a rule can tell apart, in the figure's unit. */
const STEP = 0.01;

/** Facts for every scheme: each figure alone through all that is remarkable about it, then combinations. */
export function gradeFacts(subject: Subject, random: Random): GradeFacts[] {
  return Object.keys(subject.policy.schemes ?? {}).flatMap((scheme) => {
    const axes = axesOf(subject, scheme);
    const sweeps = axes.metrics.flatMap(({ key, values }) =>
      values.flatMap((value) =>
        [undefined, '0', axes.huge].map((others) =>
          factsOf(subject, scheme, axes, random, (metric) => (metric === key ? value : others)),
        ),
      ),
    );
    const combined = Array.from({ length: COMBINATIONS }, () =>
      factsOf(subject, scheme, axes, random, (_metric, values) => random.pick(values)),
    );
    return [...sweeps, ...combined];
  });
}

export interface Axes {
  readonly metrics: readonly { readonly key: string; readonly values: readonly (string | undefined)[] }[];
  readonly fields: readonly { readonly field: string; readonly values: readonly string[] }[];
  readonly judged: readonly string[];
  readonly scores: readonly string[];
  readonly huge: string;
}

/** What a scheme's grade may depend on, each with the values at which it may change. */
export function axesOf({ policy, numbers, sampled }: Subject, scheme: string): Axes {
  const { rule, metrics = [] } = policy.schemes?.[scheme] ?? {
    rule: { by: 'ANNUAL_LIST', needs: [] } as const,
  };
  const bounds = boundsOf(rule, sampled);
  const byFunction = policy.answers?.grade !== undefined;
  const named = byFunction
    ? Object.keys(policy.metrics ?? {})
    : [...new Set([...metricsIn(rule), ...metrics, ...needsOf(rule)])];
  const highest = Math.max(1, ...numbers, ...[...bounds.values()].flat().map(Number));
  const huge = String(highest * 10);
  const judged = rule.by === 'SCORECARD' ? rule.indicators.filter(({ score }) => 'judged' in score) : [];
  const totals = rule.by === 'SCORECARD' ? rule.bands.map(({ from }) => numberOf(from, sampled)) : [];
  return {
    metrics: named.map((key) => {
      const own = (bounds.get(key) ?? []).map(Number);
      return { key, values: [undefined, ...around([...own, ...(byFunction ? numbers : [])]), huge] };
    }),
    fields: fieldsOf(rule),
    judged: [...judged.map(({ key }) => key), ...needsOf(rule).filter((key) => !policy.metrics?.[key])],
    scores: around([0, 100, ...totals.filter(Number.isFinite)]).filter((score) => Number(score) >= 0),
    huge,
  };
}

/** Each number with its neighbours, zero and one below it, ascending, exact. */
export function around(numbers: readonly number[]): string[] {
  const all = [-1, 0, ...numbers.flatMap((one) => [one - STEP, one, one + STEP])];
  return [...new Set(all.sort((a, b) => a - b).map((one) => String(Math.round(one * 100) / 100)))];
}

export function factsOf(
  { policy, numbers }: Subject,
  scheme: string,
  axes: Axes,
  random: Random,
  choose: (metric: string, values: readonly (string | undefined)[]) => string | undefined,
): GradeFacts {
  const { customerKinds = ['INDIVIDUAL' as const], tiers = {} } = policy.schemes?.[scheme] ?? {};
  const kind = random.pick(customerKinds);
  const figures = axes.metrics.flatMap(({ key, values }) => {
    const value = choose(key, values);
    return value === undefined ? [] : [[key, { value, asOf: '2026-03-01' }] as const];
  });
  const fields = axes.fields.flatMap(({ field, values }) => {
    const value = random.chance(20) ? undefined : random.pick([...values, ...values, 'OTHER']);
    return value === undefined ? [] : [[field, value] as const];
  });
  const tier = Object.keys(tiers).length > 0 && random.chance(70) ? random.pick(Object.keys(tiers)) : null;
  return {
    ...BASE.grade,
    scheme,
    customer: {
      ...CUSTOMER,
      kind,
      consent: { vipService: random.pick([null, true, true, false]), marketing: null },
      profile: { ...profileFor(policy, kind, numbers, random), ...Object.fromEntries(fields) },
    },
    metrics: Object.fromEntries(figures),
    judgements: judgementsOf(axes, random),
    listed: tier === null ? null : { year: Number(TODAY.slice(0, 4)) - (random.chance(20) ? 1 : 0), tier },
  };
}

/** Mostly one score for all, so that the total is that score whatever the weights are. */
function judgementsOf({ judged, scores }: Axes, random: Random): Judgement[] {
  const together = random.chance(80) ? random.pick(scores) : null;
  return judged.flatMap((indicator) =>
    random.chance(8) ? [] : [{ indicator, score: together ?? random.pick(scores), basis: 'asked by the kit' }],
  );
}

function needsOf(rule: SchemeRule): readonly string[] {
  return rule.by === 'ANNUAL_LIST' ? rule.needs : [];
}

function fieldsOf(rule: SchemeRule): { readonly field: string; readonly values: readonly string[] }[] {
  if (rule.by === 'MATRIX') return [{ field: rule.field, values: rule.rows.map(({ value }) => value) }];
  if (rule.by !== 'CONDITIONS') return [];
  return rule.tiers.flatMap(({ when }) =>
    leavesOf(plain(when)).flatMap((leaf) => ('field' in leaf ? [{ field: leaf.field, values: leaf.values }] : [])),
  );
}

function numberOf(operand: unknown, parameters: Readonly<Record<string, unknown>>): number {
  const isReference = typeof operand === 'object' && operand !== null && 'parameter' in operand;
  return Number(isReference ? parameters[String(operand.parameter)] : operand);
}
