/**
 * How customers are found by name: a query's runs of Han (Kana, Hangul) as substrings, its other words by prefix, all of them
 * without case, width and accents. What an index can hold of that are tokens; what the tokens leave open, the folded name says.
 */

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Scripts whose words no space sets apart. */
const RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]+/gu;
const DOTS = /[\u2022\u2027\u2219\u22c5\u2024\u30fb\u0387]/g;

/** The longest prefix that is a token; what a longer query says beyond it is looked for in the folded name. */
const LONGEST_PREFIX = 24;
/** The tokens of a name of 200 characters are fewer than this. */
const MOST_TOKENS = 800;

/** A text without what does not tell names apart: case, width, accents of Latin letters, kinds of dots and spaces. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFKC')
    .toLowerCase()
    .replace(DOTS, '\u00b7')
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What a customer is found by: columns that follow from the name. */
export function searchColumns(name: string): { readonly nameWords: string[]; readonly searchText: string } {
  const text = folded(name);
  return { nameWords: tokensOf(text), searchText: text };
}

/** Each prefix of each word, and each character and pair of a run. */
function tokensOf(text: string): string[] {
  const { runs, words } = partsOf(text);
  const tokens = new Set<string>();
  for (const word of words) {
    const characters = [...word].slice(0, LONGEST_PREFIX);
    for (let length = 1; length <= characters.length; length += 1) tokens.add(characters.slice(0, length).join(''));
  }
  for (const run of runs) for (const token of [...run, ...pairsOf(run)]) tokens.add(token);
  return [...tokens].slice(0, MOST_TOKENS);
}

function partsOf(text: string): { readonly runs: readonly string[]; readonly words: readonly string[] } {
  const all = text.match(WORD) ?? [];
  const runs = all.flatMap((word) => word.match(RUN) ?? []);
  const words = all.flatMap((word) => word.split(RUN).filter(Boolean));
  return { runs, words };
}

function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** What a name has to have in order to be found. */
export interface NameQuery {
  /** Among its tokens, all of them. */
  readonly tokens: readonly string[];
  /** Literally in its folded text, all of them: what the tokens alone do not say. */
  readonly parts: readonly string[];
}

/** What is asked of names by a query; null where it has neither letter nor digit, so that no name is meant. */
export function nameQuery(search: string): NameQuery | null {
  const terms = folded(search)
    .split(' ')
    .map((term) => term.replace(/[.,;:]+$/, ''))
    .filter(Boolean);
  const tokens = new Set<string>();
  const parts = new Set<string>();
  for (const term of terms) {
    const { runs, words } = partsOf(term);
    for (const word of words) {
      const characters = [...word];
      tokens.add(characters.slice(0, LONGEST_PREFIX).join(''));
      if (characters.length > LONGEST_PREFIX) parts.add(word);
    }
    for (const run of runs) {
      const pairs = pairsOf(run);
      for (const token of pairs.length > 0 ? pairs : [run]) tokens.add(token);
      if (pairs.length > 1) parts.add(run);
    }
    // A sign between letters is meant as it stands: A_1 is not A 1.
    if (runs.length + words.length !== 1 || [...(runs[0] ?? words[0] ?? '')].length !== [...term].length)
      parts.add(term);
  }
  return tokens.size > 0 ? { tokens: [...tokens].slice(0, 64), parts: [...parts].slice(0, 16) } : null;
}

/** A text as it stands within a pattern of LIKE. */
export function literal(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

/**
 * A customer's number as it is compared: `K1`, `k1` and `Ｋ1` are one number. The database fills its column alike
 * (migration 20261201020200), so only letters without accents are raised.
 */
export function numberKey(number: string): string {
  return number
    .normalize('NFKC')
    .trim()
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
