import { Decimal } from 'decimal.js';
import type { Policy } from '../../engine/policy/contract.ts';
import type { Judgement } from '../../engine/policy/facts.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import type { Scheme } from './schemes.ts';

/** Scores are of a hundred, as the weights are: 80 of 40 %, 60 of 35 % and 90 of 25 % make 75.5. */
const HIGHEST = 100;

/** What people score in a scheme; null where the plugin grades by a function of its own, which may read anything. */
function judged(
  { answers }: Pick<Policy, 'answers'>,
  { rule, metrics = [] }: Pick<Scheme, 'rule' | 'metrics'>,
): readonly string[] | null {
  if (answers?.grade) return null;
  switch (rule.by) {
    case 'SCORECARD':
      // The form shows the scheme's figures beside them; what is said of those counts for nothing.
      return [...rule.indicators.flatMap(({ key, score }) => ('judged' in score ? [key] : [])), ...metrics];
    case 'ANNUAL_LIST':
      return rule.needs;
    default:
      return [];
  }
}

/**
 * Each judgement is of an indicator that people score in this scheme, once, on the scale, and with its basis.
 *
 * @throws {InvalidInput} one is not
 */
export function checkJudgements(
  policy: Pick<Policy, 'answers'>,
  scheme: Pick<Scheme, 'id' | 'rule' | 'metrics'>,
  judgements: readonly Judgement[],
): void {
  const known = judged(policy, scheme);
  const seen = new Set<string>();
  const issues: Issue[] = [];
  for (const [index, { indicator, score, basis }] of judgements.entries()) {
    const say = (field: string, message: string) =>
      issues.push({ path: `input.judgements[${index}].${field}`, message });
    const value = new Decimal(score);
    if (basis.trim() === '') say('basis', 'is empty: a score has a basis');
    else if (known && !known.includes(indicator))
      say('indicator', `is none that people score in ${scheme.id}: ${known.join(', ') || '(there are none)'}`);
    else if (seen.has(indicator)) say('indicator', 'is scored above already');
    else if (value.lt(0) || value.gt(HIGHEST)) say('score', `is not between 0 and ${HIGHEST}`);
    seen.add(indicator);
  }
  if (issues.length > 0) throw new InvalidInput(issues);
}
