/** A small tokenizer of TypeScript and JavaScript: enough to change a rule without changing a text or a comment. */

export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'sign';
  readonly text: string;
  /** Offset in the text. */
  readonly at: number;
  readonly line: number;
}

/** Tried in turn at each place; the sticky flag holds them to it. */
const PATTERNS: readonly (readonly [Token['kind'] | 'skip', RegExp])[] = [
  ['skip', /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
  ['string', /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/y],
  ['number', /\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b/iy],
  ['word', /[\p{ID_Start}$_][\p{ID_Continue}$]*/uy],
  [
    'sign',
    /===|!==|=>|\.\.\.|\?\?=|\|\|=|&&=|\?\?|\?\.|&&|\|\||<=|>=|==|!=|\*\*|\+\+|--|[+\-*/%]=|[{}()[\];,<>+\-*/%&|^!~?:=.@#]/y,
  ],
];

/** A regular expression stands where a value may begin; elsewhere a slash divides. */
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const BEFORE_VALUE = /^(?:[({[,;=:?!&|+\-*%<>^~]|=>|&&|\|\||\?\?|===|!==|return|typeof|case)$/;

/**
 * The tokens of a text. A template is one token with all that is in it: what it computes is an explanation.
 *
 * @throws {RangeError} there is something that is no token; the message gives the line
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const [kind, piece] = pieceAt(text, at, tokens.at(-1)?.text ?? ';') ?? [];
    if (piece === undefined || kind === undefined)
      throw new RangeError(`line ${line}: ${JSON.stringify(text.slice(at, at + 20))} cannot be read`);
    if (kind !== 'skip') tokens.push({ kind, text: piece, at, line });
    line += piece.split('\n').length - 1;
    at += piece.length;
  }
  return tokens;
}

function pieceAt(text: string, at: number, before: string): readonly [Token['kind'] | 'skip', string] | undefined {
  if (text[at] === '`') return ['template', text.slice(at, endOfTemplate(text, at))];
  const isComment = text.startsWith('//', at) || text.startsWith('/*', at);
  if (text[at] === '/' && !isComment && BEFORE_VALUE.test(before)) {
    REGEX.lastIndex = at;
    const [regex] = REGEX.exec(text) ?? [];
    if (regex !== undefined) return ['regex', regex];
  }
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const [piece] = pattern.exec(text) ?? [];
    if (piece !== undefined && piece !== '') return [kind, piece];
  }
  return undefined;
}

function endOfTemplate(text: string, at: number): number {
  let depth = 0;
  for (let index = at + 1; index < text.length; index += 1) {
    const char = text[index];
    if (char === '\\') index += 1;
    else if (depth === 0 && char === '`') return index + 1;
    else if (char === '$' && text[index + 1] === '{') depth += 1;
    else if (char === '`') index = endOfTemplate(text, index) - 1;
    else if (depth > 0 && char === '}') depth -= 1;
  }
  return text.length;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The place of the token that closes the one at `open`; the last token where none does. */
export function closingOf(tokens: readonly Token[], open: number): number {
  const opening = tokens[open]?.text ?? '';
  const closing = CLOSING[opening];
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const { kind, text } = tokens[index] as Token;
    if (kind !== 'sign') continue;
    if (text === opening) depth += 1;
    if (text === closing) depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length - 1;
}
