import type { GradeAnswer, Indicator } from '../answers.ts';
import type { ScorecardIndicator, ScorecardRule } from '../vocabulary.ts';
import { bracketOf, lowestOf } from './brackets.ts';
import { decimalText, Exact } from './decimals.ts';
import { operandText } from './describe.ts';
import { exactOf, figureOf, type Grading, gradeAnswer } from './grading.ts';
import { operandValue } from './operands.ts';
import { cut } from './words.ts';

/** The key under which a gap names the total. */
const TOTAL = 'TOTAL';

const RESULTS = {
  IMPROVE: { en: 'improve the relationship', zh: '改进关系' },
  MAINTAIN: { en: 'maintain the relationship', zh: '维持关系' },
  TERMINATE: { en: 'terminate the relationship', zh: '终止关系' },
} as const;

/**
 * Grades by a scorecard: the exact weighted sum of the scores (80×40 % + 60×35 % + 90×25 % is 75.5) falls into a band,
 * which gives a recommendation and, where it has one, a tier. Every indicator is needed.
 *
 * @throws {BlankParameters} a weight, bracket or band is not set
 * @throws {RangeError} the weights do not sum to 100
 */
export function byScorecard(grading: Grading, rule: ScorecardRule): GradeAnswer {
  const { parameters } = grading;
  const lines = rule.indicators.map((indicator) => lineOf(grading, indicator));
  const weights = lines.reduce((sum, { weight }) => sum.plus(weight), new Exact(0));
  if (!weights.eq(100)) throw new RangeError(`the weights sum to ${weights.toFixed()}, not 100`);
  const missing = lines.flatMap(({ lacks }) => lacks ?? []);
  const indicators = lines.map(({ indicator }) => indicator);
  if (missing.length > 0) return gradeAnswer(grading, { tier: null, indicators, reasons: [], missing }, []);

  const total = lines.reduce((sum, { weighted }) => sum.plus(weighted ?? 0), new Exact(0));
  const band = bracketOf(total, rule.bands, parameters);
  const from = band && decimalText(operandValue(band.from, parameters));
  const reasons = band
    ? [
        {
          code: band.result,
          text: {
            en: `The total of ${decimalText(total)} is in the band from ${from}: ${RESULTS[band.result].en}.`,
            zh: `总分 ${decimalText(total)}，达到 ${from} 分档：${RESULTS[band.result].zh}。`,
          },
        },
      ]
    : [];
  const tiers = rule.bands.flatMap(({ tier }) => tier ?? []);
  const gaps = (tier: string) => {
    const next = lowestOf(
      rule.bands.filter((one) => one.tier === tier),
      parameters,
    );
    return next
      ? [{ metric: TOTAL, current: decimalText(total), needed: decimalText(operandValue(next.from, parameters)) }]
      : [];
  };
  return gradeAnswer(
    grading,
    {
      tier: band?.tier ?? null,
      indicators,
      reasons,
      missing,
      total: decimalText(total),
      result: band?.result ?? null,
      gaps,
    },
    tiers,
  );
}

interface Line {
  readonly indicator: Indicator;
  readonly weight: Exact;
  readonly weighted?: Exact;
  /** The metric or judgement without which it has no score. */
  readonly lacks?: string;
}

function lineOf(grading: Grading, { key, label, weight: operand, score: by }: ScorecardIndicator): Line {
  const { facts, policy, parameters } = grading;
  const weight = operandValue(operand, parameters);
  const common = { key, label, weight: decimalText(weight) };
  const scored = (score: Exact) => {
    const weighted = score.times(weight).div(100);
    return { weighted, shown: { score: decimalText(score), weightedScore: decimalText(weighted) } };
  };
  if ('judged' in by) {
    const judgement = facts.judgements.find(({ indicator }) => indicator === key);
    if (!judgement) {
      return {
        indicator: { ...common, basis: { en: 'Judged by a person; not yet.', zh: '由人工评分，尚未评分。' } },
        weight,
        lacks: key,
      };
    }
    const { weighted, shown } = scored(new Exact(judgement.score));
    const basis = judgement.basis.trim() || '-';
    return { indicator: { ...common, ...shown, basis: cut({ en: basis, zh: basis }) }, weight, weighted };
  }
  const value = exactOf(facts, by.metric);
  const figure = figureOf(facts, by.metric);
  if (!value) {
    return {
      indicator: { ...common, ...figure, basis: { en: 'No figure.', zh: '无数据。' } },
      weight,
      lacks: by.metric,
    };
  }
  const bracket = bracketOf(value, by.brackets, parameters);
  // Below the lowest bracket there is nothing to score.
  const { weighted, shown } = scored(bracket ? operandValue(bracket.score, parameters) : new Exact(0));
  const unit = policy.metrics?.[by.metric]?.unit ?? '';
  const from = bracket && operandText(bracket.from, unit, parameters);
  const basis = from
    ? { en: `${from.en} or more scores ${shown.score}`, zh: `${from.zh}（含）以上得 ${shown.score} 分` }
    : { en: 'Below the lowest bracket scores 0', zh: '低于最低档，得 0 分' };
  return { indicator: { ...common, ...figure, ...shown, basis }, weight, weighted };
}
