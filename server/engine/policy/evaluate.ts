import type { Text } from '../../platform/values/text.ts';
import type { GradeAnswer } from './answers.ts';
import { BlankParameters } from './errors.ts';
import { byBands, byMatrix } from './evaluate/bands.ts';
import { byConditions } from './evaluate/conditions.ts';
import type { Grading } from './evaluate/grading.ts';
import { byAnnualList } from './evaluate/listed-tier.ts';
import { parametersIn } from './evaluate/operands.ts';
import { byScorecard } from './evaluate/scorecard.ts';
import { cut, joined } from './evaluate/words.ts';

/**
 * The grade that a scheme's rule gives, with all that explains it. Pure: the same facts and parameters give the same
 * answer, in exact decimals.
 *
 * @throws {BlankParameters} the rule mentions parameters that nobody set; all of them are named, also those that this
 *   customer's figures would not have come to
 */
export function evaluate(grading: Grading): GradeAnswer {
  const { rule } = grading.scheme;
  const blank = parametersOf(rule).filter((key) => grading.parameters[key] === undefined);
  if (blank.length > 0) throw new BlankParameters(blank);
  switch (rule.by) {
    case 'CONDITIONS':
      return byConditions(grading, rule);
    case 'BANDS':
      return byBands(grading, rule);
    case 'SCORECARD':
      return byScorecard(grading, rule);
    case 'MATRIX':
      return byMatrix(grading, rule);
    case 'ANNUAL_LIST':
      return byAnnualList(grading, rule);
  }
}

const mentioned = new WeakMap<object, readonly string[]>();

/** The parameters that a rule mentions, looked for once. */
function parametersOf(rule: object): readonly string[] {
  const known = mentioned.get(rule) ?? parametersIn(rule);
  mentioned.set(rule, known);
  return known;
}

/** The answer's reason in one text: the tier, then why. */
export function becauseOf({ scheme }: Pick<Grading, 'scheme'>, { tier, reasons }: GradeAnswer): Text {
  const why = joined(
    reasons.map(({ text }) => text),
    { en: ' ', zh: '' },
  );
  if (tier === null) return cut(why);
  const { en, zh } = scheme.tiers[tier]?.label ?? { en: tier, zh: tier };
  return cut({ en: `${en}. ${why.en}`.trim(), zh: `${zh}。${why.zh}` });
}
