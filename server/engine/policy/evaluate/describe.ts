import type { Text } from '../../../platform/values/text.ts';
import type { Policy } from '../contract.ts';
import type { Operand } from '../vocabulary.ts';
import { decimalText } from './decimals.ts';
import { isParameter, type Parameters, resolved } from './operands.ts';
import { isGroup, type Plain, type PlainLeaf } from './plain.ts';
import { amountText, joined, metricLabel } from './words.ts';

/** A number of a rule in words; a blank parameter says that it is. */
export function operandText(operand: Operand, unit: string, parameters: Parameters): Text {
  const value = resolved(operand, parameters);
  if (value) return amountText(decimalText(value), unit);
  const key = isParameter(operand) ? operand.parameter : '';
  return { en: `(${key}: not set)`, zh: `（${key}：未设定）` };
}

/** The last text of each leaf: a run asks again and again under the same parameters. */
const asked = new WeakMap<
  PlainLeaf,
  { readonly policy: Policy; readonly parameters: Parameters; readonly text: Text }
>();

/** What is asked of a figure, without its name: `at least 50,000 CNY`, `50,000 元（含）以上`. */
export function askedText(policy: Policy, leaf: PlainLeaf, parameters: Parameters): Text {
  const known = asked.get(leaf);
  if (known?.policy === policy && known.parameters === parameters) return known.text;
  const text = wordsFor(policy, leaf, parameters);
  asked.set(leaf, { policy, parameters, text });
  return text;
}

function wordsFor(policy: Policy, leaf: PlainLeaf, parameters: Parameters): Text {
  const number = (operand: Operand, metric: string) =>
    operandText(operand, policy.metrics?.[metric]?.unit ?? '', parameters);
  switch (leaf.op) {
    case 'between': {
      const [from, to] = [number(leaf.from, leaf.metric), number(leaf.to, leaf.metric)];
      return { en: `from ${from.en} to below ${to.en}`, zh: `${from.zh}（含）至 ${to.zh}（不含）` };
    }
    case 'isOneOf':
      return { en: `one of ${leaf.values.join(', ')}`, zh: `${leaf.values.join('、')} 之一` };
    case 'isNoneOf':
      return { en: `none of ${leaf.values.join(', ')}`, zh: `不是 ${leaf.values.join('、')}` };
    case 'consents':
      return { en: 'the customer agrees to VIP service', zh: '客户同意接受贵宾服务' };
    case 'declines':
      return { en: 'the customer does not agree to VIP service', zh: '客户不同意接受贵宾服务' };
    default: {
      const bound = number(leaf.bound, leaf.metric);
      const words: Readonly<Record<typeof leaf.op, Text>> = {
        atLeast: { en: `at least ${bound.en}`, zh: `${bound.zh}（含）以上` },
        above: { en: `above ${bound.en}`, zh: `${bound.zh}（不含）以上` },
        atMost: { en: `at most ${bound.en}`, zh: `不超过 ${bound.zh}` },
        below: { en: `below ${bound.en}`, zh: `低于 ${bound.zh}` },
      };
      return words[leaf.op];
    }
  }
}

/** A condition as a sentence's part: `deposits at least 50,000 CNY or time deposits at least 100,000 CNY`. */
export function conditionText(policy: Policy, condition: Plain, parameters: Parameters, isInside = false): Text {
  if (isGroup(condition)) {
    const parts = condition.of.map((part) => conditionText(policy, part, parameters, condition.of.length > 1));
    if (parts.length === 0) return condition.op === 'any' ? { en: 'never', zh: '从不' } : { en: 'always', zh: '始终' };
    const text = joined(parts, condition.op === 'any' ? { en: ' or ', zh: '，或 ' } : { en: ' and ', zh: '，且 ' });
    return isInside && parts.length > 1 ? { en: `(${text.en})`, zh: `（${text.zh}）` } : text;
  }
  const words = askedText(policy, condition, parameters);
  if ('field' in condition) return { en: `${condition.field} is ${words.en}`, zh: `${condition.field} 为 ${words.zh}` };
  if (!('metric' in condition)) return words;
  const label = metricLabel(policy, condition.metric);
  return { en: `${label.en} ${words.en}`, zh: `${label.zh} ${words.zh}` };
}
