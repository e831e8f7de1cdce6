import type { AssessmentResult } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import type { SchemeDeclaration } from './contract.ts';
import { conditionText, operandText } from './evaluate/describe.ts';
import { plain } from './evaluate/plain.ts';
import { joined, metricLabel } from './evaluate/words.ts';
import type { InstalledPolicy } from './policies.ts';
import type { Operand, SchemeRule } from './vocabulary.ts';

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

type RuleOf<By extends SchemeRule['by']> = Extract<SchemeRule, { readonly by: By }>;

/** What the lines of a rule are told with: its policy's words for tiers, metrics and numbers. */
interface Words {
  readonly declaration: InstalledPolicy['declaration'];
  readonly parameters: InstalledPolicy['parameters'];
  tier(code: string): Text;
  metric(key: string): Text;
  number(operand: Operand, unit?: string): Text;
  /** "from 5 CNY", in the metric's unit. */
  from(operand: Operand, metric?: string): Text;
}

function ruleLines({ declaration, parameters }: InstalledPolicy, { rule, tiers }: SchemeDeclaration): Text[] {
  const number = (operand: Operand, unit = '') => operandText(operand, unit, parameters);
  const words: Words = {
    declaration,
    parameters,
    tier: (code) => tiers[code]?.label ?? { en: code, zh: code },
    metric: (key) => metricLabel(declaration, key),
    number,
    from: (operand, metric) => {
      const { en, zh } = number(operand, metric === undefined ? '' : (declaration.metrics?.[metric]?.unit ?? ''));
      return { en: `from ${en}`, zh: `${zh}（含）起` };
    },
  };
  switch (rule.by) {
    case 'CONDITIONS':
      return rule.tiers.map(({ tier, when }) =>
        line(words.tier(tier), conditionText(declaration, plain(when), parameters)),
      );
    case 'BANDS':
      return bandLines(rule, words);
    case 'MATRIX':
      return matrixLines(rule, words);
    case 'SCORECARD':
      return [...indicatorLines(rule, words), ...totalLines(rule, words)];
    case 'ANNUAL_LIST':
      return listLines(rule, words);
  }
}

function bandLines({ metric, bands }: RuleOf<'BANDS'>, words: Words): Text[] {
  const label = words.metric(metric);
  return bands.map((band) => {
    const bound = words.from(band.from, metric);
    return line(words.tier(band.tier), { en: `${label.en} ${bound.en}`, zh: `${label.zh} ${bound.zh}` });
  });
}

function matrixLines({ metric, field, rows }: RuleOf<'MATRIX'>, words: Words): Text[] {
  const label = words.metric(metric);
  return rows.map(({ value, cells }) => {
    const parts = cells.map((cell) => between(words.tier(cell.tier), words.from(cell.from, metric)));
    return line(
      { en: `${field} ${value}, by ${label.en}`, zh: `${field} 为 ${value}，按${label.zh}` },
      joined(parts, { en: '; ', zh: '；' }),
    );
  });
}

function indicatorLines({ indicators }: RuleOf<'SCORECARD'>, words: Words): Text[] {
  return indicators.map(({ label, weight, score }) => {
    const share = words.number(weight);
    const head = { en: `${label.en} (weight ${share.en} %)`, zh: `${label.zh}（权重 ${share.zh}%）` };
    if ('judged' in score) return line(head, { en: 'scored by a person, with a basis', zh: '人工评分并注明依据' });
    const parts = score.brackets.map((bracket) =>
      between(words.from(bracket.from, score.metric), {
        en: `scores ${words.number(bracket.score).en}`,
        zh: `得 ${words.number(bracket.score).zh} 分`,
      }),
    );
    const metric = words.metric(score.metric);
    const steps = joined(parts, { en: ', ', zh: '，' });
    return line(head, { en: `${metric.en} ${steps.en}`, zh: `${metric.zh}${steps.zh}` });
  });
}

function totalLines({ bands }: RuleOf<'SCORECARD'>, words: Words): Text[] {
  return bands.map((band) => {
    const bound = words.from(band.from);
    const result = RESULTS[band.result];
    const tier = band.tier === undefined ? null : words.tier(band.tier);
    return line(
      { en: `Total ${bound.en}`, zh: `总分 ${bound.zh}` },
      { en: result.en + (tier ? `, ${tier.en}` : ''), zh: result.zh + (tier ? `，${tier.zh}` : '') },
    );
  });
}

function listLines({ needs }: RuleOf<'ANNUAL_LIST'>, words: Words): Text[] {
  const list = {
    en: 'By the list of the calendar year; who is not on it has no tier.',
    zh: '按当年名单确定；未列入名单者无等级。',
  };
  if (needs.length === 0) return [list];
  const metrics = joined(needs.map(words.metric), { en: ', ', zh: '、' });
  return [list, { en: `An assessment for the list needs ${metrics.en}.`, zh: `名单评定须具备：${metrics.zh}。` }];
}

/** What holds for every kind of rule. */
function commonLines({ needsConsent, needsRealName, reviewMonths }: SchemeDeclaration): Text[] {
  return [
    ...(needsConsent
      ? [
          {
            en: 'A tier comes into force only if the customer agrees to VIP service.',
            zh: '须经客户同意接受贵宾服务，等级方可生效。',
          },
        ]
      : []),
    ...(needsRealName
      ? [
          {
            en: "A tier is given only once the customer's real name is verified.",
            zh: '须完成实名核验，方可授予等级。',
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
