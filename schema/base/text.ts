import type { RequestContext } from '../../server/engine/services/services.ts';
import type { Locale, Text } from '../../server/platform/values/text.ts';
import { textIn } from '../../server/platform/values/text.ts';

/** A stored text; what is missing in one language is read in the other. */
export function readText(value: unknown): Text {
  const { en, zh } = (value ?? {}) as Partial<Text>;
  return { en: en ?? zh ?? '', zh: zh ?? en ?? '' };
}

/** A text in the locale of the argument, else of the request. */
export function localised(value: unknown, locale: Locale | null | undefined, context: RequestContext): string {
  return textIn(readText(value), locale ?? context.locale);
}
