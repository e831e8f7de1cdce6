import type { AssessmentResult } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';

/**
 * The vocabulary that rules are written in. A rule is data: the platform evaluates it, explains it in both languages,
 * and the conformance kit mutates it. `M` are the metric keys and `P` the parameter keys that the rule mentions, so that
 * a misspelt one does not compile. The builders take both from their arguments alone (hence `NoInfer` in what they
 * return), so that the same rule has the same type wherever it stands.
 */

/** A parameter's value, read when the rule is asked. */
export interface ParameterRef<P extends string = string> {
  readonly parameter: P;
}

/** A number that a rule compares with: exact, written as a number or a decimal string, or a parameter. */
export type Operand<P extends string = string> = number | string | ParameterRef<P>;

/** The value of the policy's parameter `key`; unset, the decision answers NOT_CONFIGURED and names it. */
export function parameter<P extends string>(key: P): ParameterRef<P> {
  return { parameter: key };
}

export type Condition<M extends string = string, P extends string = string> =
  | { readonly op: 'any' | 'all'; readonly of: readonly Condition<M, P>[] }
  | { readonly op: 'not'; readonly of: Condition<M, P> }
  | { readonly op: 'atLeast' | 'above' | 'atMost' | 'below'; readonly metric: M; readonly bound: Operand<P> }
  | { readonly op: 'between'; readonly metric: M; readonly from: Operand<P>; readonly to: Operand<P> }
  | { readonly op: 'isOneOf'; readonly field: string; readonly values: readonly string[] }
  | { readonly op: 'consents' };

/** Holds when at least one of the conditions holds; every one that holds is named as a reason. */
export function any<M extends string = never, P extends string = never>(
  ...of: Condition<M, P>[]
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'any', of };
}

/** Holds when all of the conditions hold. */
export function all<M extends string = never, P extends string = never>(
  ...of: Condition<M, P>[]
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'all', of };
}

export function not<M extends string = never, P extends string = never>(
  of: Condition<M, P>,
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'not', of };
}

/** The figure is `bound` or more ("N or more" includes N). */
export function atLeast<M extends string, P extends string = never>(
  metric: M,
  bound: Operand<P>,
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'atLeast', metric, bound };
}

export function above<M extends string, P extends string = never>(
  metric: M,
  bound: Operand<P>,
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'above', metric, bound };
}

export function atMost<M extends string, P extends string = never>(
  metric: M,
  bound: Operand<P>,
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'atMost', metric, bound };
}

/** The figure is below `bound` ("below N" excludes N). */
export function below<M extends string, P extends string = never>(
  metric: M,
  bound: Operand<P>,
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'below', metric, bound };
}

/** The figure is `from` or more and below `to`. */
export function between<M extends string, P extends string = never>(
  metric: M,
  from: Operand<P>,
  to: Operand<P>,
): Condition<NoInfer<M>, NoInfer<P>> {
  return { op: 'between', metric, from, to };
}

/** The customer's profile field has one of the values. */
export function isOneOf(field: string, values: readonly string[]): Condition<never, never> {
  return { op: 'isOneOf', field, values };
}

/** The customer agreed to VIP service. */
export function consents(): Condition<never, never> {
  return { op: 'consents' };
}

/** How a scheme comes from facts to a tier. */
export type SchemeRule<T extends string = string, M extends string = string, P extends string = string> =
  | ConditionsRule<T, M, P>
  | BandsRule<T, M, P>
  | ScorecardRule<T, M, P>
  | MatrixRule<T, M, P>
  | AnnualListRule;

/** The first row, from the top tier down, whose condition holds gives the tier. */
export interface ConditionsRule<T extends string = string, M extends string = string, P extends string = string> {
  readonly by: 'CONDITIONS';
  readonly tiers: readonly { readonly tier: T; readonly when: Condition<M, P> }[];
}

export function conditions<T extends string = never, M extends string = never, P extends string = never>(
  tiers: readonly { readonly tier: T; readonly when: Condition<M, P> }[],
): ConditionsRule<NoInfer<T>, NoInfer<M>, NoInfer<P>> {
  return { by: 'CONDITIONS', tiers };
}

/** The highest band whose lower bound the metric reaches gives the tier; lower bounds are included. */
export interface BandsRule<T extends string = string, M extends string = string, P extends string = string> {
  readonly by: 'BANDS';
  readonly metric: M;
  readonly bands: readonly { readonly tier: T; readonly from: Operand<P> }[];
}

export function bands<T extends string = never, M extends string = never, P extends string = never>(
  metric: M,
  rows: readonly { readonly tier: T; readonly from: Operand<P> }[],
): BandsRule<NoInfer<T>, NoInfer<M>, NoInfer<P>> {
  return { by: 'BANDS', metric, bands: rows };
}

/** One line of a scorecard: scored by a metric through brackets, or by a person (a judgement with a basis). */
export interface ScorecardIndicator<M extends string = string, P extends string = string> {
  readonly key: string;
  readonly label: Text;
  /** Per cent; the weights of a scorecard sum to 100. */
  readonly weight: Operand<P>;
  readonly score:
    | { readonly judged: true }
    | { readonly metric: M; readonly brackets: readonly { readonly from: Operand<P>; readonly score: Operand<P> }[] };
}

/** The weighted sum of the scores, exact, falls into a band that gives a recommendation and, where it has one, a tier. */
export interface ScorecardRule<T extends string = string, M extends string = string, P extends string = string> {
  readonly by: 'SCORECARD';
  readonly indicators: readonly ScorecardIndicator<M, P>[];
  readonly bands: readonly {
    readonly from: Operand<P>;
    readonly result: AssessmentResult;
    readonly tier?: T;
  }[];
}

export function scorecard<T extends string = never, M extends string = never, P extends string = never>(
  rule: Omit<ScorecardRule<T, M, P>, 'by'>,
): ScorecardRule<NoInfer<T>, NoInfer<M>, NoInfer<P>> {
  return { by: 'SCORECARD', ...rule };
}

/** The tier stands where the profile field's value meets the metric's bracket. */
export interface MatrixRule<T extends string = string, M extends string = string, P extends string = string> {
  readonly by: 'MATRIX';
  readonly field: string;
  readonly metric: M;
  readonly rows: readonly {
    readonly value: string;
    readonly cells: readonly { readonly from: Operand<P>; readonly tier: T }[];
  }[];
}

export function matrix<T extends string = never, M extends string = never, P extends string = never>(
  rule: Omit<MatrixRule<T, M, P>, 'by'>,
): MatrixRule<NoInfer<T>, NoInfer<M>, NoInfer<P>> {
  return { by: 'MATRIX', ...rule };
}

/** The tier is what the list of the calendar year says; who is not on it has none. */
export interface AnnualListRule {
  readonly by: 'ANNUAL_LIST';
  /** Metrics that an assessment for the list must have. */
  readonly needs: readonly string[];
}

export function annualList(needs: readonly string[] = []): AnnualListRule {
  return { by: 'ANNUAL_LIST', needs };
}
