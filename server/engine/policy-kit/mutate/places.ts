import type { SourceFile } from '../../policy/reading/sources.ts';
import { closingOf, type Token, tokensOf } from './tokens.ts';

/** Where a changed rule stands in the sources; null where it cannot be told. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/**
 * Finds a rule by its words, from the outside in: `schemes`, `branch`, `'VIP'`, `'LOYALTY'`. A word that is not there (a
 * helper may have written it) leaves the place at the last one that is.
 */
export function placeOfWords(sources: readonly SourceFile[], words: readonly string[]): Place | null {
  const places = sources.map(({ name, text }) => ({ file: name, ...follow(tokensOf(text), words) }));
  const best = places.reduce<(typeof places)[number] | null>(
    (most, one) => (one.found > (most?.found ?? 0) ? one : most),
    null,
  );
  return best && { file: best.file, line: best.line };
}

function follow(tokens: readonly Token[], words: readonly string[]): { readonly line: number; readonly found: number } {
  let [from, to, line, found] = [0, tokens.length - 1, 0, 0];
  for (const word of words) {
    const at = tokens.findIndex(({ text }, index) => index >= from && index <= to && isWord(text, word));
    if (at < 0) continue;
    found += 1;
    line = tokens[at]?.line ?? line;
    from = at + 1;
    // `name: {` and `name = {`: what follows lies inside.
    if ([':', '='].includes(tokens[at + 1]?.text ?? '') && tokens[at + 2]?.text === '{') to = closingOf(tokens, at + 2);
  }
  return { line, found };
}

function isWord(text: string, word: string): boolean {
  return text === word || text === `'${word}'` || text === `"${word}"`;
}
