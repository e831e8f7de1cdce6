import type { AssessmentResult } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import type { SchemeDeclaration } from './contract.ts';
import { conditionText, operandText } from './evaluate/describe.ts';
import { plain } from './evaluate/plain.ts';
import { joined, metricLabel } from './evaluate/words.ts';
import type { InstalledPolicy } from './policies.ts';
import type { Operand } from './vocabulary.ts';

const RESULTS: Readonly<Record<AssessmentResult, Text>> = {
  IMPROVE: { en: 'improve the relationship', zh: '改进关系' },
  MAINTAIN: { en: 'maintain the relationship', zh: '维持关系' },
  TERMINATE: { en: 'terminate the relationship', zh: '终止关系' },
};

/**
 * A scheme's rule in words, a line for each tier, band or indicator, with the parameters in force; a blank one says that
 * it is not set.
 *
 * @throws {RangeError} the policy has no such scheme
 */
export function rulesText(policy: InstalledPolicy, schemeId: string): Text {
  const scheme = policy.declaration.schemes?.[schemeId];
  if (!scheme) throw new RangeError(`${policy.declaration.id} has no scheme ${schemeId}`);
  return joined([...ruleLines(policy, scheme), ...commonLines(scheme)], { en: '\n', zh: '\n' });
}

function ruleLines({ declaration, parameters }: InstalledPolicy, { rule, tiers }: SchemeDeclaration): Text[] {
  const tierLabel = (tier: string): Text => tiers[tier]?.label ?? { en: tier, zh: tier };
  const unitOf = (metric: string) => declaration.metrics?.[metric]?.unit ?? '';
  const number = (operand: Operand, unit = '') => operandText(operand, unit, parameters);
  const from = (operand: Operand, unit: string): Text => {
    const { en, zh } = number(operand, unit);
    return { en: `from ${en}`, zh: `${zh}（含）起` };
  };
  switch (rule.by) {
    case 'CONDITIONS':
      return rule.tiers.map(({ tier, when }) =>
        line(tierLabel(tier), conditionText(declaration, plain(when), parameters)),
      );
    case 'BANDS': {
      const label = metricLabel(declaration, rule.metric);
      return rule.bands.map((band) => {
        const bound = from(band.from, unitOf(rule.metric));
        return line(tierLabel(band.tier), { en: `${label.en} ${bound.en}`, zh: `${label.zh} ${bound.zh}` });
      });
    }
    case 'MATRIX': {
      const label = metricLabel(declaration, rule.metric);
      return rule.rows.map(({ value, cells }) => {
        const parts = cells.map((cell) => between(tierLabel(cell.tier), from(cell.from, unitOf(rule.metric))));
        return line(
          { en: `${rule.field} ${value}, by ${label.en}`, zh: `${rule.field} 为 ${value}，按${label.zh}` },
          joined(parts, { en: '; ', zh: '；' }),
        );
      });
    }
    case 'SCORECARD':
      return [
        ...rule.indicators.map(({ label, weight, score }) => {
          const share = number(weight);
          const head = { en: `${label.en} (weight ${share.en} %)`, zh: `${label.zh}（权重 ${share.zh}%）` };
          if ('judged' in score)
            return line(head, { en: 'scored by a person, with a basis', zh: '人工评分并注明依据' });
          const parts = score.brackets.map((bracket) =>
            between(from(bracket.from, unitOf(score.metric)), {
              en: `scores ${number(bracket.score).en}`,
              zh: `得 ${number(bracket.score).zh} 分`,
            }),
          );
          const metric = metricLabel(declaration, score.metric);
          const steps = joined(parts, { en: ', ', zh: '，' });
          return line(head, { en: `${metric.en} ${steps.en}`, zh: `${metric.zh}${steps.zh}` });
        }),
        ...rule.bands.map((band) => {
          const bound = from(band.from, '');
          const result = RESULTS[band.result];
          const tier = band.tier === undefined ? null : tierLabel(band.tier);
          return line(
            { en: `Total ${bound.en}`, zh: `总分 ${bound.zh}` },
            { en: result.en + (tier ? `, ${tier.en}` : ''), zh: result.zh + (tier ? `，${tier.zh}` : '') },
          );
        }),
      ];
    case 'ANNUAL_LIST': {
      const needs = joined(
        rule.needs.map((key) => metricLabel(declaration, key)),
        { en: ', ', zh: '、' },
      );
      const list = {
        en: 'By the list of the calendar year; who is not on it has no tier.',
        zh: '按当年名单确定；未列入名单者无等级。',
      };
      if (rule.needs.length === 0) return [list];
      return [list, { en: `An assessment for the list needs ${needs.en}.`, zh: `名单评定须具备：${needs.zh}。` }];
    }
  }
}

/** What holds for every kind of rule. */
function commonLines({ needsConsent, reviewMonths }: SchemeDeclaration): Text[] {
  return [
    ...(needsConsent
      ? [
          {
            en: 'A tier comes into force only if the customer agrees to VIP service.',
            zh: '须经客户同意接受贵宾服务，等级方可生效。',
          },
        ]
      : []),
    ...(reviewMonths
      ? [{ en: `Reviewed every ${reviewMonths} months.`, zh: `每 ${reviewMonths} 个月复核一次。` }]
      : []),
  ];
}

function line(head: Text, body: Text): Text {
  return { en: `${head.en}: ${body.en}`, zh: `${head.zh}：${body.zh}` };
}

function between(a: Text, b: Text): Text {
  return { en: `${a.en} ${b.en}`, zh: `${a.zh} ${b.zh}` };
}
