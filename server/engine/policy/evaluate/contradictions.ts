import type { Policy, SchemeDeclaration } from '../contract.ts';
import type { Condition, ConditionsRule, Operand } from '../vocabulary.ts';
import { Exact } from './decimals.ts';
import { isParameter, type Parameters, parametersIn, resolved } from './operands.ts';
import { isGroup, leavesOf, type PlainLeaf, plain } from './plain.ts';

/** Numbers of a rule that cannot all be meant. */
export interface Contradiction {
  /** The parameter to change; null when the rule's own numbers are at fault. */
  readonly parameter: string | null;
  readonly message: string;
}

/**
 * What is contradictory in a policy's rules under these parameters: bands that overlap or are out of order, weights that
 * do not sum to 100, intervals that are empty, better tiers that ask for less. Blank parameters are left out: what
 * remains may still contradict itself.
 */
export function contradictions({ schemes = {} }: Pick<Policy, 'schemes'>, parameters: Parameters): Contradiction[] {
  return Object.entries(schemes).flatMap(([id, scheme]) =>
    inRule(scheme, parameters).map(({ parameter, message }) => ({ parameter, message: `${message} (scheme ${id})` })),
  );
}

function inRule({ rule, tiers }: SchemeDeclaration, parameters: Parameters): Contradiction[] {
  switch (rule.by) {
    case 'CONDITIONS':
      return [...intervals(rule, parameters), ...easierTiers(rule, parameters)];
    case 'BANDS':
      return inBands(rule.bands, tiers, parameters, 'the bands');
    case 'MATRIX':
      return rule.rows.flatMap(({ value, cells }) => inBands(cells, tiers, parameters, `the cells of ${value}`));
    case 'SCORECARD':
      return [
        ...weights(
          rule.indicators.map(({ weight }) => weight),
          parameters,
        ),
        ...order(rule.bands, parameters, 'the bands of the total'),
        ...rule.indicators.flatMap(({ key, score }) =>
          'judged' in score ? [] : order(score.brackets, parameters, `the brackets of ${key}`),
        ),
      ];
    case 'ANNUAL_LIST':
      return [];
  }
}

interface Band {
  readonly tier: string;
  readonly from: Operand;
}

/** Bands that lie in order, the better tier's above the others. */
function inBands(
  bands: readonly Band[],
  tiers: SchemeDeclaration['tiers'],
  parameters: Parameters,
  what: string,
): Contradiction[] {
  const unordered = order(bands, parameters, what);
  if (unordered.length > 0) return unordered;
  const rank = ({ tier }: Band) => tiers[tier]?.rank ?? 0;
  return bands.flatMap((better) =>
    bands.flatMap((lower): Contradiction[] => {
      const [high, low] = [resolved(better.from, parameters), resolved(lower.from, parameters)];
      if (rank(better) <= rank(lower) || !high || !low || high.gt(low)) return [];
      const parameter = parameterOf(better.from) ?? parameterOf(lower.from);
      const message = `${better.tier} begins at ${high.toFixed()}, ${lower.tier} below it at ${low.toFixed()}`;
      return [{ parameter, message }];
    }),
  );
}

/** Lower bounds that all rise or all fall; equal ones overlap. */
function order(rows: readonly { readonly from: Operand }[], parameters: Parameters, what: string): Contradiction[] {
  const bounds = rows.flatMap(({ from }) => {
    const value = resolved(from, parameters);
    return value ? [{ from, value }] : [];
  });
  const [first, last] = [bounds[0], bounds.at(-1)];
  if (!first || !last) return [];
  const direction = Math.sign(last.value.cmp(first.value));
  return bounds.slice(1).flatMap(({ from, value }, index) => {
    const before = bounds[index];
    if (!before) return [];
    const step = Math.sign(value.cmp(before.value));
    if (step !== 0 && step === direction) return [];
    const problem = step === 0 ? `overlap at ${value.toFixed()}` : `are out of order at ${value.toFixed()}`;
    return [{ parameter: parameterOf(from) ?? parameterOf(before.from), message: `${what} ${problem}` }];
  });
}

function weights(operands: readonly Operand[], parameters: Parameters): Contradiction[] {
  let sum = new Exact(0);
  for (const operand of operands) {
    const value = resolved(operand, parameters);
    if (!value) return [];
    if (value.isNegative()) return [{ parameter: parameterOf(operand), message: 'a weight is negative' }];
    sum = sum.plus(value);
  }
  return sum.eq(100)
    ? []
    : [{ parameter: parametersIn(operands)[0] ?? null, message: `the weights sum to ${sum.toFixed()}, not 100` }];
}

function intervals(rule: ConditionsRule, parameters: Parameters): Contradiction[] {
  return rule.tiers.flatMap(({ when }) =>
    leavesOf(plain(when)).flatMap((leaf) => {
      if (leaf.op !== 'between') return [];
      const [from, to] = [resolved(leaf.from, parameters), resolved(leaf.to, parameters)];
      if (!from || !to || from.lt(to)) return [];
      return [
        {
          parameter: parameterOf(leaf.from) ?? parameterOf(leaf.to),
          message: `${leaf.metric} from ${from.toFixed()} to below ${to.toFixed()} is empty`,
        },
      ];
    }),
  );
}

/**
 * A better tier that asks for less than one below it, of the same figure as an alternative of its own. Where it is the
 * row's only condition, asking for as much is contradictory too: the lower tier would never be given.
 */
function easierTiers({ tiers }: ConditionsRule, parameters: Parameters): Contradiction[] {
  const rows = tiers.map(({ tier, when }) => ({ tier, floors: floorsOf(when) }));
  return rows.flatMap((better, index) =>
    rows.slice(index + 1).flatMap((lower) => {
      if (better.tier === lower.tier) return [];
      return better.floors.flatMap((floor): Contradiction[] => {
        const below = lower.floors.find((one) => one.metric === floor.metric && one.op === floor.op);
        const [high, low] = [resolved(floor.bound, parameters), below && resolved(below.bound, parameters)];
        if (!below || !high || !low) return [];
        const isAlone = better.floors.length === 1 && lower.floors.length === 1;
        if (isAlone ? high.gt(low) : high.gte(low)) return [];
        const parameter = parameterOf(floor.bound) ?? parameterOf(below.bound);
        return [
          {
            parameter,
            message: `${better.tier} asks for ${high.toFixed()} of ${floor.metric}, ${lower.tier} below it for ${low.toFixed()}`,
          },
        ];
      });
    }),
  );
}

type Floor = Extract<PlainLeaf, { readonly bound: Operand }>;

/** The lower bounds each of which is enough for the row. */
function floorsOf(when: Condition): Floor[] {
  const condition = plain(when);
  const alternatives = isGroup(condition)
    ? condition.op === 'any' || condition.of.length === 1
      ? condition.of
      : []
    : [condition];
  return alternatives.flatMap((one) => (one.op === 'atLeast' || one.op === 'above' ? [one] : []));
}

function parameterOf(operand: Operand): string | null {
  return isParameter(operand) ? operand.parameter : null;
}
