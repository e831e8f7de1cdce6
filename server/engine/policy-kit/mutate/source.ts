import {
  ALERT_SEVERITIES,
  CHANNELS,
  CLOCK_METRICS,
  CLOCK_STARTS,
  DAY_COUNTS,
  PURPOSES,
  ROLES,
  STEP_PLACES,
} from '../../../platform/values/enums.ts';
import type { SourceFile } from '../../policy/reading/sources.ts';
import { closingOf, type Token, tokensOf } from './tokens.ts';

/** A text with one thing changed. */
export interface SourceMutant {
  readonly file: string;
  readonly line: number;
  readonly change: string;
  readonly text: string;
}

/** What is declared is changed as data (rules.ts, declarations.ts); texts and profile fields are no rules. */
const DECLARED: readonly string[] = [
  'schemes',
  'parameters',
  'metrics',
  'benefits',
  'ticketTypes',
  'profiles',
  'sensitive',
  'calendars',
  'label',
  'labels',
  'description',
  'title',
  'because',
  'text',
];

const SIGNS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '-': '+',
  '+': '-',
  '*': '/',
  '/': '*',
};

/** Comparisons of exact decimals. */
const METHODS: Readonly<Record<string, string>> = { lt: 'lte', lte: 'lt', gt: 'gte', gte: 'gt', eq: 'gte' };

/** Codes of answers, each beside one of its own kind. */
const CODES: readonly (readonly string[])[] = [
  ROLES,
  STEP_PLACES,
  CLOCK_METRICS,
  CLOCK_STARTS,
  DAY_COUNTS,
  CHANNELS,
  PURPOSES,
  ALERT_SEVERITIES,
];

/** Milliseconds in a second, minute, hour and day: one more of them changes nothing that a day or a minute shows. */
const UNITS: readonly number[] = [1_000, 60_000, 3_600_000, 86_400_000];

/** Every small change of a plugin's functions, in the order in which they stand. */
export function sourceMutants({ name, text }: SourceFile): SourceMutant[] {
  const tokens = tokensOf(text);
  const isRule = rulesIn(tokens);
  return tokens.flatMap((token, index) => {
    if (!isRule[index]) return [];
    return changesAt(tokens, index).map(({ from, to, at = token.at, change }) => ({
      file: name,
      line: token.line,
      change: change ?? `${from} becomes ${to}`,
      text: text.slice(0, at) + to + text.slice(at + from.length),
    }));
  });
}

interface TextChange {
  readonly from: string;
  readonly to: string;
  readonly at?: number;
  readonly change?: string;
}

function changesAt(tokens: readonly Token[], index: number): TextChange[] {
  const { kind, text, at } = tokens[index] as Token;
  const [before, next] = [tokens[index - 1], tokens[index + 1]];
  switch (kind) {
    case 'number': {
      const value = Number(text.replaceAll('_', ''));
      return [{ from: text, to: String(UNITS.includes(value) ? value * 2 : value + 1) }];
    }
    case 'string': {
      const code = text.slice(1, -1);
      const kin = CODES.find((codes) => codes.includes(code));
      if (/^\d+(\.\d+)?$/.test(code)) return [{ from: text, to: `'${Number(code) + 1}'` }];
      const other = kin?.[(kin.indexOf(code) + 1) % kin.length];
      return other === undefined ? [] : [{ from: text, to: `'${other}'` }];
    }
    case 'word': {
      if (text === 'true' || text === 'false') return [{ from: text, to: text === 'true' ? 'false' : 'true' }];
      if (text === 'if' && next?.text === '(') return [neverHolds(tokens, index + 1)];
      const method = METHODS[text];
      return method !== undefined && before?.text === '.' && next?.text === '(' ? [{ from: text, to: method }] : [];
    }
    case 'sign': {
      // After a value it is TypeScript's: the value is there.
      if (text === '!' && before && (before.kind === 'sign' ? !')]'.includes(before.text) : before.text === 'return'))
        return [{ from: '!', to: '', change: `! before ${next?.text} is dropped` }];
      const other = SIGNS[text];
      // Between spaces it is an operator; a generic or a sign of a number has none before or after it.
      const isSpaced = before && next && before.at + before.text.length < at && at + text.length < next.at;
      return other !== undefined && isSpaced ? [{ from: text, to: other }] : [];
    }
    default:
      return [];
  }
}

/** The condition of an `if` that never holds: an early return is lost. */
function neverHolds(tokens: readonly Token[], open: number): TextChange {
  const [first, last] = [tokens[open] as Token, tokens[closingOf(tokens, open)] as Token];
  const inside = tokens.slice(open + 1, closingOf(tokens, open));
  const words = inside.map(({ text }) => text).join(' ');
  // All of the condition goes, so the length counts and not what stands there.
  const from = ' '.repeat(last.at + 1 - first.at);
  return { from, to: '(false)', at: first.at, change: `if (${words.slice(0, 60)}) never holds` };
}

/** Which tokens are part of a rule: not of imports, types, schemas of fields, or what is declared. */
function rulesIn(tokens: readonly Token[]): boolean[] {
  const isRule = tokens.map(() => true);
  const leave = (from: number, to: number) => isRule.fill(false, from, to + 1);
  for (let index = 0; index < tokens.length; index += 1) {
    const [token, next, after] = [tokens[index], tokens[index + 1], tokens[index + 2]];
    if (!token || !isRule[index]) continue;
    const isStatement = token.text === 'export' ? next : token;
    if (
      token.kind === 'word' &&
      ['import', 'type', 'interface'].includes(isStatement?.text ?? '') &&
      startsLine(tokens, index)
    )
      leave(index, endOfStatement(tokens, index));
    else if (token.text === 'const' && declaresFields(tokens, index)) leave(index, endOfStatement(tokens, index));
    else if (token.kind === 'word' && DECLARED.includes(token.text) && (next?.text === ':' || next?.text === '=')) {
      if (after && '{['.includes(after.text)) leave(index, closingOf(tokens, index + 2));
    }
  }
  return isRule;
}

function startsLine(tokens: readonly Token[], index: number): boolean {
  return index === 0 || tokens[index - 1]?.line !== tokens[index]?.line;
}

/** A constant that is a zod schema, or makes one: what it checks are fields, and the golden question `profile` asks it. */
function declaresFields(tokens: readonly Token[], index: number): boolean {
  const body = tokens.slice(index, endOfStatement(tokens, index));
  return body.some(({ text }, place) => (text === 'z' && body[place + 1]?.text === '.') || text === 'decimalParameter');
}

/** The semicolon that ends what begins at `index`, or the brace that does. */
function endOfStatement(tokens: readonly Token[], index: number): number {
  for (let place = index; place < tokens.length; place += 1) {
    const { kind, text } = tokens[place] as Token;
    if (kind !== 'sign') continue;
    if (text === ';') return place;
    if (!'({['.includes(text)) continue;
    place = closingOf(tokens, place);
    if (text === '{' && tokens[index]?.text === 'interface') return place;
    if (text === '{' && tokens[index + 1]?.text === 'interface') return place;
  }
  return tokens.length - 1;
}
