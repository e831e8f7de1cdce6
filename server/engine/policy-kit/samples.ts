import type { ParameterDeclaration, Policy } from '../policy/contract.ts';
import { metricsIn } from '../policy/declaration/check-declaration.ts';
import { type Parameters, parametersIn } from '../policy/evaluate/operands.ts';
import { contradictoryParameters, parseParameters } from '../policy/parameters.ts';
import type { SchemeRule } from '../policy/vocabulary.ts';
import type { Random } from './random.ts';

/** Values of which a schema takes at least one, most likely. Numbers rise, so that thresholds can stand in order. */
const NUMBERS = [1, 2, 3, 5, 10, 20, 40, 60, 80, 90, 100, 200, 500, 1000, 5000, 20_000, 100_000];
const OTHERS = [true, 'SAMPLE', 'sample', '09:00', '2026-03-02', 'Asia/Shanghai', [], {}];

/** Tries to order blank parameters before the plugin's own check is believed to be unsatisfiable. */
const TRIES = 400;

/** The parameters without which nobody could ask the rules: defaults, and sample values for those that are blank. */
export interface Samples {
  /** What holds where nobody set anything; blank ones are absent. */
  readonly presets: Parameters;
  /** The same with a value for every blank one. */
  readonly sampled: Parameters;
  /** Blank parameters for which no value was found that the schema, or the check of all together, takes. */
  readonly unfilled: readonly string[];
}

/** Values that the parameter's schema takes, as it reads them; numbers ascend. */
export function acceptedBy({ schema }: ParameterDeclaration): unknown[] {
  const options = 'options' in schema && Array.isArray(schema.options) ? (schema.options as unknown[]) : [];
  return [...NUMBERS, ...OTHERS, ...options.filter((option) => typeof option === 'string')].flatMap((value) => {
    const read = schema.safeParse(value);
    return read.success ? [value] : [];
  });
}

/** Fills the blank parameters so that the plugin's own check and its rules contradict nothing. */
export function sampleParameters(policy: Policy, random: Random): Samples {
  const presets = parseParameters(policy, {}, 'parameters').parameters;
  const blank = inOrderOfRules(policy).filter((key) => presets[key] === undefined);
  const choices = blank.map((key) => [key, acceptedBy(policy.parameters?.[key] as ParameterDeclaration)] as const);
  const impossible = choices.filter(([, values]) => values.length === 0).map(([key]) => key);
  const fillable = choices.filter(([, values]) => values.length > 0);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const given = Object.fromEntries(
      fillable.map(([key, values], place) => [
        key,
        attempt === 0 ? values[Math.min(values.length - 1, place)] : random.pick(values),
      ]),
    );
    const { parameters, issues } = parseParameters(policy, { ...given, ...sharedWeights(policy, blank) }, 'parameters');
    if (issues.length === 0 && isSound(policy, parameters))
      return { presets, sampled: parameters, unfilled: impossible };
  }
  return { presets, sampled: presets, unfilled: blank };
}

/** Weights of a scorecard that are blank share a hundred: other numbers contradict each other, and chance finds none that do not. */
function sharedWeights({ schemes = {} }: Policy, blank: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.values(schemes).flatMap(({ rule }) => {
      const weights = rule.by === 'SCORECARD' ? rule.indicators.flatMap(({ weight }) => parametersIn(weight)) : [];
      if (weights.length === 0 || !weights.every((key) => blank.includes(key))) return [];
      const part = Math.floor(100 / weights.length);
      return weights.map((key, index) => [key, index === 0 ? 100 - part * (weights.length - 1) : part] as const);
    }),
  );
}

/** A check that throws is told elsewhere; its values are no samples. */
function isSound(policy: Policy, parameters: Parameters): boolean {
  try {
    return contradictoryParameters(policy, parameters, 'parameters').length === 0;
  } catch {
    return false;
  }
}

/** All parameters; those of rules first, from the lowest tier's up, for so thresholds rise. */
function inOrderOfRules({ schemes = {}, parameters = {} }: Policy): string[] {
  const ofRules = Object.values(schemes).flatMap(({ rule }) => [...parametersIn(rule)].reverse());
  return [...new Set([...ofRules, ...Object.keys(parameters)])];
}

/** The numbers that a rule compares a metric with, under the parameters. */
export function boundsOf(rule: SchemeRule, parameters: Parameters): Map<string, string[]> {
  const bounds = new Map<string, string[]>(metricsIn(rule).map((metric) => [metric, []]));
  const add = (metric: string, operand: unknown) => {
    const value = parametersIn(operand).length > 0 ? parameters[parametersIn(operand)[0] ?? ''] : operand;
    if (typeof value === 'number' || typeof value === 'string') bounds.get(metric)?.push(String(value));
  };
  const walk = (part: unknown, metric: string | null): void => {
    if (typeof part !== 'object' || part === null) return;
    const own = 'metric' in part && typeof part.metric === 'string' ? part.metric : metric;
    for (const [key, value] of Object.entries(part)) {
      if ((key === 'bound' || key === 'from' || key === 'to') && own !== null) add(own, value);
      else walk(value, own);
    }
  };
  if (rule.by === 'SCORECARD') for (const { score } of rule.indicators) walk(score, null);
  else walk(rule, null);
  return bounds;
}
