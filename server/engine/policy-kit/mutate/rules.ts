import type { Policy } from '../../policy/contract.ts';
import { Exact } from '../../policy/evaluate/decimals.ts';
import { isParameter } from '../../policy/evaluate/operands.ts';
import type { Condition, Operand, SchemeRule } from '../../policy/vocabulary.ts';

/** A rule with one thing changed. `about` says where, from the scheme inwards, in the words of the source. */
export interface RuleMutant {
  readonly scheme: string;
  readonly about: readonly string[];
  readonly change: string;
  readonly rule: SchemeRule;
}

interface Change<T> {
  readonly about: readonly string[];
  readonly change: string;
  readonly to: T;
}

const OTHER_OPERATOR = { atLeast: 'above', above: 'atLeast', atMost: 'below', below: 'atMost' } as const;

/** Every small change of the rules: thresholds, operators, connectives, weights, order, tiers, dropped parts. */
export function ruleMutants(policy: Policy): RuleMutant[] {
  return Object.entries(policy.schemes ?? {}).flatMap(([scheme, { rule }]) =>
    changesOf(policy, rule).map(({ to, ...change }) => ({ scheme, ...change, rule: to })),
  );
}

function changesOf(policy: Policy, rule: SchemeRule): Change<SchemeRule>[] {
  const step = (metric: string) => (policy.metrics?.[metric]?.unit === 'count' ? '1' : '0.01');
  switch (rule.by) {
    case 'CONDITIONS': {
      const within = rule.tiers.flatMap((row, index) =>
        conditionChanges(row.when, step).map(
          ({ about, change, to }): Change<SchemeRule> => ({
            about: [`'${row.tier}'`, ...about],
            change: `${row.tier}: ${change}`,
            to: { ...rule, tiers: rule.tiers.with(index, { ...row, when: to }) },
          }),
        ),
      );
      return [...within, ...rowChanges(rule.tiers, (tiers) => ({ ...rule, tiers }))];
    }
    case 'BANDS':
      return bandChanges(rule.bands, step(rule.metric), (bands) => ({ ...rule, bands }));
    case 'MATRIX':
      return rule.rows.flatMap((row, index) =>
        bandChanges(row.cells, step(rule.metric), (cells) => ({
          ...rule,
          rows: rule.rows.with(index, { ...row, cells }),
        })).map((one) => ({ ...one, about: [`'${row.value}'`, ...one.about], change: `${row.value}: ${one.change}` })),
      );
    case 'SCORECARD':
      return scorecardChanges(rule, step);
    case 'ANNUAL_LIST':
      return rule.needs.map((need, index) => ({
        about: [`'${need}'`],
        change: `${need} is not needed`,
        to: { ...rule, needs: rule.needs.toSpliced(index, 1) },
      }));
  }
}

function conditionChanges(condition: Condition, step: (metric: string) => string): Change<Condition>[] {
  switch (condition.op) {
    case 'any':
    case 'all': {
      const { op, of } = condition;
      const other = op === 'any' ? 'all' : 'any';
      const inside = of.flatMap((part, index) =>
        conditionChanges(part, step).map(({ to, ...rest }) => ({
          ...rest,
          to: { op, of: of.with(index, to) } as const,
        })),
      );
      if (of.length < 2) return inside;
      const dropped = of.map((part, index) => ({
        about: wordsOf(part),
        change: `${op} without ${nameOf(part)}`,
        to: { op, of: of.toSpliced(index, 1) } as const,
      }));
      return [...inside, { about: [], change: `${op} becomes ${other}`, to: { op: other, of } as const }, ...dropped];
    }
    case 'not':
      return [
        { about: wordsOf(condition.of), change: `not ${nameOf(condition.of)} loses its not`, to: condition.of },
        ...conditionChanges(condition.of, step).map(({ to, ...rest }) => ({
          ...rest,
          to: { op: 'not', of: to } as const,
        })),
      ];
    case 'between':
      return [...edgeChanges(condition, 'from', step), ...edgeChanges(condition, 'to', step)];
    case 'isOneOf':
      return condition.values.map((value, index) => ({
        about: [...wordsOf(condition), `'${value}'`],
        change: `${condition.field} is one of, without ${value}`,
        to: { ...condition, values: condition.values.toSpliced(index, 1) },
      }));
    case 'consents':
      return [{ about: [], change: 'consents is dropped', to: { op: 'all', of: [] } }];
    default: {
      const other = OTHER_OPERATOR[condition.op];
      const bounds = shifted(condition.bound, step(condition.metric)).map(({ change, to }) => ({
        about: wordsOf(condition),
        change: `${condition.op} ${condition.metric} ${change}`,
        to: { ...condition, bound: to },
      }));
      const operator = {
        about: wordsOf(condition),
        change: `${condition.op} ${condition.metric} becomes ${other}`,
        to: { ...condition, op: other },
      };
      return [operator, ...bounds];
    }
  }
}

function edgeChanges(
  condition: Extract<Condition, { readonly op: 'between' }>,
  edge: 'from' | 'to',
  step: (metric: string) => string,
): Change<Condition>[] {
  return shifted(condition[edge], step(condition.metric)).map(({ change, to }) => ({
    about: wordsOf(condition),
    change: `between ${condition.metric}: ${edge} ${change}`,
    to: { ...condition, [edge]: to },
  }));
}

interface Row {
  readonly tier: string;
}

/** Rows that lose one, and neighbours that exchange their tiers. */
function rowChanges<R extends Row>(
  rows: readonly R[],
  whole: (rows: readonly R[]) => SchemeRule,
): Change<SchemeRule>[] {
  const dropped = rows.map((row, index) => ({
    about: [`'${row.tier}'`],
    change: `${row.tier} is dropped`,
    to: whole(rows.toSpliced(index, 1)),
  }));
  const swapped = rows.slice(1).flatMap((row, index) => {
    const before = rows[index];
    if (!before || before.tier === row.tier) return [];
    return [
      {
        about: [`'${row.tier}'`],
        change: `${before.tier} and ${row.tier} are exchanged`,
        to: whole(rows.with(index, { ...before, tier: row.tier }).with(index + 1, { ...row, tier: before.tier })),
      },
    ];
  });
  return [...dropped, ...swapped];
}

function bandChanges<R extends Row & { readonly from: Operand }>(
  rows: readonly R[],
  step: string,
  whole: (rows: readonly R[]) => SchemeRule,
): Change<SchemeRule>[] {
  const moved = rows.flatMap((row, index) =>
    shifted(row.from, step).map(({ change, to }) => ({
      about: [`'${row.tier}'`],
      change: `${row.tier} from ${change}`,
      to: whole(rows.with(index, { ...row, from: to })),
    })),
  );
  return [...moved, ...rowChanges(rows, whole)];
}

function scorecardChanges(
  rule: Extract<SchemeRule, { by: 'SCORECARD' }>,
  step: (metric: string) => string,
): Change<SchemeRule>[] {
  const { indicators, bands } = rule;
  const weights = indicators.slice(1).flatMap((indicator, index): Change<SchemeRule>[] => {
    const before = indicators[index];
    if (!before) return [];
    const exchanged = indicators
      .with(index, { ...before, weight: indicator.weight })
      .with(index + 1, { ...indicator, weight: before.weight });
    const change = `the weights of ${before.key} and ${indicator.key} are exchanged`;
    return [{ about: [`'${indicator.key}'`], change, to: { ...rule, indicators: exchanged } }];
  });
  const brackets = indicators.flatMap((indicator, index) => {
    const { score, key } = indicator;
    if ('judged' in score) return [];
    return score.brackets.flatMap((bracket, place) =>
      (['from', 'score'] as const).flatMap((edge) =>
        shifted(bracket[edge], edge === 'from' ? step(score.metric) : '1').map(
          ({ change, to }): Change<SchemeRule> => ({
            about: [`'${key}'`, `'${score.metric}'`],
            change: `${key}: ${edge} ${change}`,
            to: {
              ...rule,
              indicators: indicators.with(index, {
                ...indicator,
                score: { ...score, brackets: score.brackets.with(place, { ...bracket, [edge]: to }) },
              }),
            },
          }),
        ),
      ),
    );
  });
  const edges = bands.flatMap((band, index) =>
    shifted(band.from, '0.01').map(
      ({ change, to }): Change<SchemeRule> => ({
        about: [`'${band.result}'`],
        change: `${band.result} from ${change}`,
        to: { ...rule, bands: bands.with(index, { ...band, from: to }) },
      }),
    ),
  );
  const results = bands.slice(1).flatMap((band, index): Change<SchemeRule>[] => {
    const before = bands[index];
    if (!before || before.result === band.result) return [];
    const exchanged = bands
      .with(index, { ...before, result: band.result })
      .with(index + 1, { ...band, result: before.result });
    const change = `${before.result} and ${band.result} are exchanged`;
    return [{ about: [`'${band.result}'`], change, to: { ...rule, bands: exchanged } }];
  });
  return [...weights, ...brackets, ...edges, ...results];
}

/** A literal a step higher, and lower where that is not below zero. Parameters move by their defaults (declarations.ts). */
function shifted(operand: Operand, step: string): { readonly change: string; readonly to: Operand }[] {
  if (isParameter(operand)) return [];
  const value = new Exact(operand);
  return [value.plus(step), value.minus(step)]
    .filter((moved) => !moved.isNegative())
    .map((moved) => ({ change: `${value.toFixed()} becomes ${moved.toFixed()}`, to: moved.toFixed() }));
}

function wordsOf(condition: Condition): string[] {
  if ('metric' in condition) return [`'${condition.metric}'`];
  if ('field' in condition) return [`'${condition.field}'`];
  return [];
}

function nameOf(condition: Condition): string {
  if ('metric' in condition) return `${condition.op} ${condition.metric}`;
  if ('field' in condition) return `${condition.op} ${condition.field}`;
  return condition.op;
}
