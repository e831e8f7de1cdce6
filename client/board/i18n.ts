import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { CODES, WORDS } from './words.ts';

export type Language = 'en' | 'zh';

const KEY = 'tierline.language';

/** The language that was chosen here, else the browser's. */
export function presentLanguage(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'en' || chosen === 'zh') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
}

export const LanguageContext = createContext<Language>('en');

export interface Says {
  readonly language: Language;
  t(word: keyof typeof WORDS, values?: Readonly<Record<string, string | number>>): string;
  /** The word of an enumeration's value. */
  code(value: string): string;
  time(iso: string): string;
  date(iso: string): string;
  instant(iso: string): string;
}

export function saysIn(language: Language): Says {
  const at = language === 'zh' ? 1 : 0;
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(locale, options);
    return (iso: string) => formatter.format(new Date(iso));
  };
  return {
    language,
    t: (word, values = {}) => WORDS[word][at].replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? '')),
    code: (value) => CODES[value]?.[at] ?? value,
    time: format({ hour: '2-digit', minute: '2-digit' }),
    date: format({ year: 'numeric', month: 'short', day: 'numeric' }),
    instant: format({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }),
  };
}

const SAYS = { en: saysIn('en'), zh: saysIn('zh') } as const;

export function useWords(): Says {
  return SAYS[useContext(LanguageContext)];
}
