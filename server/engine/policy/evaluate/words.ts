import type { Text } from '../../../platform/values/text.ts';
import type { Policy } from '../contract.ts';

/** Units that read differently in the two languages; another unit stands behind the number as it is. */
const UNITS: Readonly<Record<string, Text>> = {
  CNY: { en: ' CNY', zh: ' 元' },
  percent: { en: ' %', zh: '%' },
  count: { en: '', zh: '' },
  points: { en: ' points', zh: ' 分' },
  years: { en: ' years', zh: ' 岁' },
  months: { en: ' months', zh: ' 个月' },
  days: { en: ' days', zh: ' 天' },
};

/**
 * A number with its unit, the thousands set apart: `60,000 CNY`, `60,000 元`.
 *
 * @param value an exact decimal
 */
export function amountText(value: string, unit: string): Text {
  const [whole = '', fraction] = value.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  const word = UNITS[unit] ?? { en: unit && ` ${unit}`, zh: unit && ` ${unit}` };
  return { en: grouped + word.en, zh: grouped + word.zh };
}

/** The metric's label; its key where the policy declares no such metric. */
export function metricLabel(policy: Policy, key: string): Text {
  return policy.metrics?.[key]?.label ?? { en: key, zh: key };
}

export function joined(texts: readonly Text[], by: Text): Text {
  return { en: texts.map(({ en }) => en).join(by.en), zh: texts.map(({ zh }) => zh).join(by.zh) };
}

/** The text no longer than an answer may have it. */
export function cut({ en, zh }: Text, length = 2000): Text {
  const short = (text: string) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
  return { en: short(en), zh: short(zh) };
}
