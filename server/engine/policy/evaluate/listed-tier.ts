import type { GradeAnswer, Indicator } from '../answers.ts';
import type { AnnualListRule } from '../vocabulary.ts';
import { decimalText, Exact } from './decimals.ts';
import { figureOf, type Grading, gradeAnswer } from './grading.ts';
import { cut, metricLabel } from './words.ts';

/**
 * Grades by the list of the calendar year: who is not on it has no tier, also who was on the last one. What an
 * assessment for the list needs, metrics or judgements, has to be there all the same.
 */
export function byAnnualList(grading: Grading, { needs }: AnnualListRule): GradeAnswer {
  const { facts, scheme } = grading;
  const year = Number(facts.today.slice(0, 4));
  const indicators = needs.map((key) => needed(grading, key));
  const missing = indicators.filter(({ met }) => met !== true).map(({ key }) => key);
  const listed = facts.listed?.year === year ? facts.listed.tier : null;
  const tier = missing.length > 0 ? null : listed;
  const label = listed === null ? null : (scheme.tiers[listed]?.label ?? { en: listed, zh: listed });
  const reasons = label
    ? [
        {
          code: 'LISTED',
          text: { en: `On the list of ${year} as ${label.en}.`, zh: `列入 ${year} 年名单：${label.zh}。` },
        },
      ]
    : [{ code: 'NOT_LISTED', text: { en: `Not on the list of ${year}.`, zh: `未列入 ${year} 年名单。` } }];
  return gradeAnswer(grading, { tier, indicators, reasons, missing }, []);
}

function needed({ policy, facts }: Grading, key: string): Indicator {
  const label = metricLabel(policy, key);
  const judgement = facts.judgements.find(({ indicator }) => indicator === key);
  if (judgement) {
    const basis = judgement.basis.trim() || '-';
    return {
      key,
      label,
      score: decimalText(new Exact(judgement.score)),
      basis: cut({ en: basis, zh: basis }),
      met: true,
    };
  }
  const figure = figureOf(facts, key);
  return {
    key,
    label,
    ...figure,
    basis: { en: 'Needed for the yearly list.', zh: '年度名单评定必备。' },
    met: figure.value !== null,
  };
}
