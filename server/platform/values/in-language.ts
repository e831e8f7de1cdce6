import { CHINESE_SENTENCES } from './chinese-sentences.ts';
import type { DomainError, InvalidInput, RefusalReason, Refused } from './errors.ts';
import type { Locale } from './text.ts';

// Errors are made in English, where the log reads them; what a reader hears of them is put into the reader's language here, once,
// for every transport. Codes and paths stay as they are.

const EXACT = new Map(CHINESE_SENTENCES.filter(([en]) => !en.includes('{}')));

/** The more of a sentence is fixed, the earlier it is tried. */
const PATTERNS = CHINESE_SENTENCES.filter(([en]) => en.includes('{}'))
  .toSorted(([a], [b]) => b.length - a.length)
  .map(([en, zh]) => ({ zh, pattern: patternOf(en) }));

function patternOf(en: string): RegExp {
  const parts = en.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('(.*?)')}$`, 's');
}

/** A sentence of the platform in the reader's language; one that has no Chinese stays as it is. */
export function inLanguage(en: string, locale: Locale): string {
  if (locale === 'EN') return en;
  const exact = EXACT.get(en);
  if (exact !== undefined) return exact;
  for (const { zh, pattern } of PATTERNS) {
    const facts = pattern.exec(en)?.slice(1);
    if (facts) return zh.replace(/\{\}/g, () => facts.shift() ?? '');
  }
  return en;
}

/** A reason in the reader's language: its own text, where a policy or the table of refusals gave one. */
export function reasonIn({ text, message }: RefusalReason, locale: Locale): string {
  return locale === 'ZH' ? (text?.zh ?? inLanguage(message, locale)) : message;
}

/** What an error says, in the reader's language. */
export function messageIn(error: DomainError, locale: Locale): string {
  if (locale === 'EN') return error.message;
  // By its fields: what a mutation answers with is a copy that has lost its class.
  const { reasons, issues } = error as Partial<Pick<Refused, 'reasons'> & Pick<InvalidInput, 'issues'>>;
  if (reasons) return reasons.map((reason) => reasonIn(reason, locale)).join('');
  if (issues) return issues.map(({ path, message }) => `${path} ${inLanguage(message, locale)}`).join('；');
  return inLanguage(error.message, locale);
}
