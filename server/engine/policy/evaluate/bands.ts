import type { GradeAnswer, Indicator } from '../answers.ts';
import type { BandsRule, MatrixRule, Operand } from '../vocabulary.ts';
import { bracketOf, lowestOf } from './brackets.ts';
import { decimalText } from './decimals.ts';
import { askedText } from './describe.ts';
import {
  exactOf,
  type Found,
  figureOf,
  figureReason,
  type Gap,
  type Grading,
  gradeAnswer,
  reasonCode,
} from './grading.ts';
import { operandValue } from './operands.ts';
import { metricLabel } from './words.ts';

interface Band {
  readonly tier: string;
  readonly from: Operand;
}

/**
 * Grades by bands of one metric: the highest band whose lower bound the figure reaches.
 *
 * @throws {BlankParameters} a bound is not set
 */
export function byBands(grading: Grading, { metric, bands }: BandsRule): GradeAnswer {
  const found = inBands(grading, metric, bands);
  return gradeAnswer(
    grading,
    found,
    bands.map(({ tier }) => tier),
  );
}

/**
 * Grades by a matrix: the row of the profile field's value, in it the bracket of the figure. Both have to be known.
 *
 * @throws {BlankParameters} a bound is not set
 */
export function byMatrix(grading: Grading, { field, metric, rows }: MatrixRule): GradeAnswer {
  const value = grading.facts.customer.profile[field];
  const row = rows.find((one) => one.value === String(value));
  const category: Indicator = {
    key: field,
    label: { en: field, zh: field },
    basis: { en: `${field}: ${value ?? 'not filled in'}`, zh: `${field}：${value ?? '未填写'}` },
    met: row !== undefined,
  };
  if (!row) {
    const missing = value === undefined || value === null ? [field] : [];
    return gradeAnswer(grading, { tier: null, indicators: [category], reasons: [], missing }, []);
  }
  const found = inBands(grading, metric, row.cells);
  const text = { en: `${field} is ${row.value}.`, zh: `${field} 为 ${row.value}。` };
  const reasons = found.tier === null ? [] : [{ code: reasonCode(field), text }, ...found.reasons];
  return gradeAnswer(
    grading,
    { ...found, indicators: [category, ...found.indicators], reasons },
    row.cells.map(({ tier }) => tier),
  );
}

function inBands(grading: Grading, metric: string, bands: readonly Band[]): Found {
  const { policy, facts, parameters } = grading;
  const value = exactOf(facts, metric);
  const reached = value && bracketOf(value, bands, parameters);
  const shown = reached ?? lowestOf(bands, parameters);
  const asked = askedText(policy, { op: 'atLeast', metric, bound: shown?.from ?? 0 }, parameters);
  return {
    tier: reached?.tier ?? null,
    indicators: [
      {
        key: metric,
        label: metricLabel(policy, metric),
        ...figureOf(facts, metric),
        basis: asked,
        met: value ? reached !== undefined : null,
      },
    ],
    reasons: reached ? [figureReason(grading, metric, asked)] : [],
    missing: value ? [] : [metric],
    gaps: (tier): Gap[] => {
      const next = lowestOf(
        bands.filter((band) => band.tier === tier),
        parameters,
      );
      if (!next) return [];
      return [
        {
          metric,
          current: value ? decimalText(value) : null,
          needed: decimalText(operandValue(next.from, parameters)),
        },
      ];
    },
  };
}
