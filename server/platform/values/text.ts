/** The locales that every text of a policy is written in. */
export type Locale = 'EN' | 'ZH';

/** A text in both languages; a policy's labels and reasons are never in one alone. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** The text in the reader's language. */
export function textIn(text: Text, locale: Locale): string {
  return locale === 'ZH' ? text.zh : text.en;
}
