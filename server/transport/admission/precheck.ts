import type { Limits } from './limits.ts';

// The first look at an operation, before anything that costs: a walk over the characters of its document and over its
// variables, without a parser. What it refuses has cost less than a tenth of a millisecond.

type PrecheckLimits = Pick<
  Limits,
  'documentLength' | 'documentTokens' | 'aliases' | 'directives' | 'sameField' | 'nesting'
>;

/** What of an operation is looked at; anything may stand there yet. */
export interface Prechecked {
  readonly query?: unknown;
  readonly variables?: unknown;
}

/** In a sentence, why the operation is TOO_COSTLY; null where it may be read. */
export function precheck({ query, variables }: Prechecked, limits: PrecheckLimits): string | null {
  if (typeof query === 'string') {
    const why = precheckDocument(query, limits);
    if (why) return why;
  }
  return nestsDeeper(variables, limits.nesting) ? `The variables nest deeper than ${limits.nesting} levels.` : null;
}

const [QUOTE, HASH, BACKSLASH, NEWLINE, RETURN] = [0x22, 0x23, 0x5c, 0x0a, 0x0d];

/** Punctuators of GraphQL but the dots of a spread, which count as one. */
const PUNCTUATORS = new Set([...'!$&()[]{}:=@|'].map((one) => one.charCodeAt(0)));
const [OPEN_ROUND, CLOSE_ROUND, COLON, AT, DOT] = [...'():@.'].map((one) => one.charCodeAt(0));
const OPENING = new Set([...'([{'].map((one) => one.charCodeAt(0)));
const CLOSING = new Set([...')]}'].map((one) => one.charCodeAt(0)));

function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f
  );
}

function precheckDocument(text: string, limits: PrecheckLimits): string | null {
  if (text.length > limits.documentLength) return `The document is longer than ${limits.documentLength} characters.`;
  let [tokens, aliases, directives, depth, round] = [0, 0, 0, 0, 0];
  const names = new Map<string, number>();
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === HASH) {
      while (at < text.length && text.charCodeAt(at) !== NEWLINE && text.charCodeAt(at) !== RETURN) at++;
    } else if (code === QUOTE) {
      at = endOfString(text, at);
      tokens++;
    } else if (isWord(code)) {
      const start = at;
      while (at + 1 < text.length && isWord(text.charCodeAt(at + 1))) at++;
      tokens++;
      if (round === 0 && depth > 0) {
        const name = text.slice(start, at + 1);
        const count = (names.get(name) ?? 0) + 1;
        names.set(name, count);
        if (count > limits.sameField) return `The document has one name more than ${limits.sameField} times.`;
      }
    } else if (code === DOT) {
      at += 2;
      tokens++;
    } else if (PUNCTUATORS.has(code)) {
      tokens++;
      if (code === AT) directives++;
      else if (code === OPEN_ROUND) round++;
      else if (code === CLOSE_ROUND) round--;
      // Outside of arguments and of definitions of variables a colon makes an alias.
      else if (code === COLON && round === 0) aliases++;
      if (OPENING.has(code)) {
        if (++depth > limits.nesting) return `The document nests deeper than ${limits.nesting} levels.`;
      } else if (CLOSING.has(code)) {
        depth--;
      }
    }
    if (tokens > limits.documentTokens) return `The document has more than ${limits.documentTokens} tokens.`;
    if (aliases > limits.aliases) return `The document has more than ${limits.aliases} aliases.`;
    if (directives > limits.directives) return `The document has more than ${limits.directives} directives.`;
  }
  return null;
}

/** The place of a string's last quote; of the last character where it has no end. */
function endOfString(text: string, start: number): number {
  if (text.startsWith('"""', start)) {
    let end = text.indexOf('"""', start + 3);
    while (end > 0 && text.charCodeAt(end - 1) === BACKSLASH) end = text.indexOf('"""', end + 3);
    return end < 0 ? text.length : end + 2;
  }
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE || code === NEWLINE) return at;
  }
  return text.length;
}

/** Level by level, so that no input is too deep to be looked at. */
function nestsDeeper(value: unknown, levels: number): boolean {
  let present: unknown[] = [value];
  for (let level = 0; present.length > 0; level++) {
    const next: unknown[] = [];
    for (const one of present) {
      if (typeof one !== 'object' || one === null) continue;
      if (level >= levels) return true;
      for (const part of Array.isArray(one) ? one : Object.values(one)) if (typeof part === 'object') next.push(part);
    }
    present = next;
  }
  return false;
}
